import type { Effect } from '#connector-testkit/effect-journal.ts';

/** An order as the shop's journal tells it. Instants are milliseconds since the epoch; amounts exact decimals in the buyer's currency. */
export type ShopOrder = {
  readonly id: string;
  readonly name: string;
  readonly placedAtMs: number;
  readonly isTest: boolean;
  readonly placedTotal: string;
  /** As it stands after edits. */
  total: string;
  readonly currency: string;
  /** From when on the ERP may have it: paid, authorised or on terms. Null while the payment is awaited. */
  releasableAtMs: number | null;
  cancelledAtMs: number | null;
  /** Fulfilments by the mark that a shipment left on them: how often, and how many pieces. */
  readonly fulfilments: Map<string, { times: number; pieces: number }>;
};

type Placed = {
  readonly name: string;
  readonly total: string;
  readonly currency: string;
  readonly test: boolean;
  readonly financial: string;
  readonly terms: boolean;
};
type Fulfilled = { readonly lines: readonly { readonly quantity: number }[] };

/** Every order of a shop, by its id. @throws Error for a journal that speaks of an order before it was placed */
export function shopOrders(effects: readonly Effect[]): ReadonlyMap<string, ShopOrder> {
  const orders = new Map<string, ShopOrder>();
  for (const { type, key, data, at } of effects) {
    const atMs = Date.parse(at);
    if (type === 'order.placed') {
      orders.set(key, newOrder(key, atMs, data as Placed));
      continue;
    }
    if (!type.startsWith('order.') && !type.startsWith('fulfillment.')) continue;
    const [id = '', mark = ''] = key.split('/', 2);
    const order = orders.get(id);
    if (order === undefined) throw new Error(`${type} of order ${id}, which was never placed`);
    if (type === 'order.paid') order.releasableAtMs ??= atMs;
    if (type === 'order.cancelled') order.cancelledAtMs ??= atMs;
    if (type === 'order.edited') order.total = (data as { readonly total: string }).total;
    if (type === 'fulfillment.created') {
      const before = order.fulfilments.get(mark) ?? { times: 0, pieces: 0 };
      const pieces = (data as Fulfilled).lines.reduce((sum, { quantity }) => sum + quantity, 0);
      order.fulfilments.set(mark, { times: before.times + 1, pieces: before.pieces + pieces });
    }
  }
  return orders;
}

function newOrder(id: string, placedAtMs: number, placed: Placed): ShopOrder {
  return {
    id,
    name: placed.name,
    placedAtMs,
    isTest: placed.test,
    placedTotal: placed.total,
    total: placed.total,
    currency: placed.currency,
    releasableAtMs: placed.financial !== 'PENDING' || placed.terms ? placedAtMs : null,
    cancelledAtMs: null,
    fulfilments: new Map(),
  };
}
