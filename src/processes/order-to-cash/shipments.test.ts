import { describe, expect, test } from 'vitest';
import {
  erpOrderRef,
  fulfillmentOrderObserved,
  invoiceObserved,
  orderObserved,
  paymentObserved,
  type ShipmentSpec,
  shipmentObserved,
} from '#tests/builders/event-builder.ts';
import { buildOrder, type LineSpec } from '#tests/builders/order-builder.ts';
import { OrderRun, testRules } from './testing/order-run.ts';

const later = (minutes: number) =>
  new Date(Date.parse('2026-11-25T08:00:00.000Z') + minutes * 60_000).toISOString();
const fulfilment = (id: string) => ({ connection: 'shop', type: 'Fulfillment', id });
const slot = (id: string) => `fulfillment/shipment:erp:${id}`;
const inErp = (lines: readonly LineSpec[] = [{}], rules = testRules()) =>
  new OrderRun(rules).event(orderObserved(buildOrder({ lines }))).done('erp.order', erpOrderRef);
const buckets = (run: OrderRun, index = 0) =>
  Object.fromEntries(
    Object.entries(run.view.order.lines[index]?.quantities ?? {}).filter(([, quantity]) => quantity !== '0'),
  );

describe('telling the storefront of a shipment', () => {
  test('each shipment is told once, with the lines it holds', () => {
    const run = inErp([{ quantity: '3' }]).event(
      shipmentObserved({ id: '1' }),
      shipmentObserved({ id: '1', at: later(1) }),
    );
    run
      .done(slot('1'), fulfilment('f1'))
      .event(shipmentObserved({ id: '1', status: 'delivered', at: later(2) }));
    run.event(shipmentObserved({ id: '2', lines: [{ quantity: '2' }] }));
    const told = run.asked('storefront.fulfillment.create');
    expect(told.map((command) => [command.slot, command.connection])).toEqual([
      [slot('1'), 'shop'],
      [slot('2'), 'shop'],
    ]);
    expect(told[0]?.payload).toMatchObject({ order: { id: '1001' }, notifyCustomer: true });
    expect(told[1]?.payload.shipment.lines).toMatchObject([{ lineId: 'line-1', quantity: '2' }]);
  });

  test.each<[string, ShipmentSpec, number]>([
    ['planned', { status: 'planned' }, 0],
    ['packed', { status: 'packed' }, 0],
    ['ready for pick-up', { status: 'ready-for-pickup' }, 0],
    ['shipped', { status: 'shipped' }, 1],
    ['first heard of when delivered', { status: 'delivered' }, 1],
    ['cancelled', { status: 'cancelled' }, 0],
    ['of goods that the order does not have', { lines: [{ lineId: null, sku: 'ELSE' }] }, 0],
  ])('%s', (_, spec, count) => {
    expect(inErp().event(shipmentObserved(spec)).asked('storefront.fulfillment.create')).toHaveLength(count);
  });

  test('which shipments, and who tells the customer, is the rule of the retailer', () => {
    const rules = testRules({
      fulfillment: { tellOf: ['packed'], notifiesCustomer: 'erp', methods: ['ship'] },
    });
    const run = inErp([{ quantity: '2' }], rules);
    run.event(
      shipmentObserved({ status: 'packed' }),
      shipmentObserved({ id: '2', status: 'packed', method: 'pickup' }),
    );
    expect(run.asked('storefront.fulfillment.create').map(({ payload }) => payload.notifyCustomer)).toEqual([
      false,
    ]);
  });

  test('a shipment heard of before the order is told when the order is known', () => {
    const run = new OrderRun().event(paymentObserved(), shipmentObserved());
    expect(run.asked('storefront.fulfillment.create')).toEqual([]);
    expect(run.event(orderObserved(buildOrder())).asked('storefront.fulfillment.create')).toHaveLength(1);
  });

  test('one that is cancelled before it was told is taken back', () => {
    const run = inErp().event(shipmentObserved(), shipmentObserved({ status: 'cancelled', at: later(1) }));
    expect(run.withdrawn).toEqual([slot('900')]);
    run.result(slot('900'), { kind: 'withdrawn' });
    expect([run.causes, run.state?.told]).toEqual([[], {}]);
  });

  test('one that is cancelled after it was told is an exception', () => {
    const run = inErp().event(shipmentObserved()).done(slot('900'), fulfilment('f1'));
    run.event(shipmentObserved({ status: 'cancelled', at: later(1) }));
    expect([run.causes, buckets(run)]).toEqual([['shipment-cancelled-after-told'], { released: '1' }]);
  });

  test('what the storefront refused is told again when the shipment has changed', () => {
    const run = inErp().event(shipmentObserved());
    run.result(slot('900'), { kind: 'rejected', code: 'invalid', detail: 'unknown carrier' });
    expect(run.causes).toEqual(['rejected-by-platform']);
    run.event(shipmentObserved({ tracking: 'T1', at: later(1) }));
    expect([run.asked('storefront.fulfillment.create').length, run.causes]).toEqual([2, []]);
  });
});

describe("the storefront's own view of a shipment", () => {
  const echo = (spec: ShipmentSpec = {}) =>
    shipmentObserved({ id: 'f1', connection: 'shop', at: later(1), ...spec });

  test('one that it made itself is not told back to it, and counts', () => {
    const run = inErp().event(echo());
    expect([run.asked('storefront.fulfillment.create'), run.view.status, buckets(run)]).toEqual([
      [],
      'shipped',
      { shipped: '1' },
    ]);
  });

  test.each(['before', 'after'])('the echo of one it was told of counts once (%s the result)', (when) => {
    const run = inErp([{ quantity: '2' }]).event(shipmentObserved());
    if (when === 'before') run.event(echo()).done(slot('900'), fulfilment('f1'));
    else run.done(slot('900'), fulfilment('f1')).event(echo());
    expect(buckets(run)).toEqual({ shipped: '1', released: '1' });
    expect(run.asked('crm.order.upsert').at(-1)?.payload.shipments).toHaveLength(1);
  });

  test('one with the same tracking number is the same parcel, and is not told', () => {
    const run = inErp().event(echo({ tracking: 'T1', at: later(-1) }), shipmentObserved({ tracking: 'T1' }));
    expect([run.asked('storefront.fulfillment.create'), buckets(run)]).toEqual([[], { shipped: '1' }]);
  });

  test('it confirms a command that is stuck', () => {
    const run = inErp()
      .event(shipmentObserved())
      .result(slot('900'), { kind: 'parked', cause: 'outcome-unknown', detail: 'no answer' });
    expect(run.causes).toEqual(['waiting-for-a-repair']);
    expect(run.event(echo()).causes).toEqual([]);
  });

  test('the echo holds the same goods also where the pieces of one SKU are dealt out to other lines', () => {
    const lines = [{ sku: 'SKU-1', quantity: '2' }, { sku: 'SKU-1' }];
    const of = (...quantities: readonly string[]): ShipmentSpec => ({
      lines: quantities.map((quantity) => ({ lineId: null, sku: 'SKU-1', quantity })),
    });
    const run = inErp(lines).event(shipmentObserved(of('1', '2')), echo(of('3')));
    expect([run.causes, run.view.status]).toEqual([[], 'shipped']);
    expect([buckets(run, 0), buckets(run, 1)]).toEqual([{ shipped: '2' }, { shipped: '1' }]);
  });

  test('the echo is known before the answer also where the ERP numbers its items in its own way', () => {
    const run = inErp([{ sku: 'ROPE', quantity: '4' }]);
    run.event(shipmentObserved({ lines: [{ lineId: 'line-1', sku: '40120', quantity: '2' }] }));
    run.event(
      shipmentObserved({
        id: '2',
        status: 'planned',
        lines: [{ lineId: 'line-1', sku: '40120', quantity: '2' }],
      }),
    );
    run.event(echo({ lines: [{ lineId: 'line-1', sku: 'ROPE', quantity: '2' }] }));
    expect([buckets(run), run.view.status]).toEqual([{ shipped: '2', allocated: '2' }, 'partially-shipped']);
  });

  test('the storefront shows one shipment once for each of its locations, under the mark it was told with', () => {
    const run = inErp([{ quantity: '3' }]).event(shipmentObserved({ lines: [{ quantity: '2' }] }));
    run.event(echo({ tracking: 'SH-900' }), echo({ id: 'f2', tracking: 'SH-900' }));
    expect(buckets(run)).toEqual({ shipped: '2', released: '1' });
    run.done(slot('900'), fulfilment('f1'));
    expect([buckets(run), run.causes]).toEqual([{ shipped: '2', released: '1' }, []]);
  });

  test('one that shows up after a refusal is the refused one, counts once, and is not told again', () => {
    const run = inErp([{ quantity: '2' }]).event(shipmentObserved());
    run.result(slot('900'), { kind: 'rejected', code: 'invalid', detail: 'unknown carrier' }).event(echo());
    expect([run.causes, buckets(run)]).toEqual([[], { shipped: '1', released: '1' }]);
    run.event(shipmentObserved({ status: 'delivered', at: later(2) })).operator('retry');
    expect(run.asked('storefront.fulfillment.create')).toHaveLength(1);
  });
});

describe('where the quantity of a line stands', () => {
  test.each<[NonNullable<ShipmentSpec['status']>, object]>([
    ['planned', { allocated: '2.5' }],
    ['picked', { picked: '2.5' }],
    ['packed', { picked: '2.5' }],
    ['shipped', { shipped: '2.5' }],
    ['undeliverable', { shipped: '2.5' }],
    ['ready-for-pickup', { readyForPickup: '2.5' }],
    ['collected', { collected: '2.5' }],
    ['delivered', { delivered: '2.5' }],
    ['cancelled', {}],
  ])('%s', (status, moved) => {
    const run = inErp([{ quantity: '4.25' }]).event(
      shipmentObserved({ status, lines: [{ quantity: '2.5' }] }),
    );
    expect(buckets(run)).toEqual({ ...moved, released: status === 'cancelled' ? '4.25' : '1.75' });
  });

  test('before the ERP has it: reserved, then short, then held', () => {
    const run = new OrderRun().event(
      orderObserved(buildOrder({ payment: 'pending', lines: [{ quantity: '3' }] })),
    );
    expect(buckets(run)).toEqual({ allocated: '3' });
    run.reservation({ sku: 'SKU-1', location: 'default', quantity: '2' });
    expect(buckets(run)).toEqual({ backordered: '2', allocated: '1' });
    run.event(fulfillmentOrderObserved({ status: 'on-hold', quantity: '3' }));
    expect(buckets(run)).toEqual({ held: '3' });
  });

  test('decimal quantities are exact', () => {
    const run = inErp([{ quantity: '0.3' }]);
    run.event(
      shipmentObserved({ id: '1', lines: [{ quantity: '0.1' }] }),
      shipmentObserved({ id: '2', lines: [{ quantity: '0.2' }] }),
    );
    expect([buckets(run), run.view.status, run.causes]).toEqual([{ shipped: '0.3' }, 'shipped', []]);
  });

  test('a SKU without a line id fills the lines of that SKU one after the other', () => {
    const run = inErp([
      { sku: 'A', quantity: '2' },
      { sku: 'A', quantity: '2' },
    ]);
    run.event(shipmentObserved({ lines: [{ lineId: null, sku: 'A', quantity: '3' }] }));
    expect([buckets(run, 0), buckets(run, 1)]).toEqual([{ shipped: '2' }, { shipped: '1', released: '1' }]);
    expect(run.asked('storefront.fulfillment.create')[0]?.payload.shipment.lines).toMatchObject([
      { lineId: 'line-1', quantity: '2' },
      { lineId: 'line-2', quantity: '1' },
    ]);
  });

  test('a line that is named is filled before those of which only the SKU is known', () => {
    const run = inErp([
      { sku: 'A', quantity: '2' },
      { sku: 'A', quantity: '2' },
    ]);
    run.event(shipmentObserved({ id: '1', lines: [{ lineId: null, sku: 'A', quantity: '2' }] }));
    run.event(shipmentObserved({ id: '2', lines: [{ lineId: 'line-1', sku: 'A', quantity: '2' }] }));
    expect([buckets(run, 0), buckets(run, 1)]).toEqual([{ shipped: '2' }, { shipped: '2' }]);
  });

  test('a bundle ships by its components and stands where they stand', () => {
    const run = inErp([
      { id: 'set', kind: 'bundle', sku: 'SET', quantity: '2' },
      { id: 'cup', parentId: 'set', charged: false, sku: 'CUP', quantity: '8' },
      { id: 'pot', parentId: 'set', charged: false, sku: 'POT', quantity: '2' },
    ]);
    expect(run.reserved.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['CUP', '8'],
      ['POT', '2'],
    ]);
    run.event(shipmentObserved({ id: '1', lines: [{ lineId: 'set', sku: 'SET', quantity: '1' }] }));
    expect([buckets(run, 0), buckets(run, 1), run.crm]).toEqual([
      { open: '2' },
      { shipped: '4', released: '4' },
      'partially-shipped',
    ]);
    run.event(
      shipmentObserved({
        id: '2',
        lines: [
          { lineId: 'cup', quantity: '4' },
          { lineId: 'pot', quantity: '1' },
        ],
      }),
    );
    expect([buckets(run, 0), run.crm]).toEqual([{ shipped: '2' }, 'shipped']);
  });

  test('more than was ordered, or goods that were not, is an exception; the buckets stay true', () => {
    const run = inErp().event(
      shipmentObserved({ lines: [{ quantity: '2' }, { lineId: null, sku: 'ELSE' }] }),
    );
    expect([run.causes, buckets(run)]).toEqual([['shipment-mismatch'], { shipped: '1' }]);
    expect([...run.open.values()][0]?.detail).toBe('erp/900: ELSE; line line-1: 1 more than ordered');
  });

  test('of two lines with one SKU, what is still wanted is filled before what an edit took away', () => {
    const lines = [
      { sku: 'SKU-1', quantity: '3', current: '2' },
      { sku: 'SKU-1', quantity: '1' },
    ];
    const ship = (quantity: string): ShipmentSpec => ({ lines: [{ lineId: null, sku: 'SKU-1', quantity }] });
    const run = inErp(lines).event(shipmentObserved(ship('3')));
    expect([buckets(run, 0), buckets(run, 1)]).toEqual([{ shipped: '2', cancelled: '1' }, { shipped: '1' }]);
    expect([run.view.status, run.reserved, run.causes]).toEqual(['shipped', [], []]);
    run.event(shipmentObserved({ ...ship('1'), id: '901' }));
    expect([buckets(run, 0), buckets(run, 1)]).toEqual([{ shipped: '3' }, { shipped: '1' }]);
  });

  test('a removed line is cancelled, one that an edit added counts as it is', () => {
    const run = inErp([
      { quantity: '2', current: '0' },
      { quantity: '0', current: '2' },
    ]);
    expect([buckets(run, 0), buckets(run, 1)]).toEqual([{ cancelled: '2' }, { released: '2' }]);
  });
});

describe('from shipped to closed', () => {
  test('shipped in parts, invoiced and paid', () => {
    const run = inErp([{ quantity: '2' }]);
    const seen: (string | undefined)[] = [run.crm];
    for (const event of [
      shipmentObserved({ id: '1' }),
      invoiceObserved({ id: '1', totalMinor: 1000 }),
      shipmentObserved({ id: '2' }),
      invoiceObserved({ id: '2', totalMinor: 1000, status: 'draft' }),
      invoiceObserved({ id: '2', totalMinor: 1000, status: 'posted', at: later(2000) }),
    ]) {
      run.event(event);
      seen.push(run.view.status);
    }
    expect(seen).toEqual([
      'released',
      'partially-shipped',
      'partially-shipped',
      'shipped',
      'shipped',
      'closed',
    ]);
    expect(run.reserved).toEqual([]);
    expect(run.crm).toBe('closed');
  });

  test('pain 13: an invoice that misses the total by rounding closes the order, one that misses it by more does not', () => {
    const shipped = () => inErp().event(shipmentObserved());
    expect(shipped().event(invoiceObserved({ totalMinor: 998 })).view.status).toBe('closed');
    expect(shipped().event(invoiceObserved({ totalMinor: 990 })).view.status).toBe('shipped');
    const over = shipped().event(invoiceObserved({ totalMinor: 1090 }));
    expect([...over.open.values()]).toMatchObject([
      { cause: 'invoiced-more-than-ordered', value: { amountMinor: 90 } },
    ]);
  });

  test('an authorised order is invoiced, and closed when it is paid', () => {
    const run = new OrderRun()
      .event(orderObserved(buildOrder({ payment: 'authorized' })))
      .done('erp.order', erpOrderRef);
    run.event(shipmentObserved(), invoiceObserved());
    expect(run.crm).toBe('invoiced');
    run.event(paymentObserved({ kind: 'capture', at: later(9) }));
    expect(run.crm).toBe('closed');
  });

  test('an order on terms is paid when its invoices are', () => {
    const run = new OrderRun()
      .event(orderObserved(buildOrder({ payment: 'pending', terms: 'net-30' })))
      .done('erp.order', erpOrderRef);
    run.event(shipmentObserved(), invoiceObserved());
    expect(run.crm).toBe('invoiced');
    expect(run.event(invoiceObserved({ status: 'paid', at: later(9999) })).crm).toBe('closed');
  });

  test('an order of nothing to ship closes by its invoice', () => {
    const run = inErp([{ ships: false, sku: 'GIFT-CARD', kind: 'gift-card' }]);
    expect([run.crm, run.reserved]).toEqual(['released', []]);
    expect(run.event(invoiceObserved()).crm).toBe('closed');
  });

  test('what closes an order is the rule of the retailer', () => {
    const rules = testRules({ close: { invoiced: false, paid: false } });
    const run = new OrderRun(rules)
      .event(orderObserved(buildOrder({ payment: 'authorized' })))
      .done('erp.order', erpOrderRef);
    expect(run.event(shipmentObserved()).crm).toBe('closed');
  });
});

describe('reservations', () => {
  test('are made at capture, payment or not, where the goods leave from', () => {
    const rules = testRules({ reservation: { defaultLocation: 'main', locations: { '7': 'north' } } });
    const run = new OrderRun(rules).event(
      orderObserved(buildOrder({ payment: 'pending', lines: [{ quantity: '2' }, { sku: 'SKU-1' }] })),
    );
    expect(run.reserved).toEqual([{ sku: 'SKU-1', location: 'main', quantity: '3' }]);
    run.event(fulfillmentOrderObserved({ location: '7', quantity: '2' }));
    expect(run.reserved).toEqual([
      { sku: 'SKU-1', location: 'main', quantity: '1' },
      { sku: 'SKU-1', location: 'north', quantity: '2' },
    ]);
  });

  test('are handed over only when they change, and fall with what leaves', () => {
    const run = inErp([{ quantity: '2' }]).event(shipmentObserved({ status: 'packed' }));
    expect(run.last?.reservations).toBeUndefined();
    run.event(shipmentObserved({ at: later(1) }));
    expect(run.last?.reservations).toEqual([{ sku: 'SKU-1', location: 'default', quantity: '1' }]);
  });

  test('too little stock is an exception that does not stop the order', () => {
    const short = { sku: 'SKU-1', location: 'default', quantity: '1' };
    const run = new OrderRun().event(orderObserved(buildOrder())).reservation(short);
    expect([run.causes, run.withdrawn]).toEqual([['stock-short'], []]);
    expect(run.reservation().causes).toEqual([]);
  });

  test('unless the retailer wants it to wait', () => {
    const short = { sku: 'SKU-1', location: 'default', quantity: '1' };
    const run = new OrderRun(testRules({ release: { whenShort: 'wait' } })).event(
      orderObserved(buildOrder({ payment: 'pending' })),
    );
    run.reservation(short).event(orderObserved(buildOrder({ at: later(0) })));
    expect(run.asked('erp.order.create')).toEqual([]);
    expect(run.reservation().asked('erp.order.create')).toHaveLength(1);
  });
});
