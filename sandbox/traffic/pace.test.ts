import { expect, test } from 'vitest';
import { pace } from './pace.ts';

test('without a rush, orders come evenly', () => expect(pace(5, 10, null)).toEqual([0, 100, 200, 300, 400]));

test('in a rush they come so many times as fast, and at the old pace after it', () => {
  const at = pace(100, 10, { from: 0.5, to: 0.6, times: 10 });
  const gaps = at.slice(1).map((ms, index) => Math.round(ms - (at[index] ?? 0)));
  expect(gaps.filter((gap) => gap === 10)).toHaveLength(10);
  expect(gaps.filter((gap) => gap === 100)).toHaveLength(89);
});
