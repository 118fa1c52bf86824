import type { JsonObject } from '#canonical/json.ts';
import type { OrderRecord } from './records.ts';

/** Where an order stands after a change, in the buyer's currency: what a check compares with what other systems show. */
export const shownState = (order: OrderRecord): JsonObject => ({
  total: order.currentTotalPriceSet.presentmentMoney.amount,
  currency: order.presentmentCurrencyCode,
  financial: order.displayFinancialStatus,
  fulfillment: order.displayFulfillmentStatus,
  cancelled: order.cancelledAt !== null,
  pieces: order.lineItems.reduce((sum, { currentQuantity }) => sum + currentQuantity, 0),
});
