import { describe, expect, test } from 'vitest';
import type { PaymentTransaction } from '#canonical/payment.ts';
import {
  erpOrderRef,
  orderObserved,
  paymentObserved,
  shipmentObserved,
  type TransactionSpec,
} from '#tests/builders/event-builder.ts';
import { buildOrder, type LineSpec, type OrderSpec } from '#tests/builders/order-builder.ts';
import { OrderRun, testRules } from './testing/order-run.ts';

const t = (minutes: number) =>
  new Date(Date.parse('2026-11-24T10:00:00.000Z') + minutes * 60_000).toISOString();
const authorized = (spec: TransactionSpec = {}) =>
  paymentObserved({ id: 'a1', kind: 'authorization', multiCapture: true, amountMinor: 5000, ...spec });
const captured = (spec: TransactionSpec = {}) =>
  paymentObserved({ id: 'c1', kind: 'capture', parentId: 'a1', at: t(30), amountMinor: 5000, ...spec });
/** 2 x 10.00 and 3 x 10.00. */
const twoLines: readonly LineSpec[] = [{ quantity: '2' }, { quantity: '3' }];
const order = (spec: OrderSpec = {}) =>
  orderObserved(buildOrder({ lines: twoLines, payment: 'authorized', ...spec }));
const ruled = (payments: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  new OrderRun(testRules({ payments, ...more }));
const shipped = (id: string, line: number, quantity: string) =>
  shipmentObserved({ id, at: t(60), lines: [{ lineId: `line-${line}`, sku: `SKU-${line}`, quantity }] });
/** Each capture that was asked for: up to which mark, and whether it is the last. */
const marks = (run: OrderRun) =>
  run.asked('storefront.payment.capture').map(({ payload: { upTo, final } }) => [upTo.amountMinor, final]);
const slot = 'payment.capture/a1';

describe('who captures and when', () => {
  test('by default the storefront does, and we capture nothing', () => {
    const run = new OrderRun().event(order(), authorized()).done('erp.order', erpOrderRef);
    run.event(shipped('1', 1, '2'), shipped('2', 2, '3'));
    expect(run.asked('storefront.payment.capture')).toEqual([]);
    expect(run.asked('storefront.payment.void')).toEqual([]);
  });

  test('at the order: at once, whole, from the authorisation, in the presentment currency', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized());
    expect(run.asked('storefront.payment.capture')).toMatchObject([
      {
        connection: 'shop',
        slot,
        payload: {
          order: { id: '1001' },
          authorization: { connection: 'shop', type: 'OrderTransaction', id: 'a1' },
          upTo: { amountMinor: 5000, currency: 'GBP', role: 'presentment' },
          final: true,
        },
      },
    ]);
  });

  test('at the order, but not while it is held', () => {
    const held = order({ with: { holds: [{ kind: 'fraud', note: null }] } });
    const run = ruled({ capture: 'order' }).event(held, authorized());
    expect(marks(run)).toEqual([]);
    expect(marks(run.event(order({ at: t(5) })))).toEqual([[5000, true]]);
  });

  test('at the release: once the ERP has the order', () => {
    const run = ruled({ capture: 'release' }).event(order(), authorized());
    expect(marks(run)).toEqual([]);
    expect(marks(run.done('erp.order', erpOrderRef))).toEqual([[5000, true]]);
  });

  test('a retailer whose ERP takes only what is paid captures at the order, and then it is released', () => {
    const run = ruled({ capture: 'order' }, { release: { paymentStates: ['paid'] } });
    run.event(order(), authorized());
    expect(run.asked('erp.order.create')).toEqual([]);
    run.done(slot).event(captured());
    expect([run.view.order.payment.state, run.asked('erp.order.create').length]).toEqual(['paid', 1]);
  });

  test('a test order is never captured', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized(), order({ at: t(5), test: true }));
    expect(run.withdrawn).toContain(slot);
  });
});

describe('an order that is paid in part', () => {
  const gift = paymentObserved({ id: 'g1', amountMinor: 1500 });
  const partly = order({ payment: 'partially-paid' });

  test('goes to the ERP where the rest is authorised and authorised orders may go', () => {
    const run = new OrderRun().event(partly, gift);
    expect(run.asked('erp.order.create')).toEqual([]);
    expect(run.event(authorized({ amountMinor: 3500 })).asked('erp.order.create')).toHaveLength(1);
  });

  test('stays where less is authorised than is missing, or only paid orders may go', () => {
    const less = new OrderRun().event(partly, gift, authorized({ amountMinor: 3499 }));
    const paidOnly = new OrderRun(testRules({ release: { paymentStates: ['paid'] } }));
    paidOnly.event(partly, gift, authorized({ amountMinor: 3500 }));
    for (const run of [less, paidOnly]) expect(run.asked('erp.order.create')).toEqual([]);
  });
});

describe('what the CRM is told of the payment', () => {
  const told = (run: OrderRun) => run.asked('crm.order.upsert').at(-1)?.payload.payment;
  const pounds = (amountMinor: number) => ({ amountMinor, currency: 'GBP', role: 'presentment' });

  test('nothing, as long as nothing is known', () => {
    expect(told(new OrderRun().event(order()))).toBeUndefined();
  });

  test('what is paid, what can still be captured and until when, and what needs a person', () => {
    const expiresAt = '2026-12-01T10:00:00.000Z';
    const run = ruled({ capture: 'shipment' }).event(order(), authorized({ expiresAt }));
    const open = { paid: pounds(0), refunded: pounds(0), capturable: pounds(5000), captureBy: expiresAt };
    expect(told(run)).toEqual({ ...open, attention: null });
    run.done('erp.order', erpOrderRef).deadline('authorization');
    expect(told(run)).toEqual({ ...open, attention: 'authorization-expiring' });
    run
      .event(shipped('1', 1, '2'), shipped('2', 2, '3'))
      .done(slot)
      .done(slot);
    expect(told(run)).toEqual({
      paid: pounds(5000),
      refunded: pounds(0),
      capturable: pounds(0),
      captureBy: null,
      attention: null,
    });
  });
});

describe('shipments in parts', () => {
  const released = (payments: Record<string, unknown> = {}, spec: TransactionSpec = {}) =>
    ruled({ capture: 'shipment', ...payments })
      .event(order(), authorized(spec))
      .done('erp.order', erpOrderRef);

  test("each shipment's part, and the last takes what is left", () => {
    const run = released().event(shipped('1', 1, '2'));
    expect(marks(run)).toEqual([[2000, false]]);
    run.done(slot).event(shipped('2', 2, '3'));
    expect(marks(run)).toEqual([
      [2000, false],
      [5000, true],
    ]);
  });

  test('parts that do not divide come to the total, to the minor unit', () => {
    const lines = [{ quantity: '3', price: '3.33' }];
    const discounted = buildOrder({ lines, payment: 'authorized', shipping: '0.50' });
    const tenth = {
      discountId: 'd1',
      amount: {
        shop: { amountMinor: 100, currency: 'GBP', role: 'shop' as const },
        presentment: { amountMinor: 100, currency: 'GBP', role: 'presentment' as const },
      },
    };
    const grand = {
      shop: { ...discounted.totals.grand.shop, amountMinor: 949 },
      presentment: { ...discounted.totals.grand.presentment, amountMinor: 949 },
    };
    const run = ruled({ capture: 'shipment' }).event(
      orderObserved({
        ...discounted,
        lines: discounted.lines.map((line) => ({ ...line, discounts: [tenth] })),
        totals: { ...discounted.totals, grand },
      }),
      authorized({ amountMinor: 949 }),
    );
    run.done('erp.order', erpOrderRef);
    for (const id of ['1', '2', '3']) run.event(shipped(id, 1, '1')).done(slot);
    // 8.99 by three is 2.99 rounded down, and carriage goes with the first.
    expect(marks(run)).toEqual([
      [50 + 299, false],
      [50 + 599, false],
      [949, true],
    ]);
  });

  test('an authorisation that can be captured once is captured whole with the first shipment', () => {
    const run = released({}, { multiCapture: false }).event(shipped('1', 1, '2'));
    expect(marks(run)).toEqual([[5000, false]]);
    run.done(slot).event(shipped('2', 2, '3'), captured());
    expect([marks(run).length, run.causes]).toEqual([1, []]);
  });

  test('or with the last one, as the rule says', () => {
    const run = released({ singleCapture: 'last-shipment' }, { multiCapture: false });
    run.event(shipped('1', 1, '2'));
    expect(marks(run)).toEqual([]);
    expect(marks(run.event(shipped('2', 2, '3')))).toEqual([[5000, true]]);
  });

  test('what is paid by gift card is used up first', () => {
    const run = released({}, { amountMinor: 3500 }).event(paymentObserved({ id: 'g1', amountMinor: 1500 }));
    run
      .event(shipped('1', 1, '2'))
      .done(slot)
      .event(shipped('2', 2, '3'));
    expect(marks(run)).toEqual([
      [500, false],
      [3500, true],
    ]);
  });

  test('a message that does not say whether parts can be captured has the order read, and only then is captured', () => {
    const run = ruled({ capture: 'shipment' }).event(order());
    const unsaid = paymentObserved({ id: 'a1', kind: 'authorization', amountMinor: 5000 });
    run.event(unsaid);
    expect(run.answer).toContain('storefront.order.read');
    run.done('erp.order', erpOrderRef).event(shipped('1', 1, '2'));
    expect(marks(run)).toEqual([]);
    const shown = { state: 'authorized' as const, transactions: [transactionOf(authorized())] };
    run.readAnswer(orderObserved(buildOrder({ lines: twoLines, at: t(1), with: { payment: shown } })));
    expect(marks(run)).toEqual([[2000, false]]);
    run.event(unsaid);
    expect(run.view.order.payment.transactions[0]?.multiCapture).toBe(true);
  });

  test('an older message that says it is believed in that, whatever else the newer one overtook', () => {
    const said = authorized({ at: t(0), amountMinor: 4000 });
    const newer = paymentObserved({ id: 'a1', kind: 'authorization', amountMinor: 5000, at: t(1) });
    for (const events of [
      [said, newer],
      [newer, said],
    ]) {
      const [known] = new OrderRun().event(order(), ...events).view.order.payment.transactions;
      expect([known?.multiCapture, known?.amount.presentment.amountMinor]).toEqual([true, 5000]);
    }
  });

  test('a source that never says it is taken to capture once', () => {
    const run = ruled({ capture: 'shipment' }).event(order());
    run.event(paymentObserved({ id: 'a1', kind: 'authorization', amountMinor: 5000 }));
    run.readAnswer(order({ at: t(1) }));
    run.done('erp.order', erpOrderRef).event(shipped('1', 1, '2'));
    expect(marks(run)).toEqual([[5000, false]]);
  });

  test('an authorisation whose message was lost is read', () => {
    const run = ruled({ capture: 'order' }).event(order());
    expect(run.answer).toContain('storefront.order.read');
    const shown = { state: 'authorized' as const, transactions: [transactionOf(authorized())] };
    run.readAnswer(orderObserved(buildOrder({ lines: twoLines, at: t(1), with: { payment: shown } })));
    expect(marks(run)).toEqual([[5000, true]]);
  });
});

const transactionOf = (event: ReturnType<typeof paymentObserved>): PaymentTransaction =>
  (event as Extract<typeof event, { type: 'payment.observed' }>).data;

describe('never more, and never twice', () => {
  test('what the platform shows captured is not captured again, also by whom we do not know', () => {
    const run = ruled({ capture: 'release' }).event(order(), authorized(), captured());
    run.done('erp.order', erpOrderRef);
    expect(marks(run)).toEqual([]);
  });

  test('an answer and the webhook of the same capture are one', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized()).done(slot);
    run.event(captured(), captured(), order({ at: t(40), payment: 'paid' }));
    expect(marks(run)).toEqual([[5000, true]]);
    expect(run.causes).toEqual([]);
  });

  test('never more than was authorised; the difference is named, and closes when it is paid', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized({ amountMinor: 4000 }));
    expect(marks(run)).toEqual([[4000, true]]);
    run.done(slot);
    expect([...run.open.values()]).toMatchObject([
      { cause: 'authorization-too-small', value: { amountMinor: 1000, currency: 'GBP' } },
    ]);
    run.event(paymentObserved({ id: 's1', amountMinor: 1000, at: t(50) }));
    expect(run.causes).toEqual([]);
  });

  test('two authorisations are used one after the other, the one that lapses first before', () => {
    const run = ruled({ capture: 'order' }).event(
      authorized({ id: 'late', amountMinor: 3000, expiresAt: t(9000) }),
      authorized({ id: 'soon', amountMinor: 3000, expiresAt: t(8000) }),
      order(),
    );
    const asked = run.asked('storefront.payment.capture');
    expect(asked.map(({ payload }) => [payload.authorization.id, payload.upTo.amountMinor])).toEqual([
      ['soon', 3000],
      ['late', 2000],
    ]);
  });

  test('an authorisation that is heard of while another one is captured takes nothing a second time', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized({ expiresAt: t(9000) }));
    run.event(authorized({ id: 'soon', expiresAt: t(8000) }));
    expect([run.withdrawn, marks(run)]).toEqual([[], [[5000, true]]]);
    expect(marks(run.done(slot))).toEqual([[5000, true]]);
  });

  test('an edit that makes the order cheaper takes the capture back and asks for less', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized());
    run.event(order({ at: t(5), lines: [{ quantity: '2' }, { quantity: '3', current: '1' }] }));
    expect(run.withdrawn).toContain(slot);
    expect(marks(run.result(slot, { kind: 'withdrawn' }))).toEqual([
      [5000, true],
      [3000, true],
    ]);
  });

  test('an authorisation in another currency than the order is left alone', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized({ currency: 'USD' }));
    expect(marks(run)).toEqual([]);
  });
});

describe('a cancelled order', () => {
  const cancelledOpen = order({ at: t(10), cancelled: 'customer', payment: 'authorized' });

  test('gives up what is authorised, as soon as the ERP cannot deliver it any more', () => {
    const run = ruled({ capture: 'shipment' }).event(order(), authorized(), cancelledOpen);
    expect(run.asked('storefront.payment.void')).toEqual([]);
    run.result('erp.order', { kind: 'withdrawn' });
    expect(run.asked('storefront.payment.void')).toMatchObject([
      { slot: 'payment.void/a1', payload: { order: { id: '1001' }, authorization: { id: 'a1' } } },
    ]);
    run.done('payment.void/a1').event(captured({ id: 'v1', kind: 'void' }));
    expect([run.causes, run.asked('storefront.payment.void').length]).toEqual([[], 1]);
  });

  test('of which the storefront gave the authorisation up already has nothing to give up', () => {
    const run = ruled({ capture: 'shipment' }).event(order(), authorized());
    run.event(order({ at: t(10), cancelled: 'customer', payment: 'voided' }));
    expect(run.asked('storefront.payment.void')).toEqual([]);
  });

  test('takes back a capture that was not sent, and then gives up the authorisation', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized(), cancelledOpen);
    expect([run.withdrawn, run.asked('storefront.payment.void')]).toEqual([['erp.order', slot], []]);
    run.result(slot, { kind: 'withdrawn' }).result('erp.order', { kind: 'withdrawn' });
    expect(run.asked('storefront.payment.void')).toHaveLength(1);
  });

  test('that was captured too fast is named with the money, until it is refunded', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized(), cancelledOpen).done(slot);
    expect([...run.open.values()]).toMatchObject([
      { cause: 'captured-though-cancelled', value: { amountMinor: 5000 } },
    ]);
    expect(run.asked('storefront.payment.void')).toEqual([]);
    run.event(paymentObserved({ id: 'r1', kind: 'refund', amountMinor: 5000, at: t(90) }));
    expect(run.causes).toEqual([]);
  });

  test('that the ERP has is not given up before the ERP has cancelled it: goods may have left', () => {
    const run = ruled({ capture: 'shipment' }).event(order(), authorized()).done('erp.order', erpOrderRef);
    run.event(cancelledOpen);
    expect(run.asked('storefront.payment.void')).toEqual([]);
    run.done('erp.cancel');
    expect(run.asked('storefront.payment.void')).toHaveLength(1);
  });

  test('of which a part has left is captured for that part', () => {
    const run = ruled({ capture: 'shipment' }).event(order(), authorized());
    run
      .done('erp.order', erpOrderRef)
      .event(shipped('1', 1, '2'))
      .done(slot);
    const rest = [{ quantity: '2' }, { quantity: '3', current: '0' }];
    const totals = buildOrder({ lines: rest }).totals;
    run.event(order({ at: t(70), lines: rest, cancelled: 'customer', with: { totals } }));
    expect(marks(run)).toEqual([[2000, false]]);
    expect(run.asked('storefront.payment.void')).toEqual([]);
  });
});

describe('a capture that does not get on is an exception with a remedy', () => {
  const refused = () =>
    ruled({ capture: 'order' })
      .event(order(), authorized())
      .result(slot, { kind: 'rejected', code: 'capture-declined', detail: 'insufficient_funds' });

  test('declined, with the money at stake', () => {
    const run = refused();
    expect([...run.open.values()]).toMatchObject([
      {
        cause: 'capture-refused',
        detail: expect.stringContaining('insufficient_funds'),
        remedy: expect.stringContaining('retry'),
        value: { amountMinor: 5000, currency: 'GBP' },
      },
    ]);
    expect(marks(run.event(order({ at: t(5), with: { note: 'ring twice' } })))).toHaveLength(1);
  });

  test('it closes when somebody captured by hand, and the command is taken back', () => {
    const run = refused().event(captured());
    expect([run.causes, run.withdrawn]).toEqual([[], [slot]]);
    run.result(slot, { kind: 'withdrawn' });
    expect([run.causes, marks(run).length]).toEqual([[], 1]);
  });

  test('nobody can send it again once the order is cancelled', () => {
    const run = refused().event(order({ at: t(10), cancelled: 'customer', payment: 'authorized' }));
    expect([run.causes, run.withdrawn]).toEqual([[], ['erp.order', slot]]);
    run.result(slot, { kind: 'withdrawn' }).result('erp.order', { kind: 'withdrawn' });
    expect(run.asked('storefront.payment.void')).toHaveLength(1);
  });

  test('"retry" asks once more', () => {
    const run = refused().operator('retry');
    expect([marks(run).length, run.causes]).toEqual([2, []]);
  });

  test('an answer that comes after all is believed', () => {
    expect(refused().done(slot).causes).toEqual([]);
  });

  test('parked, it waits for a repair; a command that an operator took back is named', () => {
    const run = ruled({ capture: 'order' }).event(order(), authorized());
    run.result(slot, { kind: 'parked', cause: 'retries-exhausted', detail: 'no answer' });
    expect(run.causes).toEqual(['waiting-for-a-repair']);
    run.result(slot, { kind: 'withdrawn' });
    expect(run.causes).toEqual(['withdrawn-by-operator']);
  });

  test('a void that is refused is named', () => {
    const run = ruled({ capture: 'shipment' }).event(order(), authorized());
    run.event(order({ at: t(10), cancelled: 'customer', payment: 'authorized' }));
    run.result('erp.order', { kind: 'withdrawn' });
    run.result('payment.void/a1', { kind: 'rejected', code: 'void-declined', detail: 'no' });
    expect(run.causes).toEqual(['rejected-by-platform']);
    run.event(captured({ id: 'v1', kind: 'void' }));
    expect(run.causes).toEqual([]);
  });
});

describe('an authorisation that ends', () => {
  const expiresAt = '2026-12-01T10:00:00.000Z';
  const waiting = (rules: Record<string, unknown> = {}) =>
    ruled({ capture: 'shipment', ...rules })
      .event(order(), authorized({ expiresAt }))
      .done('erp.order', erpOrderRef);

  test('is named 24 hours before, with what is still to be paid, and closes when it is captured', () => {
    const run = waiting();
    expect(run.deadlines.get('authorization')).toBe('2026-11-30T10:00:00.000Z');
    expect(run.causes).toEqual([]);
    run.deadline('authorization');
    expect([...run.open.values()]).toMatchObject([
      {
        cause: 'authorization-expiring',
        detail: expect.stringContaining(expiresAt),
        value: { amountMinor: 5000 },
      },
    ]);
    run
      .event(shipped('1', 1, '2'), shipped('2', 2, '3'))
      .done(slot)
      .done(slot);
    expect([run.causes, run.deadlines.has('authorization')]).toEqual([[], false]);
  });

  test('also where the storefront captures by itself', () => {
    const run = waiting({ capture: 'storefront' }).deadline('authorization');
    expect(run.causes).toEqual(['authorization-expiring']);
    expect(run.event(captured()).causes).toEqual([]);
  });

  test('once over, it is no payment any more: nothing is captured of it, nothing is released on it', () => {
    const run = ruled({ capture: 'shipment' }, { release: { whenShort: 'wait' } }).event(
      order({ with: { holds: [{ kind: 'address', note: null }] } }),
      authorized({ expiresAt }),
    );
    run.deadline('authorization').deadline('authorization');
    expect([run.now, run.causes]).toEqual([expiresAt, ['authorization-expired']]);
    run.event(order({ at: t(5) }));
    expect([run.view.order.payment.state, run.asked('erp.order.create')]).toEqual(['expired', []]);
    run.event(paymentObserved({ id: 's2', amountMinor: 5000, at: t(9999) }));
    expect([run.view.order.payment.state, run.causes]).toEqual(['paid', []]);
    expect(run.asked('erp.order.create')).toHaveLength(1);
  });

  test('a source that does not say when is watched by the rule, which stops nothing', () => {
    const run = ruled({ capture: 'shipment', assumedValidityMs: 3 * 86_400_000 }).event(
      order(),
      authorized(),
    );
    expect(run.deadlines.get('authorization')).toBe('2026-11-26T10:00:00.000Z');
    run.deadline('authorization').done('erp.order', erpOrderRef);
    expect([run.causes, run.deadlines.has('authorization')]).toEqual([['authorization-expiring'], false]);
    expect(marks(run.event(shipped('1', 1, '2')))).toEqual([[2000, false]]);
    const unwatched = ruled({ assumedValidityMs: null }).event(order(), authorized());
    expect(unwatched.deadlines.has('authorization')).toBe(false);
  });

  test('of a cancelled or a paid order nobody is told', () => {
    const cancelled = waiting().event(order({ at: t(10), cancelled: 'customer', payment: 'voided' }));
    const paid = waiting().event(captured());
    expect([cancelled, paid].map(({ deadlines }) => deadlines.has('authorization'))).toEqual([false, false]);
  });

  test('a deadline that was moved means nothing', () => {
    const run = waiting().event(captured()).deadline('authorization');
    expect([run.disposition, run.causes]).toEqual(['superseded', []]);
  });
});
