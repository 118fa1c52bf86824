import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate } from './allocate.ts';
import { decimal } from './decimal.ts';
import { money, sumMoney } from './money.ts';

const weights = fc
  .array(fc.nat({ max: 100_000 }), { minLength: 1, maxLength: 20 })
  .filter((list) => list.some((weight) => weight > 0));
const minorOf = (parts: readonly { readonly amountMinor: number }[]) =>
  parts.map(({ amountMinor }) => amountMinor);
const split = (amountMinor: number, by: readonly string[]) =>
  minorOf(
    allocate(
      money('shop', 'EUR', amountMinor),
      by.map((weight) => decimal(weight)),
    ),
  );

describe('an amount that is split', () => {
  test('loses no cent and finds none', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), weights, (amountMinor, list) => {
        const total = money('presentment', 'EUR', amountMinor);
        const parts = allocate(
          total,
          list.map((weight) => decimal(weight)),
        );
        expect(sumOf(parts)).toBe(BigInt(amountMinor));
        expect(parts).toHaveLength(list.length);
      }),
    );
  });

  test('gives each part its share, to less than one minor unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), weights, (amountMinor, list) => {
        const sum = BigInt(list.reduce((a, b) => a + b, 0));
        split(amountMinor, list.map(String)).forEach((part, index) => {
          // |part - amount x weight / sum| < 1, without a division.
          const off = BigInt(part) * sum - BigInt(amountMinor) * BigInt(list[index] ?? 0);
          expect(off < 0n ? -off : off).toBeLessThan(sum);
        });
      }),
    );
  });

  test('gives nothing where the weight is zero', () => {
    fc.assert(
      fc.property(fc.nat(), weights, (amountMinor, list) => {
        split(amountMinor, list.map(String)).forEach((part, index) => {
          if (list[index] === 0) expect(part).toBe(0);
        });
      }),
    );
  });

  test('is split the same way when it is taken back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), weights, (amountMinor, list) => {
        const texts = list.map(String);
        expect(split(-amountMinor, texts)).toEqual(
          split(amountMinor, texts).map((part) => (part === 0 ? 0 : -part)),
        );
      }),
    );
  });

  test('does not depend on the scale of the weights', () => {
    expect(split(1000, ['0.1', '0.25', '0.65'])).toEqual(split(1000, ['10', '25', '65']));
  });
});

describe('the largest remainder gets the cent that is left over', () => {
  test.each([
    [100, ['1', '1', '1'], [34, 33, 33]],
    [200, ['1', '1', '1'], [67, 67, 66]],
    [-100, ['1', '1', '1'], [-34, -33, -33]],
    [5, ['3', '7'], [2, 3]],
    [1, ['1', '2'], [0, 1]],
    [1000, ['19.99', '5.01', '0'], [800, 200, 0]],
  ])('%i by %j is %j', (amountMinor, by, expected) => {
    expect(split(amountMinor, by)).toEqual(expected);
  });

  test('a price of a bundle is spread over its components', () => {
    const parts = allocate(
      money('shop', 'EUR', 4999),
      ['29.90', '14.90', '9.90'].map((price) => decimal(price)),
    );
    expect(minorOf(parts)).toEqual([2732, 1362, 905]);
    expect(sumMoney('shop', 'EUR', parts).amountMinor).toBe(4999);
  });
});

test.each([[[]], [['0', '0']], [['1', '-1']], [['-2', '3']]])(
  'weights %j say nothing about where the amount belongs',
  (by) => {
    expect(() => split(100, by)).toThrow(RangeError);
  },
);

function sumOf(parts: readonly { readonly amountMinor: number }[]): bigint {
  return parts.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
}
