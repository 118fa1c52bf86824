import type { FieldValue } from './request.ts';

/** Anything that becomes JSON, with exact decimals among it. */
export type SalesforceJson =
  FieldValue | number | readonly SalesforceJson[] | { readonly [key: string]: SalesforceJson };
