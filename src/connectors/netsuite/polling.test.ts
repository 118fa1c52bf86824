import { afterEach, describe, expect, test } from 'vitest';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { PolledRecord } from '#connector-sdk/connector.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { netsuite } from './connector.ts';
import { type Bench, bench as open, connection } from './testing/bench.ts';
import { placeOrder } from './testing/placed-order.ts';

const benches: Bench[] = [];
async function bench(...args: Parameters<typeof open>): Promise<Bench> {
  const opened = await open(...args);
  benches.push(opened);
  return opened;
}
afterEach(async () => void (await Promise.all(benches.splice(0).map((opened) => opened.close()))));

const order = (id: string) => buildOrder({ id, lines: [{ sku: 'MUG-RED', quantity: '2', price: '10.00' }] });
const told = ({ topic, body, occurredAt }: PolledRecord): CanonicalEvent | undefined =>
  netsuite.inbound[topic]?.map({ connection, topic, body, occurredAt, bodyHash: 'h' })[0];
const made = ({ emulator }: Bench, id: string): string =>
  emulator.platform.ordersUnder(`SO-shop_3a${id}`)[0]?.id ?? '';

describe('what is polled', () => {
  test('an order, its fulfilment with our line ids and tracking, and its invoice, each linked to the order', async () => {
    const at = await bench();
    await at.create(order('1'));
    const id = made(at, '1');
    const { platform } = at.emulator;
    platform.transform(id, 'itemFulfillment', {
      shipStatus: { id: 'C' },
      item: { items: [{ orderLine: 1, quantity: 1, itemReceive: true }] },
      package: { items: [{ packageTrackingNumber: '1Z1', packageWeight: 1 }] },
    });
    const invoice = platform.transform(id, 'invoice');
    platform.move(invoice.id, 'B');
    const subject = { entity: 'order', ref: { connection, type: 'salesOrder', id }, founds: false };

    expect((await at.poll('orders')).records.map(told)).toMatchObject([
      {
        type: 'erp-order.observed',
        subject,
        data: { status: 'done', total: { amountMinor: 2000, currency: 'GBP' } },
      },
    ]);
    expect((await at.poll('shipments')).records.map(told)).toMatchObject([
      {
        type: 'shipment.observed',
        subject,
        data: {
          status: 'shipped',
          lines: [{ lineId: 'line-1', sku: 'MUG-RED', quantity: '1' }],
          packages: [{ trackingNumber: '1Z1' }],
        },
      },
    ]);
    expect((await at.poll('invoices')).records.map(told)).toMatchObject([
      {
        type: 'invoice.observed',
        subject,
        data: { status: 'paid', total: { amountMinor: 2000 }, tax: { amountMinor: 0 } },
      },
    ]);
  });

  test('a cash sale is a paid invoice', async () => {
    const at = await bench();
    await at.create(order('1'));
    at.emulator.platform.transform(made(at, '1'), 'cashSale');
    expect((await at.poll('invoices')).records.map(told)).toMatchObject([
      { data: { ref: { type: 'cashSale' }, status: 'paid' } },
    ]);
  });

  test('orders that we did not make are not told about, nor what came of them', async () => {
    const at = await bench();
    const theirs = placeOrder(at.emulator.platform.account, 'WEB-77');
    at.emulator.platform.transform(theirs.id, 'itemFulfillment');
    expect((await at.poll('orders')).records).toEqual([]);
    expect((await at.poll('shipments')).records).toEqual([]);
  });

  test('approval and credit hold are blocks; an order closed before anything left is cancelled', async () => {
    const at = await bench({ orderStatus: 'A' });
    await at.create(order('1'));
    const { platform } = at.emulator;
    const [customer] = platform.account.customers.values();
    if (customer) platform.holdCredit(customer, 'ON');
    expect((await at.poll('orders')).records.map(told)).toMatchObject([
      { data: { status: 'quotation', blocks: [{ kind: 'approval' }, { kind: 'credit' }] } },
    ]);
    await at.cancel({ shopId: '1' });
    expect((await at.poll('orders')).records.map(told)).toMatchObject([
      { data: { status: 'cancelled', blocks: [] } },
    ]);
  });

  test('an order that somebody deletes is cancelled there; it is told only where it is known', async () => {
    const at = await bench();
    await at.create(order('1'));
    const id = made(at, '1');
    at.emulator.platform.deleteOrder(id);
    const { records, cursor } = await at.poll('deletions');
    expect(records.map(({ onlyIfKnown }) => onlyIfKnown)).toEqual([true]);
    expect(records.map(told)).toMatchObject([
      {
        type: 'erp-order.observed',
        subject: { ref: { type: 'salesOrder', id }, founds: false },
        data: { status: 'cancelled', blocks: [{ detail: 'Sales Order #SO1001 was deleted in NetSuite' }] },
      },
    ]);
    expect((await at.poll('deletions', cursor)).records).toEqual([]);
    expect(
      netsuite.pollers['deletions']?.isWanted?.({ ...at.client, config: { ...at.config, deletions: false } }),
    ).toBe(false);
  });

  test('without a line field shipments name SKUs only', async () => {
    const at = await bench({ lineField: null });
    await at.create(order('1'));
    at.emulator.platform.transform(made(at, '1'), 'itemFulfillment');
    expect((await at.poll('shipments')).records.map(told)).toMatchObject([
      { data: { lines: [{ lineId: null, sku: 'MUG-RED' }] } },
    ]);
  });
});

describe('the cursor', () => {
  const startMs = Date.parse('2026-11-24T20:00:00Z');

  test('pages through records of one second by their id, and reads nothing twice but by a sweep', async () => {
    let nowMs = startMs;
    const at = await bench({ pageSize: 2 }, { now: () => nowMs });
    for (const id of ['1', '2', '3', '4', '5']) await at.create(order(id));
    const first = await at.poll('orders');
    expect(first.records).toHaveLength(5);
    nowMs += 5_000;
    expect((await at.poll('orders', first.cursor)).records).toEqual([]);
    // The overlap has passed: a sweep reads all of it again, under the same ids.
    nowMs += 120_000;
    const swept = await at.poll('orders', first.cursor);
    expect(swept.records.map(({ sourceEventId }) => sourceEventId)).toEqual(
      first.records.map(({ sourceEventId }) => sourceEventId),
    );
  });

  test('a save that began before one already seen, and ended after it, is met by the sweep', async () => {
    let nowMs = startMs;
    const at = await bench({}, { now: () => nowMs });
    await at.create(order('1'));
    nowMs += 30_000;
    await at.create(order('2'));
    // Order 1 turns up dated 30 s before what was read last.
    const { account } = at.emulator.platform;
    const late = account.transaction('eid:SO-shop_3a1');
    if (late === undefined) throw new Error('no order 1');
    account.put({ ...late, searchableMs: nowMs + 60_000 });
    const first = await at.poll('orders');
    expect(first.records).toHaveLength(1);
    nowMs += 121_000;
    const next = await at.poll('orders', first.cursor);
    expect(next.records.map(({ body }) => (body as { id: string }).id)).toContain(late.id);
  });

  test('two changes within one second are two events', async () => {
    const at = await bench({}, { now: () => startMs });
    await at.create(order('1'));
    const first = await at.poll('orders');
    at.emulator.platform.resave(made(at, '1'), { status: 'F' });
    const again = await at.poll('orders');
    expect(again.records[0]?.occurredAt).toBe(first.records[0]?.occurredAt);
    expect(again.records[0]?.sourceEventId).not.toBe(first.records[0]?.sourceEventId);
  });

  test('in the hour that the clock repeats in autumn nothing is missed and later stays later', async () => {
    // Los Angeles, 1 November 2026: 01:59:59 PDT (08:59:59Z) is followed by 01:00:00 PST (09:00:00Z).
    let nowMs = Date.parse('2026-11-01T08:50:00Z');
    const at = await bench({}, { now: () => nowMs });
    await at.create(order('1'));
    let { records, cursor } = await at.poll('orders');
    expect(records.map(({ occurredAt }) => occurredAt)).toEqual(['2026-11-01T08:50:00.000Z']);
    // Two sweeps later the cursor stands at 01:50, and no sweep begins before it by more than the overlap.
    for (const minute of ['08:53', '08:56', '08:59']) {
      nowMs = Date.parse(`2026-11-01T${minute}:00Z`);
      ({ cursor } = await at.poll('orders', cursor));
    }
    nowMs = Date.parse('2026-11-01T09:10:00Z');
    at.emulator.platform.resave(made(at, '1'), { status: 'F' });
    ({ records } = await at.poll('orders', cursor));
    expect(records.map(({ occurredAt }) => occurredAt)).toEqual(['2026-11-01T09:10:00.000Z']);
  });
});
