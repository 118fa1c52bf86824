import { describe, expect, test } from 'vitest';
import {
  erpOrderObserved,
  erpOrderRef,
  orderDeleted,
  orderObserved,
  shipmentObserved,
} from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { OrderRun } from './testing/order-run.ts';

const t1 = '2026-11-24T11:00:00.000Z';
const placed = orderObserved(buildOrder());
const cancelled = orderObserved(buildOrder({ at: t1, cancelled: 'customer' }));
const tooLate = { kind: 'rejected', code: 'too-late', detail: 'already picked' } as const;

describe('an order cancelled before the ERP has it', () => {
  test('is never sent when it was pending', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ payment: 'pending' })), cancelled);
    expect([run.withdrawn, run.crm, run.reserved]).toEqual([[], 'cancelled', []]);
  });

  test('is taken back; stock stays reserved until that is certain', () => {
    const run = new OrderRun().event(placed, cancelled);
    expect([run.withdrawn, run.crm, run.reserved.length]).toEqual([['erp.order'], 'cancelled', 1]);
    run.result('erp.order', { kind: 'withdrawn' });
    expect([run.reserved, run.asked('erp.order.create').length]).toEqual([[], 1]);
  });

  test('is cancelled there when taking it back came too late', () => {
    const run = new OrderRun().event(placed, cancelled).done('erp.order', erpOrderRef, { number: 'SO-42' });
    expect(run.asked('erp.order.cancel')).toMatchObject([
      { payload: { order: erpOrderRef, number: 'SO-42', reason: 'customer' } },
    ]);
    run.done('erp.cancel');
    expect([run.reserved, run.causes, run.crm]).toEqual([[], [], 'cancelled']);
  });

  test('stays cancelled when the placing webhook comes last', () => {
    const run = new OrderRun().event(cancelled, placed);
    expect([run.disposition, run.commands.map(({ name }) => name)]).toEqual([
      'superseded',
      ['crm.order.upsert'],
    ]);
  });
});

describe('an order cancelled after the ERP has it', () => {
  const inErp = () => new OrderRun().event(placed).done('erp.order', erpOrderRef).event(cancelled);

  test('is cancelled there, once', () => {
    const run = inErp().event(
      cancelled,
      orderObserved(buildOrder({ at: '2026-11-24T11:01:00.000Z', cancelled: 'customer' })),
    );
    expect(run.asked('erp.order.cancel')).toHaveLength(1);
  });

  test('too late is an exception with the money that leaves, and stock stays reserved until the goods have left', () => {
    const run = inErp().result('erp.cancel', tooLate);
    expect([...run.open.values()]).toMatchObject([
      { cause: 'too-late-to-cancel', value: { amountMinor: 1000, currency: 'GBP' } },
    ]);
    expect(run.reserved).toHaveLength(1);
    run.event(shipmentObserved());
    expect([run.reserved, run.view.status]).toEqual([[], 'shipped']);
  });

  test('the exception closes when the ERP cancels after all', () => {
    const run = inErp()
      .result('erp.cancel', tooLate)
      .event(erpOrderObserved({ status: 'cancelled' }));
    expect([run.causes, run.reserved, run.crm]).toEqual([[], [], 'cancelled']);
  });

  test.each([
    ['retry', 2],
    ['keep-despite-cancel', 1],
  ])('the exception closes by the operator: %s', (action, cancellations) => {
    const run = inErp().result('erp.cancel', tooLate).operator(action);
    expect([run.causes, run.asked('erp.order.cancel').length]).toEqual([[], cancellations]);
  });

  test('a late view of the ERP from before the cancellation changes nothing', () => {
    const run = inErp().done('erp.cancel');
    const before = run.commands.length;
    run.event(erpOrderObserved({ at: '2026-11-24T10:30:00.000Z', status: 'confirmed' }));
    expect(run.asked('erp.order.cancel')).toHaveLength(1);
    expect(run.commands.slice(before).every(({ name }) => name === 'crm.order.upsert')).toBe(true);
    expect(run.crm).toBe('cancelled');
  });

  test('it waits for the name of the ERP order where the result did not tell', () => {
    const run = new OrderRun().event(placed).done('erp.order').event(cancelled);
    expect(run.asked('erp.order.cancel')).toEqual([]);
    run.event(erpOrderObserved());
    expect(run.asked('erp.order.cancel')).toHaveLength(1);
  });
});

test('an order cancelled after a part was shipped keeps that part', () => {
  const lines = [{ quantity: '3' }];
  const run = new OrderRun().event(orderObserved(buildOrder({ lines }))).done('erp.order', erpOrderRef);
  run
    .event(shipmentObserved(), orderObserved(buildOrder({ at: t1, lines, cancelled: 'customer' })))
    .done('erp.cancel');
  expect(run.view.order.lines[0]?.quantities).toMatchObject({ shipped: '1', cancelled: '2', open: '0' });
  expect([run.crm, run.reserved]).toEqual(['shipped', []]);
});

describe('an order whose record is deleted at the storefront', () => {
  const deleted = orderDeleted('2026-11-30T00:00:00.000Z');

  test('is taken back from the ERP while anything of it is still to leave', () => {
    const run = new OrderRun()
      .event(orderObserved(buildOrder()))
      .done('erp.order', erpOrderRef)
      .event(deleted);
    expect(run.asked('erp.order.cancel')).toMatchObject([{ payload: { reason: 'deleted' } }]);
    expect([run.done('erp.cancel').crm, run.causes]).toEqual(['cancelled', []]);
  });

  test('stays what it is once all has left: nothing is called off, and somebody is told', () => {
    const run = new OrderRun().event(orderObserved(buildOrder())).done('erp.order', erpOrderRef);
    run.event(shipmentObserved(), deleted);
    expect([run.asked('erp.order.cancel'), run.crm, run.causes]).toEqual([
      [],
      'shipped',
      ['deleted-at-source'],
    ]);
    expect(run.operator('acknowledge-deletion').causes).toEqual([]);
  });

  test('in whatever order the deletion and the last shipment are heard of', () => {
    const run = new OrderRun()
      .event(orderObserved(buildOrder()))
      .done('erp.order', erpOrderRef)
      .event(deleted);
    run.result('erp.cancel', { kind: 'rejected', code: 'too-late', detail: 'it left' });
    expect(run.causes).toEqual(['too-late-to-cancel']);
    expect(run.event(shipmentObserved()).causes).toEqual(['deleted-at-source']);
  });
});
