/** The access scopes that the app needs, and what for. `read_all_orders` comes apart: Shopify grants it on request. */
export const neededScopes = {
  read_orders: 'to read orders and receive their webhooks',
  read_merchant_managed_fulfillment_orders: 'to see what of an order is to be fulfilled',
  write_merchant_managed_fulfillment_orders: 'to tell the shop that goods left',
} as const;

export const scopesNeeded: readonly string[] = Object.keys(neededScopes);
