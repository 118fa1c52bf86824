import { describe, expect, test } from 'vitest';
import {
  erpOrderObserved,
  erpOrderRef,
  fulfillmentOrderObserved,
  orderObserved,
  shipmentObserved,
} from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { OrderRun, testRules } from './testing/order-run.ts';

const update = {
  can: { shop: ['storefront.fulfillment.update'] },
  fulfillment: { tellDeliveries: true },
};
const at = (minute: number) => `2026-11-25T08:${String(minute).padStart(2, '0')}:00.000Z`;
const fulfilment = { connection: 'shop', type: 'Fulfillment', id: 'f1' };
const slot = 'fulfillment/shipment:erp:900';
/** An order whose only shipment left, and whose storefront was told. */
const told = (overrides: Record<string, unknown> = update) =>
  new OrderRun(testRules(overrides))
    .event(orderObserved(buildOrder()))
    .done('erp.order', erpOrderRef)
    .event(shipmentObserved({ at: at(1) }))
    .done(slot, fulfilment);
const states = (run: OrderRun) =>
  run.asked('storefront.fulfillment.update').map(({ payload }) => payload.shipment.status);

describe('how a shipment went on is carried to the storefront', () => {
  test('once a state, against the record that it made', () => {
    const run = told().event(shipmentObserved({ at: at(2), status: 'delivered' }));
    expect(run.asked('storefront.fulfillment.update')[0]?.payload.fulfillment).toEqual(fulfilment);
    run
      .done('delivery/shipment:erp:900')
      .event(shipmentObserved({ at: at(3), status: 'delivered', number: 'SH-9' }));
    expect([states(run), run.causes]).toEqual([['delivered'], []]);
    run.event(shipmentObserved({ at: at(4), status: 'undeliverable' }));
    expect([states(run), run.causes]).toEqual([['delivered', 'undeliverable'], ['undeliverable']]);
  });

  test('not where the storefront shows it already, or its connector cannot', () => {
    const echo = shipmentObserved({ id: 'f1', connection: 'shop', status: 'delivered', at: at(2) });
    expect(states(told().event(echo, shipmentObserved({ at: at(3), status: 'delivered' })))).toEqual([]);
    expect(states(told({}).event(shipmentObserved({ at: at(3), status: 'delivered' })))).toEqual([]);
  });

  test('a refusal is an exception until the next state', () => {
    const run = told().event(shipmentObserved({ at: at(2), status: 'delivered' }));
    run.result('delivery/shipment:erp:900', { kind: 'rejected', code: 'x', detail: 'no' });
    expect(run.causes).toEqual(['rejected-by-platform']);
    run.event(shipmentObserved({ at: at(3), status: 'undeliverable' })).done('delivery/shipment:erp:900');
    expect(run.causes).toEqual(['undeliverable']);
  });
});

describe('what only the storefront hears of a shipment counts for the order and its CRM', () => {
  test.each(['delivered', 'collected'] as const)('%s', (status) => {
    const run = told().event(shipmentObserved({ id: 'f1', connection: 'shop', status, at: at(2) }));
    expect(run.view.order.lines[0]?.quantities[status]).toBe('1');
    expect(run.asked('crm.order.upsert').at(-1)?.payload.shipments).toMatchObject([{ status }]);
    expect(states(run)).toEqual([]);
  });

  test('the ERP may correct it later', () => {
    const run = told().event(
      shipmentObserved({ id: 'f1', connection: 'shop', status: 'delivered', at: at(2) }),
    );
    run.event(shipmentObserved({ status: 'undeliverable', at: at(3) }));
    expect(run.asked('crm.order.upsert').at(-1)?.payload.shipments).toMatchObject([
      { status: 'undeliverable' },
    ]);
  });
});

describe('goods that wait for a day', () => {
  test('are pre-ordered while their fulfilment order is scheduled', () => {
    const run = new OrderRun().event(
      orderObserved(buildOrder()),
      fulfillmentOrderObserved({ status: 'scheduled' }),
    );
    expect(run.view.order.lines[0]?.quantities).toMatchObject({ preOrdered: '1', open: '0' });
    run.event(fulfillmentOrderObserved({ status: 'open', at: '2026-11-24T10:02:00.000Z' }));
    expect(run.view.order.lines[0]?.quantities.preOrdered).toBe('0');
  });

  test('are shown in the CRM with the day that the ERP promises', () => {
    const run = new OrderRun().event(orderObserved(buildOrder())).done('erp.order', erpOrderRef);
    const promises = [{ lineId: null, sku: 'SKU-1', at: '2026-12-01T00:00:00.000Z' }];
    run.event(erpOrderObserved({ promises }));
    expect(run.asked('crm.order.upsert').at(-1)?.payload.order.lines[0]?.promisedAt).toBe(
      '2026-12-01T00:00:00.000Z',
    );
    expect(run.causes).toEqual([]);
  });

  test('and a promise that moves beyond what the buyer was told needs a person, until the goods leave', () => {
    const order = buildOrder();
    const [line] = order.lines;
    if (line === undefined) throw new Error('an order without lines');
    const run = new OrderRun()
      .event(orderObserved({ ...order, lines: [{ ...line, promisedAt: '2026-11-28T00:00:00.000Z' }] }))
      .done('erp.order', erpOrderRef)
      .event(
        erpOrderObserved({ promises: [{ lineId: 'line-1', sku: null, at: '2026-12-01T00:00:00.000Z' }] }),
      );
    expect(run.causes).toEqual(['promised-later']);
    expect(run.event(shipmentObserved()).causes).toEqual([]);
  });
});

test('where the source names no place, the first that serves the method is where goods are reserved', () => {
  const places = [
    { id: 'dc', methods: ['ship'] },
    { id: 'shop', methods: ['pickup'] },
  ];
  const run = new OrderRun(testRules({ reservation: { routing: 'by-stock', places } })).event(
    orderObserved(buildOrder()),
  );
  expect(run.reserved).toEqual([{ sku: 'SKU-1', location: 'dc', quantity: '1' }]);
});
