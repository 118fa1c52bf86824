import { decimal } from '#canonical/decimal.ts';
import type { FulfillmentOrder } from '#canonical/fulfillment.ts';
import { unmappable } from '#connector-sdk/mapping.ts';
import { shopifyRef } from '../../gid.ts';
import type { GraphqlFulfillmentOrder } from '../source/graphql-schema.ts';

const statuses = {
  SCHEDULED: 'scheduled',
  OPEN: 'open',
  ON_HOLD: 'on-hold',
  IN_PROGRESS: 'in-progress',
  INCOMPLETE: 'incomplete',
  CLOSED: 'closed',
  CANCELLED: 'cancelled',
} as const satisfies Record<GraphqlFulfillmentOrder['status'], FulfillmentOrder['status']>;

const methods: Readonly<Record<string, FulfillmentOrder['method']>> = {
  SHIPPING: 'ship',
  LOCAL: 'local-delivery',
  PICK_UP: 'pickup',
  PICKUP_POINT: 'pickup',
  RETAIL: 'pickup',
  NONE: 'none',
};

/** @throws UnmappableError for a delivery method that Shopify did not have in 2026-10 */
export function canonicalFulfillmentOrder(
  order: GraphqlFulfillmentOrder,
  connection: string,
): FulfillmentOrder {
  const location = order.assignedLocation.location;
  // A fulfilment order without a delivery method is one that nobody ships.
  const method = order.deliveryMethod === null ? 'none' : methods[order.deliveryMethod.methodType];
  if (method === undefined) {
    throw unmappable(
      'fulfillmentOrders.deliveryMethod',
      `"${order.deliveryMethod?.methodType}" is not known`,
    );
  }
  return {
    id: order.id,
    ref: shopifyRef(connection, 'FulfillmentOrder', order.id),
    location: location && shopifyRef(connection, 'Location', location.id),
    method,
    status: statuses[order.status],
    lines: order.lineItems.map((line) => ({
      id: line.id,
      lineId: line.lineItem.id,
      quantity: decimal(line.totalQuantity),
      remaining: decimal(line.remainingQuantity),
    })),
    holds: order.fulfillmentHolds.map(({ reason, reasonNotes }) => ({
      reason: reason.toLowerCase(),
      note: reasonNotes,
    })),
    fulfillAt: order.fulfillAt,
    fulfillBy: order.fulfillBy,
    extensions: {},
  };
}
