import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const sequence = (seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: 100 }, () => random.next());
};

test('the same seed gives the same sequence, within [0, 1)', () => {
  expect(sequence(1)).toEqual(sequence(1));
  expect(sequence(1)).not.toEqual(sequence(2));
  expect(sequence(1).every((value) => value >= 0 && value < 1)).toBe(true);
});

test('whole numbers reach both ends and go no further', () => {
  const random = seededRandom(5);
  expect(new Set(Array.from({ length: 500 }, () => random.between(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]));
});

test('every item can be picked; nothing cannot', () => {
  const random = seededRandom(5);
  expect(new Set(Array.from({ length: 200 }, () => random.pick(['a', 'b', 'c'])))).toEqual(
    new Set(['a', 'b', 'c']),
  );
  expect(() => random.pick([])).toThrow(RangeError);
});
