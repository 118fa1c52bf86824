import { describe, expect, test } from 'vitest';
import { erpOrderObserved, orderObserved } from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { censusDeadline } from './erp-census.ts';
import { OrderRun } from './testing/order-run.ts';

const sale = { connection: 'erp', type: 'sale', id: '42' };
const t0 = '2026-11-24T10:00:00.000Z';

describe('pain 1: orders that never reached the ERP, without an error', () => {
  test('an order that the ERP took and does not show is missed, with its value', () => {
    const run = new OrderRun()
      .event(orderObserved(buildOrder({ at: t0 })))
      .done('erp.order', sale, { number: 'S42' });
    run.deadline(censusDeadline);
    expect(run.open.get('missing')).toMatchObject({
      cause: 'missing-in-erp',
      detail: 'the ERP said that it took the order as S42, but does not show it',
      value: { currency: 'GBP' },
    });
    expect(run.open.get('missing')?.value?.amountMinor).toBeGreaterThan(0);
  });

  test('an order whose command is stuck is missed, too, and the detail says where it stands', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t0 })));
    run.deadline(censusDeadline);
    expect(run.open.get('missing')?.detail).toBe(
      'the ERP has been asked to take the order and has not answered',
    );
  });

  test('it is found again when the ERP shows it', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t0 }))).deadline(censusDeadline);
    run.event(erpOrderObserved());
    expect([...run.open.keys()]).toEqual([]);
    expect(run.deadlines.has(censusDeadline)).toBe(false);
  });

  test('an order that the ERP showed in time, or should not have, is not looked for', () => {
    const shown = new OrderRun().event(orderObserved(buildOrder({ at: t0 })), erpOrderObserved());
    expect(shown.deadlines.has(censusDeadline)).toBe(false);
    const unpaid = new OrderRun().event(orderObserved(buildOrder({ at: t0, payment: 'pending' })));
    expect(unpaid.deadlines.has(censusDeadline)).toBe(false);
  });

  test('it is judged only once the ERP has been read past the deadline', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t0 })));
    expect(run.last?.deadlines).toMatchObject([{ name: censusDeadline, source: 'erp' }]);
  });

  test('one that was overdue when the ERP took it has its time to show up from then on', () => {
    const run = new OrderRun().event(orderObserved(buildOrder({ at: t0 }))).deadline(censusDeadline);
    run.done('erp.order', sale, { number: 'S42' });
    expect(run.causes).toEqual([]);
    run.operator('retry');
    expect(run.asked('erp.order.create')).toHaveLength(1);
    expect(run.deadline(censusDeadline).causes).toEqual(['missing-in-erp']);
  });

  test('an operator sends an order again that the ERP took and lost', () => {
    const run = new OrderRun()
      .event(orderObserved(buildOrder({ at: t0 })))
      .done('erp.order', sale, { number: 'S42' })
      .deadline(censusDeadline);
    run.operator('retry');
    expect(run.asked('erp.order.create')).toHaveLength(2);
    expect(run.deadlines.has(censusDeadline)).toBe(true);
  });
});
