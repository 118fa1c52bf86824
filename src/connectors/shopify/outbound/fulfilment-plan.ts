import type { FulfilmentState } from '../queries/fulfilment-state.ts';

/** A line of a shipment, as it is sent: by Shopify's line, or by SKU where the shipping system does not know the line. */
export type WantedLine = {
  readonly lineItemId: string | null;
  readonly sku: string | null;
  readonly quantity: number;
};

export type PlannedLines = {
  readonly fulfillmentOrderId: string;
  readonly lines: readonly { readonly id: string; readonly quantity: number }[];
};

/** One call: fulfilment orders of one location. */
export type PlannedCall = {
  readonly locationId: string | null;
  readonly fulfillmentOrders: readonly PlannedLines[];
};

export type Plan =
  | { readonly kind: 'there'; readonly fulfillmentIds: readonly string[] }
  | { readonly kind: 'calls'; readonly calls: readonly PlannedCall[] }
  /** Shopify routes an order some time after it was placed. */
  | { readonly kind: 'not-routed' }
  | { readonly kind: 'held' }
  | { readonly kind: 'nothing-left'; readonly detail: string };

type Item = { readonly lineItemId: string; readonly sku: string | null };
const fits = (wanted: WantedLine, item: Item): boolean =>
  wanted.lineItemId === null ? wanted.sku === item.sku : wanted.lineItemId === item.lineItemId;
const nameOf = (wanted: WantedLine): string => wanted.lineItemId ?? wanted.sku ?? '?';

/** Fulfilments that stand and carry one of the shipment's numbers: those that we made for it. */
const ours = (state: FulfilmentState, markers: readonly string[]) =>
  state.fulfillments.filter(
    ({ status, trackingInfo }) =>
      (status === 'SUCCESS' || status === 'OPEN' || status === 'PENDING') &&
      trackingInfo.some(({ number }) => number !== null && markers.includes(number)),
  );

/** What of the shipment is not fulfilled yet, by what stands under its markers. */
function missing(
  wanted: readonly WantedLine[],
  state: FulfilmentState,
  markers: readonly string[],
): WantedLine[] {
  const there = ours(state, markers).flatMap(({ fulfillmentLineItems }) =>
    fulfillmentLineItems.nodes.map(({ quantity, lineItem }) => ({
      lineItemId: lineItem.id,
      sku: lineItem.sku,
      left: quantity ?? 0,
    })),
  );
  return wanted.flatMap((line) => {
    let needed = line.quantity;
    for (const item of there.filter((candidate) => fits(line, candidate))) {
      const taken = Math.min(item.left, needed);
      item.left -= taken;
      needed -= taken;
    }
    return needed === 0 ? [] : [{ ...line, quantity: needed }];
  });
}

/**
 * Which fulfilment orders take which lines of a shipment. Pure: decides from the state that was just read, so that a repeated attempt asks only
 * for what is missing. Fulfilment orders at the preferred location come first.
 */
export function planFulfilment(
  wanted: readonly WantedLine[],
  markers: readonly string[],
  preferredLocationId: string | null,
  state: FulfilmentState,
): Plan {
  const needed = missing(wanted, state, markers);
  if (needed.length === 0) return { kind: 'there', fulfillmentIds: ours(state, markers).map(({ id }) => id) };
  const all = state.fulfillmentOrders.nodes;
  if (all.length === 0 && state.cancelledAt === null) return { kind: 'not-routed' };

  const open = all
    .filter(({ supportedActions }) => supportedActions.some(({ action }) => action === 'CREATE_FULFILLMENT'))
    .map((order) => ({
      id: order.id,
      locationId: order.assignedLocation.location?.id ?? null,
      items: order.lineItems.nodes.map((item) => ({
        id: item.id,
        lineItemId: item.lineItem.id,
        sku: item.lineItem.sku,
        left: item.remainingQuantity,
      })),
    }))
    .toSorted(
      (a, b) => Number(b.locationId === preferredLocationId) - Number(a.locationId === preferredLocationId),
    );

  const calls = new Map<string | null, Map<string, { id: string; quantity: number }[]>>();
  for (const line of needed) {
    let left = line.quantity;
    for (const order of open) {
      for (const item of order.items.filter((candidate) => fits(line, candidate))) {
        const quantity = Math.min(item.left, left);
        if (quantity === 0) continue;
        item.left -= quantity;
        left -= quantity;
        const call = calls.get(order.locationId) ?? new Map<string, { id: string; quantity: number }[]>();
        call.set(order.id, [...(call.get(order.id) ?? []), { id: item.id, quantity }]);
        calls.set(order.locationId, call);
      }
    }
    if (left === 0) continue;
    const held = all.some(
      ({ status, lineItems }) =>
        status === 'ON_HOLD' &&
        lineItems.nodes.some((item) => fits(line, { lineItemId: item.lineItem.id, sku: item.lineItem.sku })),
    );
    if (held) return { kind: 'held' };
    return { kind: 'nothing-left', detail: `${left} of line ${nameOf(line)} cannot be fulfilled any more` };
  }
  return {
    kind: 'calls',
    calls: [...calls].map(([locationId, orders]) => ({
      locationId,
      fulfillmentOrders: [...orders].map(([fulfillmentOrderId, lines]) => ({ fulfillmentOrderId, lines })),
    })),
  };
}
