import { expect, test } from 'vitest';
import { northwindApparel } from './northwind-apparel.ts';
import { harbourSupply } from './harbour-supply.ts';
import { planOrder } from './order-generator.ts';
import { tempered } from './temper.ts';

const profiles = [
  tempered(northwindApparel, 'torture', { canGrow: true }),
  tempered(harbourSupply, 'torture', { canGrow: false }),
];
const orders = Array.from({ length: 1_500 }, (_, index) => planOrder(3, index, profiles));

test('one article in a hundred takes half of the demand', () => {
  const counts = new Map<string, number>();
  const ofNorthwind = orders.filter(({ retailer }) => retailer === northwindApparel.retailer);
  for (const { sku, quantity = 1, bundle } of ofNorthwind.flatMap(({ input }) => input.lines))
    if (sku && bundle === undefined) counts.set(sku, (counts.get(sku) ?? 0) + quantity);
  const sorted = [...counts.values()].sort((a, b) => b - a);
  const all = sorted.reduce((sum, count) => sum + count, 0);
  const hot = (sorted[0] ?? 0) + (sorted[1] ?? 0);
  expect(profiles[0]?.articles).toHaveLength(200);
  // Two of the same article in one basket are one line.
  expect(hot / all).toBeGreaterThan(0.4);
  expect(hot / all).toBeLessThan(0.65);
});

test('buyers pay in currencies with no, two and three decimals', () => {
  const currencies = new Set(orders.map(({ input }) => input.presentmentCurrency ?? input.currency ?? ''));
  expect([...currencies].sort()).toEqual(['EUR', 'GBP', 'JPY', 'KWD', 'USD']);
});

test('orders change after their payment, and are cancelled while the warehouse picks', () => {
  const late = orders.filter(
    ({ input, life }) =>
      input.payment !== 'pending' && life.some(({ kind }) => kind === 'add' || kind === 'remove'),
  );
  const racing = orders.filter(({ life }) =>
    life.some(({ kind, afterMs }) => kind === 'cancel' && afterMs > 2_500),
  );
  for (const some of [late, racing]) {
    expect(some.length / orders.length).toBeGreaterThan(0.01);
    expect(some.length / orders.length).toBeLessThan(0.15);
  }
});

test('a calm profile is the shop as it is', () => {
  expect(tempered(northwindApparel, 'calm', { canGrow: true })).toBe(northwindApparel);
});
