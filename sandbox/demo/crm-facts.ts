import Big from 'big.js';
import type { Effect } from '#connector-testkit/effect-journal.ts';

/** An order as the CRM's journal tells it. */
export type CrmOrder = {
  /** More than once: a second record under the same key. */
  made: number;
  readonly madeAtMs: number;
  currency: string | null;
  /** What its products come to, each rounded as the CRM shows it. */
  total: string;
};

type Item = { readonly order: string; readonly quantity: number; readonly unitPrice: number };

/** Every order of the CRM, by its key. Totals are added up from the products, since a change of those alone leaves the order's record as it was. */
export function crmOrders(effects: readonly Effect[]): ReadonlyMap<string, CrmOrder> {
  const orders = new Map<string, CrmOrder>();
  const items = new Map<string, Item>();
  for (const { type, key, data, at } of effects) {
    if (type === 'order.created' || type === 'order.updated') {
      const { currency } = data as { readonly currency: string | null };
      const known = orders.get(key) ?? { made: 0, madeAtMs: Date.parse(at), currency, total: '0' };
      orders.set(key, { ...known, currency, made: known.made + (type === 'order.created' ? 1 : 0) });
    }
    // By its own id: two products under one key are two.
    const id = (data as { readonly id?: string }).id ?? key;
    if (type === 'orderitem.created' || type === 'orderitem.updated') items.set(id, data as Item);
    if (type === 'orderitem.deleted') items.delete(id);
  }
  const sums = new Map<string, Big>();
  for (const { order, quantity, unitPrice } of items.values())
    sums.set(
      order,
      (sums.get(order) ?? new Big(0)).plus(new Big(unitPrice).times(quantity).round(2, Big.roundHalfUp)),
    );
  for (const [key, sum] of sums) {
    const order = orders.get(key);
    if (order !== undefined) order.total = sum.toFixed();
  }
  return orders;
}
