import { afterAll, beforeAll, expect, test } from 'vitest';
import { decimal } from '#canonical/decimal.ts';
import type { Order } from '#canonical/order.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { trytonEmulator, type TrytonPlatform } from './emulator.ts';
import { type Bench, bench } from './testing/target.ts';
import { vatOrder } from './testing/vat-order.ts';

let emulator: Emulator<TrytonPlatform>;
let at: Bench;
beforeAll(async () => {
  emulator = await trytonEmulator({ password: 'secret-of-the-dock' });
  at = bench({ baseUrl: emulator.url });
});
afterAll(async () => {
  await at.close();
  await emulator.close();
});

let last = 0;
const lines = [
  { sku: 'MUG-RED', quantity: '4', grossMinor: 1200 },
  { sku: 'TEE-BLUE-M', quantity: '1', grossMinor: 2400 },
];
/** An order that Tryton has, and its sale's id. */
async function placed(): Promise<{ readonly order: Order; readonly sale: string }> {
  last += 1;
  const order = vatOrder({ id: String(last), lines });
  const outcome = await at.create(order);
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return { order, sale: outcome.refs?.[0]?.id ?? '' };
}
const wanting = (order: Order, ...quantities: readonly string[]): Order => ({
  ...order,
  lines: order.lines.map((line, index) => ({ ...line, current: decimal(quantities[index] ?? line.current) })),
});
const saleLines = (sale: string) =>
  [...emulator.platform.store.table('sale.line').values()]
    .filter((line) => line['sale'] === Number(sale))
    .map(({ quantity }) => quantity);
const waiting = (sale: string) => {
  const { store, shipments } = emulator.platform;
  return shipments
    .ofSale(store.get('sale.sale', Number(sale)))
    .filter((id) => store.get('stock.shipment.out', id)['state'] === 'waiting')
    .flatMap((id) => [...shipments.quantities(id).values()].map(Number));
};
const total = (outcome: Outcome) =>
  outcome.kind === 'done' ? (outcome.result as { readonly total: string }).total : outcome;
const amended = () => emulator.journal.effects.filter(({ type }) => type === 'sale.amended').length;

test('more and less of a line is what the warehouse then has to send, and what is then invoiced', async () => {
  const { order, sale } = await placed();
  expect(total(await at.amend(sale, wanting(order, '6', '0')))).toBe('72.00');
  expect([saleLines(sale), waiting(sale)]).toEqual([[6, 0], [6]]);
  const [invoice] = emulator.platform.invoices.ofSale(Number(sale));
  expect(emulator.platform.store.get('account.invoice', invoice ?? 0)['total_amount']).toMatchObject({
    decimal: '72.00',
  });
});

test('the same amendment twice is one', async () => {
  const { order, sale } = await placed();
  const before = amended();
  for (let time = 0; time < 2; time += 1)
    expect(await at.amend(sale, wanting(order, '5'))).toMatchObject({ kind: 'done' });
  expect(amended() - before).toBe(1);
});

test('after a part shipment the rest changes, and what left stays', async () => {
  const { order, sale } = await placed();
  emulator.platform.ship(Number(sale), { parts: 2, keep: 1 });
  expect(await at.amend(sale, wanting(order, '3', '1'))).toMatchObject({ kind: 'done' });
  expect(waiting(sale)).toEqual([1]);
});

test('goods that have left, or are in the hands of the warehouse, are not taken back by an amendment', async () => {
  const { order, sale } = await placed();
  emulator.platform.ship(Number(sale), { parts: 2, keep: 1 });
  expect(await at.amend(sale, wanting(order, '1'))).toMatchObject({ kind: 'rejected', code: 'too-late' });
  const other = await placed();
  const [shipment] = emulator.platform.shipments.ofSale(
    emulator.platform.store.get('sale.sale', Number(other.sale)),
  );
  emulator.platform.shipments.assign([shipment ?? 0]);
  expect(await at.amend(other.sale, wanting(other.order, '5'))).toMatchObject({
    kind: 'rejected',
    code: 'too-late',
  });
  expect([saleLines(other.sale), emulator.platform.shipments.quantities(shipment ?? 0).size]).toEqual([
    [4, 1],
    2,
  ]);
});

test('a line more cannot be amended in, and says so', async () => {
  const { order, sale } = await placed();
  const more = vatOrder({ id: order.ref.id, lines: [...lines, { sku: 'MUG-RED', grossMinor: 1200 }] });
  expect(await at.amend(sale, more)).toMatchObject({ kind: 'rejected', code: 'cannot-amend' });
});

test('another address is where the rest goes', async () => {
  const { order, sale } = await placed();
  const { address } = order.shipTo;
  if (address === null) throw new Error('the order has no address');
  const moved = { ...order, shipTo: { ...order.shipTo, address: { ...address, postalCode: 'SW1A 1AA' } } };
  expect(await at.amend(sale, moved)).toMatchObject({ kind: 'done' });
  const { store } = emulator.platform;
  const to = store.get('sale.sale', Number(sale))['shipment_address'] as number;
  expect(store.get('party.address', to)['postal_code']).toBe('SW1A 1AA');
});

test('a sale that was taken back, or is nowhere, is not amended', async () => {
  const { order, sale } = await placed();
  await at.cancel(sale);
  expect(await at.amend(sale, order)).toMatchObject({ kind: 'rejected', code: 'already-cancelled' });
  expect(await at.amend('999999', order)).toMatchObject({ kind: 'rejected', code: 'not-found' });
});

test('what taxes are rounded by is settled anew in the line that was made for it', async () => {
  last += 1;
  const seven = Array.from({ length: 7 }, () => ({ sku: 'MUG-RED', grossMinor: 1001 }));
  const made = await at.create(vatOrder({ id: String(last), lines: seven }));
  const sale = made.kind === 'done' ? (made.refs?.[0]?.id ?? '') : '';
  const wanted = vatOrder({
    id: String(last),
    lines: seven.map((line, index) => ({ ...line, quantity: index === 0 ? '5' : '1' })),
  });
  const target = wanted.totals.grand.presentment.amountMinor;
  expect(total(await at.amend(sale, wanted))).toBe((target / 100).toFixed(2));
});
