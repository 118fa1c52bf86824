import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal } from '#canonical/decimal.ts';
import { type RoutingDemand, type RoutingLocation, routingPolicies } from './routing.ts';

const { 'by-stock': byStock, promised } = routingPolicies;
const goods = (
  lineId: string,
  sku: string,
  quantity: number,
  more: Partial<RoutingDemand> = {},
): RoutingDemand => ({
  lineId,
  sku,
  quantity: decimal(quantity),
  method: 'ship',
  location: null,
  ...more,
});
const place = (
  id: string,
  stock?: Record<string, number>,
  methods: RoutingLocation['methods'] = ['ship'],
) => ({
  id,
  methods,
  ...(stock !== undefined && {
    stock: Object.fromEntries(Object.entries(stock).map(([sku, quantity]) => [sku, decimal(quantity)])),
  }),
});
const shown = (demand: readonly RoutingDemand[], ...places: readonly RoutingLocation[]) =>
  byStock(demand, places, 'default').map(
    ({ lineId, location, quantity, isBackordered }) =>
      `${lineId} ${quantity} ${location}${isBackordered ? ' backordered' : ''}`,
  );

describe('goods are assigned to the places that have them', () => {
  const order = [goods('1', 'A', 2), goods('2', 'B', 1)];

  test('one place that has the whole order is preferred to a nearer one that has a part', () => {
    expect(shown(order, place('shop', { A: 2 }), place('dc', { A: 9, B: 9 }))).toEqual(['1 2 dc', '2 1 dc']);
  });
  test('where none has the whole, whole lines are split off, then parts of lines', () => {
    expect(shown(order, place('shop', { A: 2 }), place('dc', { B: 1 }))).toEqual(['1 2 shop', '2 1 dc']);
    expect(shown([goods('1', 'A', 3)], place('shop', { A: 2 }), place('dc', { A: 1 }))).toEqual([
      '1 2 shop',
      '1 1 dc',
    ]);
  });
  test('what nobody has is backordered at the first place that serves the method', () => {
    expect(shown([goods('1', 'A', 3)], place('shop', { A: 1 }), place('dc', {}))).toEqual([
      '1 1 shop',
      '1 2 shop backordered',
    ]);
    expect(shown([goods('1', 'A', 1, { method: 'local-delivery' })], place('dc', { A: 5 }))).toEqual([
      '1 1 default backordered',
    ]);
  });
  test('only a place that serves the method is asked', () => {
    const collected = [goods('1', 'A', 1, { method: 'pickup' })];
    expect(shown(collected, place('dc', { A: 5 }), place('shop', { A: 5 }, ['ship', 'pickup']))).toEqual([
      '1 1 shop',
    ]);
  });
  test('a promise of the source holds, and what is digital needs no place', () => {
    expect(shown([goods('1', 'A', 1, { location: 'shop' })], place('dc', { A: 5 }))).toEqual(['1 1 shop']);
    expect(shown([goods('1', 'A', 1, { method: 'digital' })], place('dc', { A: 5 }))).toEqual([
      '1 1 default',
    ]);
  });
  test('two lines of one item draw on the same shelf', () => {
    const twice = [goods('1', 'A', 1), goods('2', 'A', 1)];
    expect(shown(twice, place('shop', { A: 1 }), place('dc', { A: 1 }))).toEqual(['1 1 shop', '2 1 dc']);
  });
  test('as promised, nothing is split', () => {
    expect(
      promised([goods('1', 'A', 3, { location: 'shop' }), goods('2', 'B', 1)], [], 'default'),
    ).toMatchObject([
      { location: 'shop', quantity: '3' },
      { location: 'default', quantity: '1' },
    ]);
  });
});

const places = fc.array(
  fc.record({
    id: fc.constantFrom('north', 'south', 'east'),
    methods: fc.constant(['ship'] as const),
    stock: fc.dictionary(fc.constantFrom('A', 'B'), fc.nat(4).map(decimal)),
  }),
  { maxLength: 3 },
);
const demands = fc.array(
  fc.record({
    sku: fc.constantFrom('A', 'B'),
    quantity: fc.nat(5),
    location: fc.constantFrom(null, null, 'north'),
  }),
  { maxLength: 4 },
);

test('all of the demand is assigned, nothing twice, and no shelf gives more than it has', () => {
  fc.assert(
    fc.property(demands, places, (wanted, all) => {
      const locations = all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
      const demand = wanted.map(({ sku, quantity, location }, index) =>
        goods(String(index), sku, quantity, { location }),
      );
      const assignments = byStock(demand, locations, 'default');
      for (const { lineId, quantity } of demand) {
        const sum = assignments
          .filter((one) => one.lineId === lineId)
          .reduce((total, one) => total + Number(one.quantity), 0);
        expect(sum).toBe(Number(quantity));
      }
      for (const { id, stock } of locations)
        for (const sku of ['A', 'B']) {
          const taken = assignments.filter(
            (one) => one.location === id && one.sku === sku && !one.isBackordered,
          );
          const promisedHere = demand.filter((one) => one.location === id && one.sku === sku);
          const sum = taken.reduce((total, one) => total + Number(one.quantity), 0);
          const bound = promisedHere.reduce((total, one) => total + Number(one.quantity), 0);
          expect(sum).toBeLessThanOrEqual(Math.max(Number(stock[sku] ?? 0), bound));
        }
    }),
  );
});
