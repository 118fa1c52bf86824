import { afterEach, expect, test } from 'vitest';
import type { Order } from '#canonical/order.ts';
import { buildOrder, type LineSpec } from '#tests/builders/order-builder.ts';
import type { Transaction } from '../emulator/account.ts';
import { type Bench, bench as open } from '../testing/bench.ts';

const benches: Bench[] = [];
async function bench(...args: Parameters<typeof open>): Promise<Bench> {
  const opened = await open(...args);
  benches.push(opened);
  return opened;
}
afterEach(async () => void (await Promise.all(benches.splice(0).map((opened) => opened.close()))));

const order = (lines: readonly LineSpec[], address = {}): Order => buildOrder({ id: '1001', lines, address });
const mugs = (quantity: string): LineSpec => ({ id: 'a', sku: 'MUG-RED', quantity, price: '10.00' });
const tees = (quantity: string): LineSpec => ({ id: 'b', sku: 'TEE-BLUE-M', quantity, price: '7.50' });
const now = ({ emulator }: Bench): Transaction => {
  const [made] = emulator.platform.ordersUnder('SO-shop_3a1001');
  if (made === undefined) throw new Error('there is no order');
  return made;
};
const lines = (at: Bench) =>
  now(at).lines.map(
    ({ custom, quantity, isClosed }) =>
      `${JSON.stringify(custom['custcol_tallyport_line'])} ${quantity}${isClosed ? ' closed' : ''}`,
  );
const changes = ({ emulator }: Bench): number =>
  emulator.journal.effects.filter(({ type }) => type === 'salesOrder.changed').length;
async function made(...spec: readonly LineSpec[]): Promise<Bench> {
  const at = await bench();
  await at.create(order(spec));
  return at;
}

test('a line more, one less, another quantity: each by its own line, in one save', async () => {
  const at = await made(mugs('2'), tees('1'));
  const wanted = order([mugs('3'), { id: 'c', sku: 'SKU-1', quantity: '1', price: '4.00' }]);
  const { outcome } = await at.amend(now(at).id, wanted);
  expect(outcome).toMatchObject({ kind: 'done', result: { state: 'B', number: 'SO1001' } });
  expect(lines(at)).toEqual(['"a" 3', '"b" 1 closed', '"c" 1']);
  expect(at.emulator.platform.totalOf(now(at))).toBe('34.00');
  expect(changes(at)).toBe(1);
});

test('what is so already is not saved again', async () => {
  const at = await made(mugs('2'));
  expect((await at.amend(now(at).id, order([mugs('2')]))).outcome.kind).toBe('done');
  expect(changes(at)).toBe(0);
});

test('a line that was taken off and is wanted again is opened again', async () => {
  const at = await made(mugs('2'), tees('1'));
  await at.amend(now(at).id, order([mugs('2')]));
  await at.amend(now(at).id, order([mugs('2'), tees('1')]));
  expect(lines(at)).toEqual(['"a" 2', '"b" 1']);
});

test('another address to ship to', async () => {
  const at = await made(mugs('2'));
  await at.amend(now(at).id, order([mugs('2')], { city: 'Leith' }));
  expect(now(at).fields['shippingAddress']).toMatchObject({ city: 'Leith' });
  expect(lines(at)).toEqual(['"a" 2']);
});

test('more of a line of which part has left is added to what is open', async () => {
  const at = await made(mugs('2'));
  at.emulator.platform.transform(now(at).id, 'itemFulfillment', {
    item: { items: [{ orderLine: 1, quantity: 1, itemReceive: true }] },
  });
  expect((await at.amend(now(at).id, order([mugs('4')]))).outcome.kind).toBe('done');
  expect(now(at).lines[0]).toMatchObject({ quantity: '4', shipped: '1' });
});

test.each(['A', 'C'])(
  'less than what a fulfilment in state %s has is too late, and nothing changes',
  async (id) => {
    const at = await made(mugs('2'), tees('1'));
    at.emulator.platform.transform(now(at).id, 'itemFulfillment', { shipStatus: { id } });
    const { outcome } = await at.amend(now(at).id, order([mugs('1'), tees('3')]));
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'too-late' });
    expect(lines(at)).toEqual(['"a" 2', '"b" 1']);
  },
);

test('an order that a script saves meanwhile is read afresh and amended on the next attempt', async () => {
  const at = await made(mugs('2'));
  at.emulator.platform.slowSaves(100);
  const amended = at.amend(now(at).id, order([mugs('3')]));
  setTimeout(() => at.emulator.platform.resave(now(at).id), 60);
  expect((await amended).outcome.kind).toBe('done');
  expect(lines(at)).toEqual(['"a" 3']);
});

test('an order that was taken back, or is not there, is not amended', async () => {
  const at = await made(mugs('2'));
  expect((await at.amend('999', order([mugs('3')]))).outcome).toMatchObject({ code: 'not-found' });
  await at.cancel({ shopId: '1001' });
  expect((await at.amend(now(at).id, order([mugs('3')]))).outcome).toMatchObject({
    code: 'already-cancelled',
  });
});

test('without a line field nobody knows which line is which', async () => {
  const at = await bench({ lineField: null });
  await at.create(order([mugs('2')]));
  expect((await at.amend(now(at).id, order([mugs('3')]))).outcome).toMatchObject({
    kind: 'rejected',
    code: 'cannot-amend',
  });
});
