import { describe, expect, test } from 'vitest';
import {
  buildShipment,
  erpOrderObserved,
  erpOrderRef,
  fulfillmentOrderData,
  orderDeleted,
  orderObserved,
  orderTouched,
  paymentObserved,
  shipmentObserved,
} from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { OrderRun, testRules } from './testing/order-run.ts';

const t0 = '2026-11-24T10:00:00.000Z';
const t1 = '2026-11-24T10:00:01.000Z';
const t2 = '2026-11-24T10:00:02.000Z';

describe('pain 5: create and update webhooks together make one order', () => {
  const created = orderObserved(buildOrder({ at: t0 }));
  const updated = orderObserved(buildOrder({ at: t1, with: { note: 'leave at the door' } }));

  test.each([
    ['create first', [created, updated]],
    ['update first', [updated, created]],
    ['both twice', [created, updated, created, updated]],
    ['the update twice, then the create', [updated, updated, created]],
  ])('%s', (_, events) => {
    const run = new OrderRun().event(...events);
    expect(run.asked('erp.order.create')).toHaveLength(1);
    expect(run.state?.order?.note).toBe('leave at the door');
    expect(run.asked('crm.order.upsert').at(-1)?.payload.order.note).toBe('leave at the door');
  });

  test('an older snapshot is superseded, and says by what', () => {
    const run = new OrderRun().event(updated, created);
    expect(run.last?.disposition).toEqual({ kind: 'superseded', by: `newer snapshot: shop ${t1}` });
    expect(run.answer).toEqual([]);
  });
});

describe('pain 4: an old webhook that comes back imports nothing', () => {
  const order = buildOrder({ at: t0 });
  test.each([
    ['the same one', orderObserved(order)],
    ['an older one', orderObserved(buildOrder({ at: '2026-11-24T09:00:00.000Z', payment: 'pending' }))],
  ])('%s, after the order was shipped and closed', (_, webhook) => {
    const run = new OrderRun().event(orderObserved(order)).done('erp.order', erpOrderRef);
    run.event(shipmentObserved());
    const before = run.commands.length;
    run.event(webhook);
    expect(run.disposition).toBe('superseded');
    expect(run.commands).toHaveLength(before);
    expect(run.last?.exceptions).toEqual([]);
  });

  test('an order that the ERP shows before we asked for it is not made there', () => {
    const pending = buildOrder({ at: t0, payment: 'pending' });
    const run = new OrderRun().event(orderObserved(pending));
    run.event(erpOrderObserved(), orderObserved(buildOrder({ at: t1, payment: 'paid' })));
    expect(run.asked('erp.order.create')).toEqual([]);
    expect(run.view.status).toBe('released');
  });
});

describe('pain 6: paid before created', () => {
  test('a payment for an order never seen reads the order at its source, once', () => {
    const run = new OrderRun().event(paymentObserved({ id: 't1' }));
    expect(run.answer).toEqual(['storefront.order.read']);
    expect(run.commands[0]).toMatchObject({ connection: 'shop', payload: { order: { id: '1001' } } });
    run.event(paymentObserved({ id: 't2', at: t1 }));
    expect(run.asked('storefront.order.read')).toHaveLength(1);
  });

  test.each(['event first', 'result first'])('the answer releases the order (%s)', (way) => {
    const run = new OrderRun().event(paymentObserved());
    const order = orderObserved(buildOrder({ at: t0 }));
    if (way === 'event first') run.event(order).done('storefront.read');
    else run.done('storefront.read').event(order);
    expect(run.asked('erp.order.create')).toHaveLength(1);
    expect(run.state?.read).toBeNull();
    expect(run.deadlines.has('reread')).toBe(false);
  });

  test('a snapshot that is older than a payment is released by the payment', () => {
    const run = new OrderRun().event(
      orderObserved(buildOrder({ at: t0, payment: 'pending' })),
      paymentObserved({ at: t1, kind: 'authorization' }),
    );
    expect(run.asked('erp.order.create')[0]?.payload.order.payment.state).toBe('authorized');
  });

  test('part of the money does not release the order', () => {
    const run = new OrderRun().event(
      orderObserved(buildOrder({ at: t0, payment: 'pending' })),
      paymentObserved({ at: t1, amountMinor: 400 }),
    );
    expect(run.view.order.payment.state).toBe('partially-paid');
    expect(run.asked('erp.order.create')).toEqual([]);
  });

  test('a payment that is older than the snapshot does not overrule it', () => {
    const run = new OrderRun().event(
      orderObserved(buildOrder({ at: t1, payment: 'refunded' })),
      paymentObserved({ at: t0 }),
    );
    expect(run.view.order.payment.state).toBe('refunded');
  });

  test('a read without an answer is asked again, less and less often, and then a person is asked', () => {
    const run = new OrderRun().event(paymentObserved());
    const waits: number[] = [];
    for (let asked = run.now; run.deadlines.has('reread'); asked = run.now) {
      waits.push(Date.parse(run.deadlines.get('reread') ?? '') - Date.parse(asked));
      run.deadline('reread');
    }
    expect(run.asked('storefront.order.read')).toHaveLength(5);
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 960_000]);
    expect(run.causes).toEqual(['order-unreadable']);
    run.event(orderObserved(buildOrder({ at: t0 })));
    expect(run.causes).toEqual([]);
  });

  test('an order that its source does not know is an exception, closed when it appears', () => {
    const run = new OrderRun().event(paymentObserved());
    run.result('storefront.read', { kind: 'rejected', code: 'not-found', detail: 'no such order' });
    expect(run.causes).toEqual(['order-unreadable']);
    run.operator('reread');
    expect(run.answer).toEqual(['storefront.order.read']);
    run.event(orderObserved(buildOrder({ at: t0 }))).done('storefront.read');
    expect(run.causes).toEqual([]);
  });

  test('a deadline that was moved or met does nothing', () => {
    const run = new OrderRun().event(paymentObserved(), orderObserved(buildOrder({ at: t0 })));
    run.deadline('reread');
    expect(run.disposition).toBe('superseded');
    expect(run.answer).toEqual([]);
  });
});

describe('what the source says of one instant', () => {
  const one = orderObserved(buildOrder({ at: t0, with: { note: 'one' } }));
  const other = orderObserved(buildOrder({ at: t0, with: { note: 'other' } }));

  test('the same instant and the same body is a duplicate', () => {
    expect(new OrderRun().event(one, one).disposition).toBe('superseded');
  });

  const third = orderObserved(buildOrder({ at: t0, with: { note: 'third' } }));
  const note = (run: OrderRun): string | null | undefined => run.state?.order?.note;

  test('the same instant with another body reads the source, and its answer rules', () => {
    const run = new OrderRun().event(one, other);
    expect(run.answer).toEqual(['storefront.order.read']);
    expect(note(run)).toBe('one');
    run.readAnswer(other);
    expect(note(run)).toBe('other');
    run.event(one);
    expect(run.disposition).toBe('superseded');
    expect(note(run)).toBe('other');
  });

  test('another body that says the same is a duplicate', () => {
    const order = buildOrder({ at: t0, with: { note: 'one' } });
    const polled = orderObserved({ ...order, version: { ...order.version, hash: 'of another shape' } });
    const run = new OrderRun().event(one, polled);
    expect([run.disposition, ...run.answer]).toEqual(['superseded']);
  });

  test('a late message that comes while the source is read is not taken for the answer', () => {
    const run = new OrderRun().event(one, other).event(third);
    expect(note(run)).toBe('one');
    expect(run.answer).toEqual(['storefront.order.read']);
    expect(note(run.readAnswer(other))).toBe('other');
  });

  test('of two reads under way the later answer rules, also when it says what an earlier message said', () => {
    const run = new OrderRun().event(one, other, third).readAnswer(other).readAnswer(third);
    expect(note(run)).toBe('third');
    expect(note(run.event(other, one))).toBe('third');
  });

  test('the answer of a read that was asked before the newest body had come is not believed over it', () => {
    const newest = orderObserved(buildOrder({ at: t1, with: { note: 'newest' } }));
    const older = orderObserved(buildOrder({ at: t1, with: { note: 'older' } }));
    const run = new OrderRun().event(one, orderTouched(t1)).event(newest).readAnswer(older);
    expect([note(run), ...run.answer]).toEqual(['newest', 'storefront.order.read']);
    expect(note(run.readAnswer(newest))).toBe('newest');
    expect(run.answer).toEqual([]);
  });

  test('a source whose body differs each time is not read without end, and its last answer stands', () => {
    const run = new OrderRun().event(one);
    for (let round = 0; round < 10; round += 1) {
      run.event(orderObserved(buildOrder({ at: t0, with: { note: `body ${round}` } })));
      if (run.answer.length > 0) run.readAnswer(other);
    }
    expect(run.asked('storefront.order.read')).toHaveLength(run.rules.reads.maxTieReads);
    expect(note(run)).toBe('other');
  });
});

describe('what a snapshot shows besides the order', () => {
  const held = fulfillmentOrderData({ status: 'on-hold' });
  const shipped = buildShipment({ id: 'f1', connection: 'shop' });
  const [seen, bare] = [t1, t2].map((at, index) =>
    orderObserved(
      buildOrder({ at, with: index === 0 ? { fulfillmentOrders: [held], shipments: [shipped] } : {} }),
    ),
  );

  test.each([
    ['before', [seen, bare]],
    ['after', [bare, seen]],
  ])('is not forgotten when a message without it comes (%s it)', (_, events) => {
    const run = new OrderRun().event(...events.filter((event) => event !== undefined));
    expect(run.view.order.fulfillmentOrders).toEqual([held]);
    expect(run.view.order.lines[0]?.quantities.shipped).toBe('1');
  });
});

describe('order.touched', () => {
  test('a touch younger than the snapshot reads the order, and a repetition of it does not', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t0 })), orderTouched(t1));
    expect(run.answer).toEqual(['storefront.order.read']);
    run.event(orderTouched(t1));
    expect([run.disposition, ...run.answer]).toEqual(['superseded']);
    run.event(orderTouched(t2));
    expect(run.answer).toEqual(['storefront.order.read']);
  });

  test('a touch that the snapshot has seen is superseded', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t1 })), orderTouched(t0));
    expect([run.disposition, ...run.answer]).toEqual(['superseded']);
  });

  test('of one instant, a change that was not heard of before is read, whether the order was read before or is being read', () => {
    const run = new OrderRun().event(
      orderObserved(buildOrder({ at: t0 })),
      orderTouched(t1, undefined, { body: 'created' }),
    );
    expect(run.answer).toEqual(['storefront.order.read']);
    run.event(orderTouched(t1, undefined, { body: 'paid' }));
    expect(run.answer).toEqual(['storefront.order.read']);
    run.readAnswer(orderObserved(buildOrder({ at: t1 })));
    run.event(orderTouched(t1, undefined, { body: 'cancelled' }));
    expect(run.answer).toEqual(['storefront.order.read']);
    run.readAnswer(orderObserved(buildOrder({ at: t1, cancelled: 'CUSTOMER' })));
    expect([run.disposition, run.view.cancelled?.at]).toEqual(['applied', t1]);
    for (const body of ['created', 'paid', 'cancelled']) {
      run.event(orderTouched(t1, undefined, { body }));
      expect([run.disposition, ...run.answer]).toEqual(['superseded']);
    }
  });

  test('of one instant, a list of changed orders tells nothing that the snapshot does not', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t1 })));
    run.event(orderTouched(t1, undefined, { body: 'listed', listed: true }));
    expect([run.disposition, ...run.answer]).toEqual(['superseded']);
  });

  test("another platform's clock does not date a touch", () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t1 })));
    run.event(orderTouched(t0, { connection: 'payments', type: 'Charge', id: 'ch_1' }));
    expect(run.answer).toEqual(['storefront.order.read']);
  });
});

describe('what does not belong here is rejected with a code', () => {
  test('a test order, and all that follows it', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ test: true })));
    expect(run.disposition).toBe('rejected test-order');
    run.event(paymentObserved({ at: t2 }), shipmentObserved());
    expect(run.disposition).toBe('rejected test-order');
    expect(run.commands).toEqual([]);
    expect(run.reserved).toEqual([]);
  });

  test('an order that turns out to be a test goes no further', () => {
    const run = new OrderRun().event(
      orderObserved(buildOrder({ at: t0 })),
      orderObserved(buildOrder({ at: t1, test: true })),
    );
    expect([run.withdrawn, run.reserved]).toEqual([['erp.order'], []]);
  });

  test('a sandbox may process test orders', () => {
    const run = new OrderRun(testRules({ testOrders: 'process' })).event(
      orderObserved(buildOrder({ test: true })),
    );
    expect(run.asked('erp.order.create')).toHaveLength(1);
  });

  test.each([
    ['the order as the CRM sees it', 'crm', 'not-the-source'],
    ['the order as another shop sees it', 'shop-2', 'not-the-source'],
  ])('%s', (_, connection, code) => {
    const run = new OrderRun().event(
      orderObserved(buildOrder({ at: t0 })),
      orderObserved(buildOrder({ at: t1, connection })),
    );
    expect(run.disposition).toBe(`rejected ${code}`);
    expect(run.state?.order?.ref.connection).toBe('shop');
  });

  test('an order deleted at its source is cancelled', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t0 })), orderDeleted(t1));
    expect(run.withdrawn).toEqual(['erp.order']);
    expect(run.crm).toBe('cancelled');
  });
});

test('a shipment and an ERP order that arrive before the result of the ERP order are kept', () => {
  const run = new OrderRun().event(orderObserved(buildOrder()), shipmentObserved({ status: 'shipped' }));
  expect(run.view.status).toBe('shipped');
  expect(run.answer).toEqual(['storefront.fulfillment.create', 'crm.order.upsert']);
  run.done('erp.order', erpOrderRef, { number: 'SO-42' });
  expect(run.asked('erp.order.create')).toHaveLength(1);
  expect(run.asked('crm.order.upsert').at(-1)?.payload.erp).toEqual({ ref: erpOrderRef, number: 'SO-42' });
});
