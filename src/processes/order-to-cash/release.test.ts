import { describe, expect, test } from 'vitest';
import { decimal } from '#canonical/decimal.ts';
import type { Refund } from '#canonical/payment.ts';
import {
  erpOrderObserved,
  erpOrderRef,
  fulfillmentOrderObserved,
  orderObserved,
  shipmentObserved,
} from '#tests/builders/event-builder.ts';
import { buildOrder, type OrderSpec } from '#tests/builders/order-builder.ts';
import { OrderRun, testRules } from './testing/order-run.ts';

const t0 = '2026-11-24T10:00:00.000Z';
const t1 = '2026-11-24T10:00:01.000Z';
const t2 = '2026-11-24T10:00:02.000Z';
const seen = (spec: OrderSpec) => orderObserved(buildOrder({ at: t0, ...spec }));
const refusal = { kind: 'rejected', code: 'inactive-item', detail: 'item is inactive' } as const;
const refundOf = (restock: Refund['lines'][number]['restock']): Refund => {
  const { ref, totals } = buildOrder();
  const { tax: nothing } = totals;
  return {
    id: 'r1',
    ref: { ...ref, type: 'Refund', id: 'r1' },
    at: t1,
    note: null,
    lines: [
      { lineId: 'line-1', quantity: decimal(1), restock, location: null, subtotal: nothing, tax: nothing },
    ],
    adjustments: [],
    transactionIds: [],
    extensions: {},
  };
};
const unmapped = { kind: 'parked', cause: 'unmappable', detail: 'no item for SKU-1' } as const;

describe('the ERP gets an order when its payment lets it', () => {
  test.each<[string, OrderSpec, boolean]>([
    ['authorized', { payment: 'authorized' }, true],
    ['paid', { payment: 'paid' }, true],
    ['partially refunded before release', { payment: 'partially-refunded' }, true],
    ['pending', { payment: 'pending' }, false],
    ['pending, with payment terms', { payment: 'pending', terms: 'net-30' }, true],
    ['partially paid', { payment: 'partially-paid' }, false],
    ['partially paid, with payment terms', { payment: 'partially-paid', terms: 'net-30' }, true],
    ['voided, with payment terms', { payment: 'voided', terms: 'net-30' }, false],
    ['refunded', { payment: 'refunded' }, false],
    ['expired', { payment: 'expired' }, false],
    ['cancelled', { payment: 'paid', cancelled: 'customer' }, false],
  ])('%s', (_, spec, isReleased) => {
    const run = new OrderRun().event(seen(spec));
    expect(run.asked('erp.order.create')).toHaveLength(isReleased ? 1 : 0);
    expect(run.asked('crm.order.upsert')).toHaveLength(1);
  });

  test('the states are the rule of the retailer', () => {
    const rules = testRules({ release: { paymentStates: ['partially-paid'], onPaymentTerms: false } });
    expect(
      new OrderRun(rules).event(seen({ payment: 'partially-paid' })).asked('erp.order.create'),
    ).toHaveLength(1);
    expect(
      new OrderRun(rules).event(seen({ payment: 'pending', terms: 'net-30' })).asked('erp.order.create'),
    ).toEqual([]);
  });

  test('without an ERP the order is released by its payment', () => {
    const run = new OrderRun(testRules({ erp: null })).event(seen({}));
    expect([run.crm, run.asked('erp.order.create').length]).toEqual(['released', 0]);
  });
});

describe('a hold keeps an order out of the ERP', () => {
  test('until it is lifted', () => {
    const run = new OrderRun().event(seen({ with: { holds: [{ kind: 'fraud', note: 'high risk' }] } }));
    expect([run.asked('erp.order.create').length, run.crm]).toEqual([0, 'on-hold']);
    expect(run.view.order.lines[0]?.quantities.held).toBe('1');
    run.event(seen({ at: t1 }));
    expect([run.asked('erp.order.create').length, run.crm]).toEqual([1, 'captured']);
  });

  test('and so does a fulfilment order on hold, also when it is heard of first', () => {
    const held = fulfillmentOrderObserved({ status: 'on-hold', holds: [{ reason: 'fraud', note: null }] });
    const run = new OrderRun().event(held, seen({}));
    expect([run.asked('erp.order.create').length, run.crm]).toEqual([0, 'on-hold']);
    run.event(fulfillmentOrderObserved({ status: 'open', at: '2026-11-24T10:02:00.000Z' }));
    expect(run.asked('erp.order.create')).toHaveLength(1);
  });

  test.each([
    ['any', 0],
    ['all', 1],
    ['none', 1],
  ])(
    'where %s fulfilment order on hold counts, one of two leads to %i ERP orders',
    (fulfillmentHolds, count) => {
      const run = new OrderRun(testRules({ release: { fulfillmentHolds } }));
      run.event(
        fulfillmentOrderObserved({ id: '1', status: 'on-hold' }),
        fulfillmentOrderObserved({ id: '2' }),
        seen({}),
      );
      expect(run.asked('erp.order.create')).toHaveLength(count);
    },
  );

  test('a fulfilment order that is cancelled or closed does not speak for the order', () => {
    const run = new OrderRun(testRules({ release: { fulfillmentHolds: 'all' } }));
    run.event(
      fulfillmentOrderObserved({ id: '1', status: 'on-hold' }),
      fulfillmentOrderObserved({ id: '2', status: 'cancelled' }),
    );
    expect(run.event(seen({})).asked('erp.order.create')).toEqual([]);
  });

  test('a hold that comes before the command was sent takes it back; lifted, the order is asked for again', () => {
    const run = new OrderRun().event(
      seen({}),
      seen({ at: t1, with: { holds: [{ kind: 'fraud', note: null }] } }),
    );
    expect(run.withdrawn).toEqual(['erp.order']);
    run.result('erp.order', { kind: 'withdrawn' });
    expect(run.crm).toBe('on-hold');
    run.event(seen({ at: t2 }));
    expect(run.asked('erp.order.create')).toHaveLength(2);
  });

  test('a hold that comes too late is an exception, closed when it is lifted', () => {
    const run = new OrderRun().event(seen({})).done('erp.order', erpOrderRef);
    run.event(seen({ at: t1, with: { holds: [{ kind: 'fraud', note: null }] } }));
    expect(run.causes).toEqual(['held-after-release']);
    run.event(seen({ at: t2 }));
    expect(run.causes).toEqual([]);
  });
});

describe('pain 7: an edit after release is never silent', () => {
  const more = (at: string) => seen({ at, lines: [{ quantity: '3' }] });

  test('an edit that comes in time replaces what the ERP gets', () => {
    const run = new OrderRun().event(seen({}), more(t1));
    expect([run.withdrawn, run.asked('erp.order.create').length]).toEqual([['erp.order'], 1]);
    run.result('erp.order', { kind: 'withdrawn' });
    expect(run.asked('erp.order.create').at(-1)?.payload.order.lines[0]?.ordered).toBe('3');
    run.done('erp.order', erpOrderRef);
    expect([run.causes, run.asked('erp.order.create').length]).toEqual([[], 2]);
  });

  test('an edit that comes too late is an exception with the difference in money', () => {
    const run = new OrderRun().event(seen({}), more(t1)).done('erp.order', erpOrderRef);
    expect(run.asked('erp.order.create')).toHaveLength(1);
    expect([...run.open.values()]).toMatchObject([
      { cause: 'edited-after-release', value: { amountMinor: 2000, currency: 'GBP' } },
    ]);
  });

  test.each<[string, OrderSpec]>([
    ['a line more', { lines: [{}, { sku: 'UPSELL' }] }],
    ['a line less', { lines: [{ current: '0' }] }],
    ['another price', { lines: [{ price: '9.00' }] }],
    ['another address', { address: { postalCode: 'SW1A 1AA' } }],
    ['another charge for carriage', { shipping: '4.95' }],
  ])('%s is an edit', (_, spec) => {
    const run = new OrderRun()
      .event(seen({}))
      .done('erp.order', erpOrderRef)
      .event(seen({ at: t1, ...spec }));
    expect(run.causes).toEqual(['edited-after-release']);
  });

  test.each<[string, OrderSpec]>([
    ['a note', { with: { note: 'ring twice' } }],
    ['a tag', { with: { tags: ['vip'] } }],
    ['a refund', { payment: 'partially-refunded' }],
  ])('%s is none', (_, spec) => {
    const run = new OrderRun()
      .event(seen({}))
      .done('erp.order', erpOrderRef)
      .event(seen({ at: t1, ...spec }));
    expect(run.causes).toEqual([]);
  });

  test('it is closed when the order is again as the ERP has it', () => {
    const run = new OrderRun().event(seen({})).done('erp.order', erpOrderRef).event(more(t1));
    run.event(seen({ at: t2 }));
    expect(run.causes).toEqual([]);
    expect(run.last?.exceptions).toMatchObject([{ open: false, cause: 'edited-after-release' }]);
  });

  test('it is closed when an operator has amended the ERP, and opened by the next edit', () => {
    const run = new OrderRun()
      .event(seen({}))
      .done('erp.order', erpOrderRef)
      .event(more(t1))
      .operator('erp-amended');
    expect(run.causes).toEqual([]);
    run.event(seen({ at: t2 }));
    expect([...run.open.values()]).toMatchObject([{ value: { amountMinor: -2000 } }]);
  });

  test.each<[string, OrderSpec]>([
    ['another spelling of the same price', { lines: [{ price: '10.0', quantity: '1' }] }],
    ['a line that was added and removed again', { lines: [{}, { sku: 'UPSELL', current: '0' }] }],
  ])('%s is none', (_, spec) => {
    const run = new OrderRun().event(seen({})).done('erp.order', erpOrderRef);
    run.event(seen({ at: t1, ...spec }));
    expect(run.causes).toEqual([]);
  });

  test('a return of what was shipped is none, whatever is still to come', () => {
    const lines = [{ quantity: '3' }];
    const run = new OrderRun()
      .event(seen({ lines }))
      .done('erp.order', erpOrderRef)
      .event(shipmentObserved());
    run.event(
      seen({ at: t1, lines: [{ quantity: '3', current: '2' }], with: { refunds: [refundOf('returned')] } }),
    );
    expect(run.causes).toEqual([]);
    expect(run.view.order.lines[0]?.quantities).toMatchObject({
      shipped: '1',
      returned: '1',
      released: '2',
      cancelled: '0',
    });
  });

  test('a refund that calls off what has not left is an edit', () => {
    const lines = [{ quantity: '3' }];
    const run = new OrderRun()
      .event(seen({ lines }))
      .done('erp.order', erpOrderRef)
      .event(shipmentObserved());
    run.event(
      seen({ at: t1, lines: [{ quantity: '3', current: '2' }], with: { refunds: [refundOf('cancelled')] } }),
    );
    expect(run.causes).toEqual(['edited-after-release']);
    expect(run.view.order.lines[0]?.quantities).toMatchObject({
      shipped: '1',
      returned: '0',
      released: '1',
      cancelled: '1',
    });
  });
});

describe('the ERP refuses an order', () => {
  test('it is an exception, the CRM shows it on hold, and stock stays reserved', () => {
    const run = new OrderRun().event(seen({})).result('erp.order', refusal);
    expect([run.causes, run.crm, run.reserved.length]).toEqual([['rejected-by-platform'], 'on-hold', 1]);
    expect([...run.open.values()][0]?.value).toEqual({ amountMinor: 1000, currency: 'GBP' });
  });

  test('stock is released where the retailer wants that', () => {
    const run = new OrderRun(testRules({ reservation: { whenErpRefuses: 'release' } }));
    run.event(seen({})).result('erp.order', refusal);
    expect(run.reserved).toEqual([]);
  });

  test('the same order is not tried again, a changed one is', () => {
    const run = new OrderRun().event(seen({})).result('erp.order', refusal);
    run.event(seen({ at: t1, with: { note: 'the same to an ERP' } }));
    expect(run.asked('erp.order.create')).toHaveLength(1);
    run.event(seen({ at: t2, address: { postalCode: 'SW1A 1AA' } }));
    expect([run.asked('erp.order.create').length, run.causes, run.crm]).toEqual([2, [], 'captured']);
  });

  test('an operator may have it tried again', () => {
    const run = new OrderRun().event(seen({})).result('erp.order', refusal).operator('retry');
    expect([run.asked('erp.order.create').length, run.causes]).toEqual([2, []]);
  });

  test('an order that is cancelled afterwards needs nobody any more', () => {
    const run = new OrderRun()
      .event(seen({}))
      .result('erp.order', refusal)
      .event(seen({ at: t1, cancelled: 'fraud' }));
    expect([run.causes, run.crm, run.reserved]).toEqual([[], 'cancelled', []]);
  });
});

describe('pain 8: one unmapped item does not lose the order', () => {
  test('the ERP order waits, the CRM shows it on hold, and it heals by itself', () => {
    const run = new OrderRun().event(seen({})).result('erp.order', unmapped);
    expect([run.causes, run.crm]).toEqual([['waiting-for-a-repair'], 'on-hold']);
    run.event(seen({ at: t1, with: { tags: ['vip'] } }));
    expect(run.asked('crm.order.upsert').at(-1)?.payload.order.tags).toEqual(['vip']);
    run.done('erp.order', erpOrderRef, { number: 'SO-42' });
    expect([run.causes, run.crm, run.asked('erp.order.create').length]).toEqual([[], 'released', 1]);
  });

  test('an order corrected at its source replaces the one that waits', () => {
    const run = new OrderRun()
      .event(seen({}))
      .result('erp.order', unmapped)
      .event(seen({ at: t1, lines: [{ sku: 'SKU-OK' }] }));
    run.result('erp.order', { kind: 'withdrawn' });
    expect(run.asked('erp.order.create').at(-1)?.payload.order.lines[0]?.sku).toBe('SKU-OK');
  });

  test('an operator who takes the command back is not overruled', () => {
    const run = new OrderRun()
      .event(seen({}))
      .result('erp.order', unmapped)
      .result('erp.order', { kind: 'withdrawn' });
    run.event(seen({ at: t1, with: { tags: ['vip'] } }));
    expect([run.asked('erp.order.create').length, run.causes]).toEqual([1, ['withdrawn-by-operator']]);
  });
});

describe('the ERP after it has the order', () => {
  test('a credit block shows as on hold and goes', () => {
    const run = new OrderRun().event(seen({})).done('erp.order', erpOrderRef);
    run.event(erpOrderObserved({ blocks: [{ kind: 'credit', detail: 'limit exceeded' }] }));
    expect(run.crm).toBe('on-hold');
    run.event(erpOrderObserved({ at: '2026-11-24T12:00:00.000Z' }));
    expect(run.crm).toBe('released');
  });

  test('an order cancelled in the ERP that the buyer still expects is an exception', () => {
    const run = new OrderRun()
      .event(seen({}))
      .done('erp.order', erpOrderRef)
      .event(erpOrderObserved({ status: 'cancelled' }));
    expect([run.causes, run.crm, run.reserved.length]).toEqual([['cancelled-in-erp'], 'on-hold', 1]);
    run.event(seen({ at: t1, cancelled: 'as agreed' }));
    expect([run.causes, run.crm, run.reserved, run.asked('erp.order.cancel')]).toEqual([
      [],
      'cancelled',
      [],
      [],
    ]);
  });

  test('an ERP order that shows before the result needs none', () => {
    const run = new OrderRun().event(seen({}), erpOrderObserved());
    expect(run.crm).toBe('released');
    run.result('erp.order', { kind: 'rejected', code: 'duplicate', detail: 'exists' });
    expect([run.disposition, run.causes]).toEqual(['superseded', []]);
  });

  test('a stale create is asked for again, and in the end left to a person', () => {
    const run = new OrderRun().event(seen({}));
    for (let times = 0; times < 9; times += 1) run.result('erp.order', { kind: 'stale', detail: 'changed' });
    expect([run.asked('erp.order.create').length, run.causes]).toEqual([5, ['rejected-by-platform']]);
  });
});
