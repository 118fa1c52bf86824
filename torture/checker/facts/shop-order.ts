import type { Effect } from '../evidence/records.ts';

/** How an order stood after one of the shop's own steps. Amounts are exact decimals in the buyer's currency. */
export type ShopState = {
  readonly seq: number;
  readonly atMs: number;
  readonly event: string;
  readonly total: string;
  readonly currency: string;
  /** As the shop says it, in lower case: `paid`, `authorized`, `pending` ... */
  readonly financial: string;
  readonly cancelled: boolean;
};

export type Fulfilment = {
  readonly mark: string;
  readonly seq: number;
  readonly atMs: number;
  readonly pieces: number;
};

/** An order in the shop's own sequence: the truth that the others are held against. */
export type ShopOrder = {
  readonly id: string;
  readonly name: string;
  readonly placedAtMs: number;
  readonly isTest: boolean;
  readonly isOnTerms: boolean;
  /** Never empty; the last one is how it stands. */
  readonly states: ShopState[];
  readonly fulfilments: Fulfilment[];
};

type Shown = {
  readonly total: string;
  readonly currency: string;
  readonly financial: string;
  readonly cancelled: boolean;
};

/** Payment states in which goods may go. */
const releasing: ReadonlySet<string> = new Set(['paid', 'authorized', 'partially_refunded']);

/** Every order of a shop, by its number. @throws Error for a journal that speaks of an order before it was placed */
export function shopOrders(effects: readonly Effect[]): ReadonlyMap<string, ShopOrder> {
  const orders = new Map<string, ShopOrder>();
  for (const { seq, type, key, data, at } of effects) {
    if (!type.startsWith('order.') && !type.startsWith('fulfillment.')) continue;
    const atMs = Date.parse(at);
    const [id = '', mark = ''] = key.split('/', 2);
    if (type === 'order.placed')
      orders.set(id, {
        id,
        name: String(data['name']),
        placedAtMs: atMs,
        isTest: data['test'] === true,
        isOnTerms: data['terms'] === true,
        states: [],
        fulfilments: [],
      });
    const order = orders.get(id);
    if (order === undefined)
      throw new Error(`the shop's journal has ${type} of ${id}, which was never placed`);
    const shown = data['state'] as Shown | undefined;
    if (type.startsWith('order.') && shown !== undefined)
      order.states.push({
        seq,
        atMs,
        event: type,
        ...shown,
        financial: shown.financial.toLowerCase(),
      });
    if (type === 'fulfillment.created') {
      const lines = (data['lines'] ?? []) as readonly { readonly quantity: number }[];
      order.fulfilments.push({
        mark,
        seq,
        atMs,
        pieces: lines.reduce((sum, { quantity }) => sum + quantity, 0),
      });
    }
  }
  for (const [id, { states }] of orders)
    if (states.length === 0) throw new Error(`the shop's journal does not say how order ${id} stands`);
  return orders;
}

/** How it stands now. */
export const current = ({ states }: ShopOrder): ShopState => states.at(-1) as ShopState;
export const isCancelled = (order: ShopOrder): boolean => current(order).cancelled;

/** From when on the ERP may have it: paid, authorised or on terms. Null while the payment is awaited. */
export function releasableAtMs({ states, isOnTerms, placedAtMs }: ShopOrder): number | null {
  if (isOnTerms) return placedAtMs;
  return states.find(({ financial }) => releasing.has(financial))?.atMs ?? null;
}
