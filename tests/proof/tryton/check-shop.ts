import type { Emulator } from '#connector-testkit/emulator.ts';
import type { ShopifyPlatform } from '#connectors/shopify/emulator.ts';
import { Comparison, type Findings } from './difference.ts';
import { isShipped, orderedPieces, pieces, type PlacedOrder } from './placed-order.ts';

type Made = { readonly lines: readonly { readonly sku: string | null; readonly quantity: number }[] };

/** Reads the shop's own journal: each shipment of Tryton is one fulfilment, with its goods, and there is no other. */
export function checkShop(
  { journal }: Pick<Emulator<ShopifyPlatform>, 'journal'>,
  orders: readonly PlacedOrder[],
): Findings & { readonly fulfilled: number } {
  const found = new Comparison('shop');
  const made = journal.effects.filter(({ type }) => type === 'fulfillment.created');
  const keys = Map.groupBy(made, ({ key }) => key);
  for (const order of orders) {
    for (const tracking of order.tracking)
      found.times(
        order.name,
        `fulfilments under ${tracking}`,
        1,
        keys.get(`${order.id}/${tracking}`)?.length ?? 0,
      );
    const lines = made
      .filter(({ key }) => key.startsWith(`${order.id}/`))
      .flatMap(({ data }) => (data as Made).lines)
      .map(({ sku, quantity }) => [sku ?? '?', quantity] as const);
    found.equal(order.name, 'goods fulfilled', isShipped(order) ? orderedPieces(order) : [], pieces(lines));
  }
  const expected = new Set(orders.flatMap(({ id, tracking }) => tracking.map((number) => `${id}/${number}`)));
  found.equal(
    'the shop',
    'fulfilments of no shipment',
    [],
    [...keys.keys()].filter((key) => !expected.has(key)),
  );
  const { differences, lost, duplicated } = found;
  return { differences, lost, duplicated, fulfilled: made.length };
}
