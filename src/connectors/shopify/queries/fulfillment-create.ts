import { z } from 'zod';
import type { Operation } from './operation.ts';
import { userErrors } from './user-errors.ts';

/** Tells Shopify that goods left. It has no idempotency key: whoever calls it has looked first. */
export const fulfillmentCreateMutation: Operation<{
  fulfillmentCreate: {
    fulfillment: { id: string; name: string; status: string } | null;
    userErrors: z.output<typeof userErrors>;
  } | null;
}> = {
  name: 'FulfillmentCreate',
  kind: 'mutation',
  text: `mutation FulfillmentCreate($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id name status }
    userErrors { field message }
  }
}`,
  data: z.object({
    fulfillmentCreate: z
      .object({
        fulfillment: z.object({ id: z.string(), name: z.string(), status: z.string() }).nullable(),
        userErrors,
      })
      .nullable(),
  }),
};
