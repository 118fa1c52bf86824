import { expect, test } from 'vitest';
import { orderObserved } from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { contentHash } from './content-hash.ts';
import { orderActions } from './operator.ts';
import { emptyOrderState, upgradeOrderState } from './state.ts';
import { OrderRun } from './testing/order-run.ts';

test('the state holds the order once', () => {
  const order = buildOrder({ lines: Array.from({ length: 20 }, () => ({})) });
  const run = new OrderRun().event(orderObserved(order));
  const [state, alone] = [JSON.stringify(run.state), JSON.stringify(order)];
  expect(state.split('"title":"Item 1"')).toHaveLength(2);
  // The demand is held besides, a short line for each SKU, and what the ERP was given, a shorter one for each line.
  expect(state.length).toBeLessThan(alone.length + 20 * (60 + 35) + 1100);
});

test('a state of this version is taken over as it is, one of an unknown version is refused', () => {
  expect(upgradeOrderState(emptyOrderState, 1)).toBe(emptyOrderState);
  expect(() => upgradeOrderState({}, 0)).toThrow(RangeError);
  expect(() => upgradeOrderState({}, 2)).toThrow(RangeError);
});

test('an action that nobody knows, or that makes no sense yet, is rejected', () => {
  const run = new OrderRun().operator('explode');
  expect(run.disposition).toBe('rejected unknown-action');
  const outcomes = Object.keys(orderActions).map((action) => new OrderRun().operator(action).disposition);
  expect(outcomes).toEqual([
    'rejected nothing-to-do',
    'applied',
    'rejected nothing-to-do',
    'rejected nothing-to-do',
    'rejected nothing-to-do',
    'rejected nothing-to-do',
  ]);
});

test('a content hash does not depend on the order of members, and does on everything else', () => {
  expect(contentHash({ a: 1, b: [1, 2] })).toBe(contentHash({ b: [1, 2], a: 1 }));
  const hashes = [{ a: 1 }, { a: '1' }, { a: [1] }, { a: null }, { b: 1 }, { a: [1, 2] }, { a: [2, 1] }].map(
    contentHash,
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('a hundred thousand unlike contents have unlike hashes', () => {
  const hashes = new Set(
    Array.from({ length: 100_000 }, (_, index) => contentHash({ quantity: String(index) })),
  );
  expect(hashes.size).toBe(100_000);
});
