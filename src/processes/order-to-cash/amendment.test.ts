import { describe, expect, test } from 'vitest';
import { money } from '#canonical/money.ts';
import {
  erpOrderObserved,
  erpOrderRef,
  orderObserved,
  shipmentObserved,
} from '#tests/builders/event-builder.ts';
import { buildOrder, type OrderSpec } from '#tests/builders/order-builder.ts';
import { OrderRun, testRules } from './testing/order-run.ts';

const at = (second: number) => `2026-11-24T10:00:${String(second).padStart(2, '0')}.000Z`;
const seen = (second: number, spec: OrderSpec = {}) => orderObserved(buildOrder({ at: at(second), ...spec }));
const two: OrderSpec = { lines: [{ quantity: '2' }, {}] };
const rules = (overrides: Record<string, unknown> = {}) =>
  testRules({ can: { erp: ['erp.order.amend'] }, ...overrides });
/** An order that the ERP has. */
const inErp = (spec: OrderSpec = two, overrides: Record<string, unknown> = {}) =>
  new OrderRun(rules(overrides)).event(seen(0, spec)).done('erp.order', erpOrderRef);
const tooLate = { kind: 'rejected', code: 'too-late', detail: 'shipment 7 is packed' } as const;
const changes = (run: OrderRun) =>
  run
    .asked('erp.order.amend')
    .at(-1)
    ?.payload.changes.map(({ kind, lineId, from, to }) => [kind, lineId, from, to]);

describe('pain 7: an edit after release is carried into the order that the ERP has', () => {
  test.each<[string, OrderSpec, unknown[]]>([
    [
      'more of a line',
      { lines: [{ quantity: '2', current: '3' }, {}] },
      [['quantity-raised', 'line-1', '2', '3']],
    ],
    [
      'less of it',
      { lines: [{ quantity: '2', current: '1' }, {}] },
      [['quantity-lowered', 'line-1', '2', '1']],
    ],
    [
      'a line taken away',
      { lines: [{ quantity: '2' }, { current: '0' }] },
      [['line-removed', 'line-2', '1', null]],
    ],
    [
      'a line more',
      { lines: [{ quantity: '2' }, {}, { sku: 'UPSELL' }] },
      [['line-added', 'line-3', null, '1']],
    ],
    [
      'another price',
      { lines: [{ quantity: '2', price: '9.00' }, {}] },
      [['price-changed', 'line-1', null, null]],
    ],
    [
      'another address',
      { ...two, address: { postalCode: 'SW1A 1AA' } },
      [['address-changed', null, null, null]],
    ],
    ['another charge', { ...two, shipping: '4.95' }, [['charges-changed', null, null, null]]],
    ['other terms', { ...two, with: { poNumber: 'PO-9' } }, [['terms-changed', null, null, null]]],
  ])('%s', (_, spec, expected) => {
    const run = inErp().event(seen(1, spec));
    expect(changes(run)).toEqual(expected);
    expect(run.causes).toEqual([]);
    run.done('erp.amend');
    expect([run.causes, run.asked('erp.order.amend').length]).toEqual([[], 1]);
    // What is in the ERP now is what the next edit is compared with.
    run.event(seen(2, two));
    expect(run.asked('erp.order.amend')).toHaveLength(2);
  });

  test('the command carries what is wanted of each line now, and what the order should come to', () => {
    const run = inErp().event(seen(1, { lines: [{ quantity: '2', current: '1' }, { current: '0' }] }));
    const { payload } = run.asked('erp.order.amend')[0] ?? {};
    expect(payload?.order.lines.map(({ current }) => current)).toEqual(['1', '0']);
    expect([payload?.erp, payload?.total]).toEqual([erpOrderRef, money('presentment', 'GBP', 1000)]);
  });

  test('a change while one is under way takes it back, and the newest form follows its result', () => {
    const run = inErp().event(seen(1, { lines: [{ quantity: '2', current: '3' }, {}] }));
    run.event(seen(2, { lines: [{ quantity: '2', current: '4' }, {}] }));
    expect([run.withdrawn, run.asked('erp.order.amend').length]).toEqual([['erp.amend'], 1]);
    // It was sent already: the ERP has the first change.
    run.done('erp.amend');
    expect(changes(run)).toEqual([['quantity-raised', 'line-1', '3', '4']]);
  });

  test('a change that is undone in time leads to nothing', () => {
    const run = inErp().event(seen(1, { lines: [{ quantity: '2', current: '3' }, {}] }), seen(2, two));
    expect(run.withdrawn).toEqual(['erp.amend']);
    run.result('erp.amend', { kind: 'withdrawn' });
    expect([run.causes, run.asked('erp.order.amend').length]).toEqual([[], 1]);
  });

  test('an edit that came while the ERP was making its order follows when it is made', () => {
    const run = new OrderRun(rules()).event(
      seen(0, two),
      seen(1, { lines: [{ quantity: '2', current: '3' }, {}] }),
    );
    expect(run.asked('erp.order.amend')).toEqual([]);
    run.done('erp.order', erpOrderRef);
    expect(changes(run)).toEqual([['quantity-raised', 'line-1', '2', '3']]);
  });

  test('goods for money that is not there wait for it, by name', () => {
    const more: OrderSpec = { lines: [{ quantity: '2', current: '3' }, {}], payment: 'partially-paid' };
    const run = inErp().event(seen(1, more));
    expect([run.asked('erp.order.amend'), run.causes]).toEqual([[], ['edited-after-release']]);
    expect(run.open.get('edited')?.detail).toContain('waits for the payment');
    run.event(seen(2, { ...more, payment: 'paid' }));
    expect([run.asked('erp.order.amend').length, run.causes]).toEqual([1, []]);
  });

  test('what is asked for less is not held up by a payment or a hold', () => {
    const less = { lines: [{ quantity: '2', current: '1' }, {}], payment: 'partially-refunded' } as const;
    const holds = { holds: [{ kind: 'fraud' as const, note: null }] };
    expect(
      inErp()
        .event(seen(1, { ...less, with: holds }))
        .asked('erp.order.amend'),
    ).toHaveLength(1);
  });

  test('a retailer whose clerks amend the ERP themselves is told instead', () => {
    const run = inErp(two, { edits: { amend: false } }).event(
      seen(1, { lines: [{ quantity: '2', current: '3' }, {}] }),
    );
    expect([run.asked('erp.order.amend'), run.causes]).toEqual([[], ['edited-after-release']]);
    expect(run.open.get('edited')?.detail).toContain('line line-1 (SKU-1): 2 -> 3');
  });
});

describe('an edit that the ERP does not take is an exception with a remedy', () => {
  const less = seen(1, { lines: [{ quantity: '2', current: '1' }, {}] });

  test('it says what and why, with the difference in money', () => {
    const run = inErp().event(less).result('erp.amend', tooLate);
    expect(run.open.get('edited')).toMatchObject({
      cause: 'order-edit-not-applied',
      detail: expect.stringMatching(
        /line line-1 \(SKU-1\): 2 -> 1.*too-late: shipment 7 is packed/,
      ) as string,
      value: { amountMinor: -1000, currency: 'GBP' },
    });
    expect(run.asked('erp.order.amend')).toHaveLength(1);
  });

  test('it is tried again once goods have moved on, and not before', () => {
    const run = inErp()
      .event(less)
      .result('erp.amend', tooLate)
      .event(seen(2, { lines: [{ quantity: '2', current: '1' }, {}], with: { note: 'x' } }));
    expect(run.asked('erp.order.amend')).toHaveLength(1);
    run.event(shipmentObserved({ status: 'cancelled' }));
    expect(run.asked('erp.order.amend')).toHaveLength(2);
    expect(run.done('erp.amend').causes).toEqual([]);
  });

  test('what the ERP can never do is not asked twice', () => {
    const run = inErp()
      .event(less)
      .result('erp.amend', { ...tooLate, code: 'cannot-amend' });
    run.event(shipmentObserved());
    expect([run.asked('erp.order.amend').length, run.causes]).toEqual([1, ['order-edit-not-applied']]);
  });

  test.each(['erp-amended', 'undone at the storefront'])('it is closed when it is %s', (way) => {
    const run = inErp().event(less).result('erp.amend', tooLate);
    if (way === 'erp-amended') run.operator(way);
    else run.event(seen(3, two));
    expect(run.causes).toEqual([]);
  });

  test('one that stands still says so, and one that an operator put away waits for "retry"', () => {
    const run = inErp()
      .event(less)
      .result('erp.amend', { kind: 'parked', cause: 'unmappable', detail: 'no item' });
    expect(run.causes).toEqual(['waiting-for-a-repair']);
    run.result('erp.amend', { kind: 'withdrawn' });
    expect(run.causes).toEqual(['edited-after-release', 'withdrawn-by-operator']);
    expect(run.operator('retry').asked('erp.order.amend')).toHaveLength(2);
  });

  test('an ERP order that changes all the time is left to a person in the end', () => {
    const run = inErp().event(less);
    for (let time = 0; time < 5; time += 1) run.result('erp.amend', { kind: 'stale', detail: 'changed' });
    expect([run.asked('erp.order.amend').length, run.causes]).toEqual([5, ['order-edit-not-applied']]);
  });

  test('another address when all has left is a matter for the carrier', () => {
    const run = inErp({}).event(shipmentObserved(), seen(1, { address: { postalCode: 'SW1A 1AA' } }));
    expect([run.asked('erp.order.amend'), run.causes]).toEqual([[], ['address-changed-too-late']]);
  });
});

describe('after a part shipment', () => {
  const partShipped = () => inErp().event(shipmentObserved({ lines: [{ quantity: '1' }] }));

  test('what is left can still be changed', () => {
    const run = partShipped().event(seen(1, { lines: [{ quantity: '2' }, { current: '0' }] }));
    expect(changes(run)).toEqual([['line-removed', 'line-2', '1', null]]);
    expect(run.done('erp.amend').causes).toEqual([]);
  });

  test('goods that left stay in the form of the ERP, whatever the storefront takes away', () => {
    const run = partShipped().event(seen(1, { lines: [{ quantity: '2', current: '0' }, {}] }));
    const lines = run.asked('erp.order.amend').at(-1)?.payload.order.lines;
    expect(lines?.map(({ current }) => current)).toEqual(['1', '1']);
  });

  test('a cancellation that is too late for the whole calls off the rest', () => {
    const run = partShipped()
      .event(seen(1, { ...two, cancelled: 'customer' }))
      .result('erp.cancel', tooLate);
    expect(
      run
        .asked('erp.order.amend')
        .at(-1)
        ?.payload.order.lines.map(({ current }) => current),
    ).toEqual(['1', '0']);
    run.done('erp.amend');
    expect(run.causes).toEqual(['too-late-to-cancel']);
    expect([run.view.order.lines[1]?.quantities.cancelled, run.reserved]).toEqual(['1', []]);
  });
});

describe('an ERP order that comes to another total than what it was given', () => {
  const total = (amountMinor: number, second = 5) =>
    erpOrderObserved({
      at: at(second),
      status: 'processing',
      total: money('presentment', 'GBP', amountMinor),
    });

  test('is named: an older form was sent again by hand', () => {
    const run = inErp().event(total(2000));
    expect(run.open.get('erp-order')).toMatchObject({
      cause: 'erp-order-differs',
      value: { amountMinor: -1000 },
    });
    expect(run.event(total(3000, 6)).causes).toEqual([]);
  });

  test('gets the form of the storefront again on demand', () => {
    const run = inErp().event(total(2000)).operator('amend');
    expect([run.asked('erp.order.amend').length, run.causes]).toEqual([1, []]);
    // What the ERP showed before it was amended says nothing of it.
    expect(run.done('erp.amend').causes).toEqual([]);
    expect(run.event(total(2001, 6)).causes).toEqual(['erp-order-differs']);
  });

  test('or stays as it is, once somebody said so; a draft and roundings say nothing', () => {
    expect(inErp().event(total(2000)).operator('erp-amended').causes).toEqual([]);
    expect(inErp().event(total(3004)).causes).toEqual([]);
    const draft = erpOrderObserved({ at: at(5), status: 'draft', total: money('presentment', 'GBP', 1) });
    expect(inErp().event(draft).causes).toEqual([]);
  });
});

describe('goods that are planned in the ERP, and that nobody has touched', () => {
  const planned = shipmentObserved({
    status: 'planned',
    lines: [{ quantity: '2' }, { lineId: 'line-2', sku: 'SKU-2' }],
  });

  test('do not hide an edit that takes them away', () => {
    const run = inErp().event(
      planned,
      seen(1, { lines: [{ quantity: '2', current: '1' }, { current: '0' }] }),
    );
    expect(changes(run)).toEqual([
      ['quantity-lowered', 'line-1', '2', '1'],
      ['line-removed', 'line-2', '1', null],
    ]);
    expect(run.view.order.lines[0]?.quantities).toMatchObject({ allocated: '1', cancelled: '1' });
    expect(run.causes).toEqual([]);
  });

  test('are planned anew once the ERP is amended: the old plan is forgotten', () => {
    const run = inErp()
      .event(planned, seen(1, { lines: [{ quantity: '2', current: '1' }, {}] }))
      .done('erp.amend');
    expect(run.asked('crm.order.upsert').at(-1)?.payload.shipments).toEqual([]);
    expect(run.asked('erp.order.amend')).toHaveLength(1);
  });
});
