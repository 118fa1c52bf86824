import { z } from 'zod';
import type { Operation } from './operation.ts';

/** What `doctor` looks at. */
export const accountQuery: Operation<{
  shop: {
    id: string;
    name: string;
    myshopifyDomain: string;
    currencyCode: string;
    taxesIncluded: boolean;
    plan: { publicDisplayName: string; shopifyPlus: boolean };
  };
  currentAppInstallation: { accessScopes: { handle: string }[] };
  publicApiVersions: { handle: string; supported: boolean }[];
}> = {
  name: 'Account',
  kind: 'query',
  text: `query Account {
  shop { id name myshopifyDomain currencyCode taxesIncluded plan { publicDisplayName shopifyPlus } }
  currentAppInstallation { accessScopes { handle } }
  publicApiVersions { handle supported }
}`,
  data: z.object({
    shop: z.object({
      id: z.string(),
      name: z.string(),
      myshopifyDomain: z.string(),
      currencyCode: z.string(),
      taxesIncluded: z.boolean(),
      plan: z.object({ publicDisplayName: z.string(), shopifyPlus: z.boolean() }),
    }),
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
    publicApiVersions: z.array(z.object({ handle: z.string(), supported: z.boolean() })),
  }),
};
