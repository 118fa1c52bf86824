import { expect, test } from 'vitest';
import {
  erpOrderObserved,
  erpOrderRef,
  invoiceObserved,
  orderObserved,
  paymentObserved,
  shipmentObserved,
} from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { OrderRun, testRules } from './testing/order-run.ts';

const t1 = '2026-11-24T10:00:01.000Z';
const crmOrder = { connection: 'crm', type: 'Order', id: '801' };
const upserts = (run: OrderRun) => run.asked('crm.order.upsert').length;

test('the CRM has the order at capture, although the ERP is away', () => {
  const run = new OrderRun().event(orderObserved(buildOrder({ payment: 'pending' })));
  expect(run.asked('crm.order.upsert')).toMatchObject([
    {
      slot: 'crm.order',
      connection: 'crm',
      payload: { status: 'captured', erp: null, shipments: [], invoices: [] },
    },
  ]);
});

test("the ERP's number, shipments and invoices follow", () => {
  const run = new OrderRun()
    .event(orderObserved(buildOrder()))
    .done('erp.order', erpOrderRef, { number: 'SO-42' });
  expect(upserts(run)).toBe(2);
  run.event(shipmentObserved(), invoiceObserved({ status: 'draft' }));
  expect(upserts(run)).toBe(4);
  expect(run.asked('crm.order.upsert').at(-1)?.payload).toMatchObject({
    status: 'shipped',
    erp: { ref: erpOrderRef, number: 'SO-42' },
    shipments: [{ ref: { id: '900' } }],
    invoices: [{ number: 'INV-700', status: 'draft' }],
  });
});

test('the same content is not sent twice, also not under a new version', () => {
  const order = buildOrder();
  const run = new OrderRun().event(
    orderObserved(order),
    orderObserved({ ...order, version: { at: t1, hash: 'other' } }),
  );
  expect([run.disposition, upserts(run)]).toEqual(['applied', 1]);
});

test('the record in the CRM becomes a name of the order', () => {
  const run = new OrderRun().event(orderObserved(buildOrder())).done('crm.order', crmOrder);
  expect(run.links).toEqual(['shop/1001', 'crm/801']);
});

test('a refusal is an exception, is not repeated, and heals with the next change', () => {
  const run = new OrderRun().event(orderObserved(buildOrder()));
  run.result('crm.order', { kind: 'rejected', code: 'REQUIRED_FIELD_MISSING', detail: 'AccountId' });
  expect([run.causes, upserts(run)]).toEqual([['rejected-by-platform'], 1]);
  run.event(orderObserved(buildOrder({ at: t1, with: { tags: ['vip'] } }))).done('crm.order', crmOrder);
  expect([run.causes, upserts(run)]).toEqual([[], 2]);
});

test('a dead CRM holds up nothing', () => {
  const run = new OrderRun().event(orderObserved(buildOrder()));
  run.result('crm.order', { kind: 'parked', cause: 'unmappable', detail: 'no price book' });
  run.done('erp.order', erpOrderRef).event(shipmentObserved(), invoiceObserved());
  expect(run.view.status).toBe('closed');
});

test('a stale update is asked for again with the order as it is now', () => {
  const run = new OrderRun()
    .event(orderObserved(buildOrder()))
    .result('crm.order', { kind: 'stale', detail: 'changed' });
  expect(upserts(run)).toBe(2);
});

test('an update that an operator takes back is an exception until a retry or the next change is told', () => {
  const run = new OrderRun().event(orderObserved(buildOrder())).result('crm.order', { kind: 'withdrawn' });
  expect([run.causes, upserts(run)]).toEqual([['withdrawn-by-operator'], 1]);
  run.event(orderObserved(buildOrder({ at: t1, with: { tags: ['vip'] } }))).done('crm.order', crmOrder);
  expect([run.causes, upserts(run)]).toEqual([[], 2]);
  run.result('crm.order', { kind: 'withdrawn' }).operator('retry').done('crm.order', crmOrder);
  expect([run.causes, upserts(run)]).toEqual([[], 3]);
});

test('without a CRM nobody is told', () => {
  expect(upserts(new OrderRun(testRules({ crm: null })).event(orderObserved(buildOrder())))).toBe(0);
});

test("the ERP's number follows when it is told apart from the record", () => {
  const run = new OrderRun().event(orderObserved(buildOrder())).done('erp.order', erpOrderRef);
  run.event(erpOrderObserved({ number: 'SO-42' }));
  expect(run.asked('crm.order.upsert').at(-1)?.payload.erp?.number).toBe('SO-42');
});

test('an operator may have a refused update sent again', () => {
  const run = new OrderRun().event(orderObserved(buildOrder()));
  run
    .result('crm.order', { kind: 'rejected', code: 'DUPLICATE_VALUE', detail: 'merge first' })
    .operator('retry');
  expect([run.causes, upserts(run)]).toEqual([[], 2]);
});

test('a payment attempt that changes no state is shown all the same', () => {
  const run = new OrderRun().event(orderObserved(buildOrder({ payment: 'pending' })));
  run.event(paymentObserved({ status: 'failed', at: t1 }));
  expect(run.asked('crm.order.upsert').at(-1)?.payload.order.payment.transactions).toMatchObject([
    { status: 'failed' },
  ]);
});
