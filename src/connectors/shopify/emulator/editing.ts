import type { FulfillmentOrderBook } from './fulfillment-order-book.ts';
import type { Ids, OrderInput, PlacedLine } from './order-input.ts';
import { newOrder } from './place-order.ts';
import type { LineRecord, OrderRecord } from './records.ts';

/** Adds a line, or takes unfulfilled units off one. */
export type OrderChange = { readonly add: PlacedLine } | { readonly sku: string; readonly remove: number };

const idOf = (gid: string): string => `@number:${gid.slice(gid.lastIndexOf('/') + 1)}`;

/** Applies the edit and writes the body of orders/edited, which holds no order. @throws RangeError for a line that is not there */
export function applyEdit(
  order: OrderRecord,
  change: OrderChange,
  book: FulfillmentOrderBook,
  ids: Ids,
  at: string,
): { readonly body: object; readonly added: readonly LineRecord[] } {
  const edited = (additions: object[], removals: object[]) => ({
    order_edit: {
      id: `@number:${ids.next()}`,
      order_id: idOf(order.id),
      notify_customer: false,
      staff_note: '',
      committed_at: at,
      line_items: { additions, removals },
    },
  });
  if ('add' in change) {
    const input: OrderInput = {
      lines: [change.add],
      currency: order.currencyCode,
      presentmentCurrency: order.presentmentCurrencyCode,
      rate: order.rate,
    };
    const added = newOrder(input, order.name, at, ids).lineItems;
    order.lineItems.push(...added);
    return {
      added,
      body: edited(
        added.map((line) => ({ id: idOf(line.id), delta: line.quantity })),
        [],
      ),
    };
  }
  const line = order.lineItems.find(({ sku }) => sku === change.sku);
  if (!line) throw new RangeError(`the order has no line with SKU ${change.sku}`);
  book.takeOff(order, line, change.remove);
  return { added: [], body: edited([], [{ id: idOf(line.id), delta: change.remove }]) };
}
