import type { ExternalRef } from '#canonical/primitives.ts';

/** Shopify's record types that we name in references. */
export type RecordType =
  | 'Order'
  | 'LineItem'
  | 'ProductVariant'
  | 'Product'
  | 'Customer'
  | 'Company'
  | 'CompanyLocation'
  | 'CompanyContact'
  | 'Location'
  | 'Fulfillment'
  | 'FulfillmentOrder'
  | 'OrderTransaction'
  | 'Refund';

/** The global id of a record: `gid://shopify/Order/820982911946154508`. */
export const gid = (type: RecordType | 'FulfillmentOrderLineItem', id: string): string =>
  `gid://shopify/${type}/${id}`;

/** The number at the end of a global id, as text; null when it is none of this type. Ignores a query part. */
export function idOfGid(type: string, text: string): string | null {
  const match = /^gid:\/\/shopify\/([A-Za-z]+)\/([A-Za-z0-9_-]+)(?:\?.*)?$/.exec(text);
  return match !== null && match[1] === type ? (match[2] ?? null) : null;
}

/** How we refer to a record: Shopify's own type and number. */
export const shopifyRef = (connection: string, type: RecordType, id: string): ExternalRef => ({
  connection,
  type,
  id,
});
