import { describe, expect, test } from 'vitest';
import { erpOrderObserved, erpOrderRef, orderObserved } from '#tests/builders/event-builder.ts';
import { buildOrder, type OrderSpec } from '#tests/builders/order-builder.ts';
import type { KeyedDocument } from '../process.ts';
import { OrderRun, testRules } from './testing/order-run.ts';

const seen = (spec: OrderSpec = {}) => orderObserved(buildOrder({ at: '2026-11-24T10:00:00.000Z', ...spec }));
const keyed: KeyedDocument = {
  ref: { connection: 'erp', type: 'SalesOrder', id: '77' },
  number: 'SO-77',
  totalMinor: null,
  fits: true,
};
const ours = { connection: 'erp', type: 'SalesOrder', id: '78' };
const link = 'link-document';
const refusal = { kind: 'rejected', code: 'inactive-item', detail: 'item is inactive' } as const;
const unmapped = { kind: 'parked', cause: 'unmappable', detail: 'no item for SKU-1' } as const;

describe('a document that a clerk keyed into the ERP is the order’s', () => {
  test('where the ERP had refused the order: none is made beside it, and all is well', () => {
    const run = new OrderRun().event(seen()).result('erp.order', refusal).operator(link, keyed);
    expect(run.state?.erp).toMatchObject({ phase: 'created', ref: keyed.ref, number: 'SO-77' });
    expect(run.links).toContain('erp/77');
    expect(run.asked('erp.order.create')).toHaveLength(1);
    expect(run.causes).toEqual([]);
    expect(run.crm).toBe('released');
  });

  test('where it was keyed before anything was asked, since the payment did not let it go', () => {
    const run = new OrderRun().event(seen({ payment: 'pending' })).operator(link, keyed);
    expect(run.asked('erp.order.create')).toEqual([]);
    run.event(seen({ payment: 'paid', at: '2026-11-24T10:05:00.000Z' }));
    expect(run.asked('erp.order.create')).toEqual([]);
  });

  test('where the ERP had said yes and kept nothing', () => {
    const run = new OrderRun().event(seen()).done('erp.order', ours).deadline('erp-census');
    expect(run.causes).toEqual(['missing-in-erp']);
    run.operator(link, keyed);
    expect(run.causes).toEqual([]);
    run.event(erpOrderObserved({ ref: keyed.ref, number: 'SO-77' }));
    expect(run.state?.erp.number).toBe('SO-77');
  });
});

describe('while a command of ours is under way', () => {
  test('it is taken back, and only when it came to nothing the document is the order’s', () => {
    const run = new OrderRun().event(seen()).operator(link, keyed);
    expect(run.withdrawn).toEqual(['erp.order']);
    expect(run.state?.erp).toMatchObject({ phase: 'asked', ref: null });
    run.result('erp.order', { kind: 'withdrawn' });
    expect(run.state?.erp).toMatchObject({ phase: 'created', ref: keyed.ref, keyed: null });
    expect(run.asked('erp.order.create')).toHaveLength(1);
  });

  test.each([refusal, { kind: 'stale', detail: 'changed' } as const])(
    'one that ends without effect gives way to it: $kind',
    (result) => {
      const run = new OrderRun().event(seen()).operator(link, keyed).result('erp.order', result);
      expect(run.state?.erp).toMatchObject({ phase: 'created', ref: keyed.ref });
      expect(run.causes).toEqual([]);
    },
  );

  test('one that stands still is waited for: it may still be done', () => {
    const run = new OrderRun().event(seen()).operator(link, keyed).result('erp.order', unmapped);
    expect(run.state?.erp.phase).toBe('asked');
    run.result('erp.order', { kind: 'withdrawn' });
    expect(run.state?.erp).toMatchObject({ phase: 'created', ref: keyed.ref });
  });

  test('one that was done all the same is told to a person, with both numbers, and stays the order’s', () => {
    const run = new OrderRun()
      .event(seen())
      .operator(link, keyed)
      .done('erp.order', ours, { number: 'SO-78' });
    expect(run.state?.erp.ref).toEqual(ours);
    expect(run.causes).toEqual(['entered-twice']);
    expect(run.open.get('entered-twice')?.detail).toBe('SO-77 was keyed by hand, SO-78 was made by us');
  });

  test('one that turns out to have made that very document is no second one', () => {
    const run = new OrderRun().event(seen()).operator(link, keyed).done('erp.order', keyed.ref);
    expect(run.causes).toEqual([]);
  });
});

test('what differs in the document stays open as an edit that the ERP lacks', () => {
  const run = new OrderRun(testRules({ edits: { amend: false } }))
    .event(seen())
    .result('erp.order', refusal)
    .operator(link, { ...keyed, fits: false, totalMinor: 1_000 });
  expect(run.state?.erp.phase).toBe('created');
  expect(run.causes).toHaveLength(1);
  run.operator('erp-amended');
  expect(run.causes).toEqual([]);
});

test('an order that the ERP shows already, or that another ERP takes, is given no other document', () => {
  const run = new OrderRun().event(seen()).done('erp.order', erpOrderRef).event(erpOrderObserved());
  expect(run.operator(link, keyed).last?.disposition).toMatchObject({
    kind: 'rejected',
    code: 'nothing-to-do',
  });
  const other = { ...keyed, ref: { ...keyed.ref, connection: 'erp-2' } };
  expect(new OrderRun().event(seen()).operator(link, other).last?.disposition).toMatchObject({
    kind: 'rejected',
    code: 'not-the-erp',
  });
  expect(new OrderRun().operator(link, keyed).last?.disposition).toMatchObject({ kind: 'rejected' });
});
