import type { FulfillmentOrder } from '#canonical/fulfillment.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderRules } from './rules.ts';

/** What keeps the order from being released, in words for the operator; empty when nothing does. */
export function holdsOn(
  order: Order,
  fulfillmentOrders: readonly FulfillmentOrder[],
  rules: OrderRules,
): readonly string[] {
  const onOrder = order.holds
    .filter(({ kind }) => rules.release.holdKinds.includes(kind))
    .map(({ kind, note }) => (note === null ? kind : `${kind}: ${note}`));
  return [...onOrder, ...fulfillmentHolds(fulfillmentOrders, rules)];
}

function fulfillmentHolds(
  fulfillmentOrders: readonly FulfillmentOrder[],
  { release }: OrderRules,
): readonly string[] {
  const alive = fulfillmentOrders.filter(({ status }) => status !== 'cancelled' && status !== 'closed');
  const held = alive.filter(({ status }) => status === 'on-hold');
  const counts = { any: held.length > 0, all: held.length > 0 && held.length === alive.length, none: false };
  if (!counts[release.fulfillmentHolds]) return [];
  return held.map(
    ({ id, holds }) =>
      `fulfilment order ${id} on hold: ${holds.map(({ reason }) => reason).join(', ') || 'no reason given'}`,
  );
}
