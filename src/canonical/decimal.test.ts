import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  decimal,
  decimalSchema,
  divideDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
} from './decimal.ts';

/** Exact decimals of up to 14 digits before and 6 after the point. */
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.integer({ min: 0, max: 6 }))
  .map(([unscaled, digits]) => {
    const text = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(digits + 1, '0');
    const integer = text.slice(0, text.length - digits);
    return decimal(`${unscaled < 0n ? '-' : ''}${integer}${digits > 0 ? `.${text.slice(-digits)}` : ''}`);
  });

describe('a decimal is exact text', () => {
  test.each(['0', '12.50', '-0.005', '1234567890123456789012.12345678901234567890'])(
    '"%s" is one',
    (text) => {
      expect(decimal(text)).toBe(text);
      expect(decimalSchema.parse(text)).toBe(text);
    },
  );

  test.each(['', '1e3', '1,000.00', '.5', '5.', '+1', '007', 'NaN', 'Infinity', ' 1', '0x10', '12.50-'])(
    '"%s" is none',
    (text) => {
      expect(() => decimal(text)).toThrow(RangeError);
      expect(decimalSchema.safeParse(text).success).toBe(false);
    },
  );

  test('a float is refused, since it is not exact', () => {
    expect(() => decimal(0.1)).toThrow('not exact');
    expect(() => decimal(2 ** 53)).toThrow('not exact');
    expect(decimal(42)).toBe('42');
  });

  test('zero has no sign', () => {
    expect(roundDecimal(decimal('-0.004'), 2)).toBe('0.00');
    expect(multiplyDecimals(decimal('-1'), decimal('0'))).toBe('0');
  });

  test('a result that no longer fits is an error, never rounded in silence', () => {
    const tiny = decimal('0.00000000000000000001');
    expect(() => multiplyDecimals(tiny, tiny)).toThrow(RangeError);
  });
});

describe('arithmetic', () => {
  test('0.1 + 0.2 is 0.3', () => {
    expect(addDecimals(decimal('0.1'), decimal('0.2'))).toBe('0.3');
  });

  test('sums commute, associate, and are undone by subtraction', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) => {
        expect(addDecimals(a, b)).toBe(addDecimals(b, a));
        expect(addDecimals(addDecimals(a, b), c)).toBe(addDecimals(a, addDecimals(b, c)));
        expect(compareDecimals(subtractDecimals(addDecimals(a, b), b), a)).toBe(0);
      }),
    );
  });

  test('a product distributes over a sum', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) => {
        const left = multiplyDecimals(a, addDecimals(b, c));
        expect(compareDecimals(left, addDecimals(multiplyDecimals(a, b), multiplyDecimals(a, c)))).toBe(0);
      }),
    );
  });

  test('every result is a decimal again', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        for (const result of [
          addDecimals(a, b),
          subtractDecimals(a, b),
          multiplyDecimals(a, b),
          roundDecimal(a, 2),
        ]) {
          expect(decimalSchema.safeParse(result).success).toBe(true);
        }
      }),
    );
  });

  test('numbers with the same value are equal, however many zeros end them', () => {
    expect(compareDecimals(decimal('1.0'), decimal('1.000'))).toBe(0);
    expect(compareDecimals(decimal('-1'), decimal('1'))).toBe(-1);
  });
});

describe('rounding', () => {
  test.each([
    ['0.125', '0.12', '0.13', '0.12'],
    ['0.135', '0.14', '0.14', '0.13'],
    ['-0.125', '-0.12', '-0.13', '-0.12'],
    ['0.1251', '0.13', '0.13', '0.12'],
    ['2.5', '2.50', '2.50', '2.50'],
  ])('%s is %s half-even, %s half-up and %s down', (text, even, up, down) => {
    expect(roundDecimal(decimal(text), 2)).toBe(even);
    expect(roundDecimal(decimal(text), 2, 'half-up')).toBe(up);
    expect(roundDecimal(decimal(text), 2, 'down')).toBe(down);
  });

  test('half-even moves a number by at most half of the last digit', () => {
    fc.assert(
      fc.property(decimals, fc.integer({ min: 0, max: 4 }), (value, digits) => {
        const moved = subtractDecimals(roundDecimal(value, digits), value);
        const doubled = multiplyDecimals(moved, decimal('2'));
        const unit = decimal(digits === 0 ? '1' : `0.${'1'.padStart(digits, '0')}`);
        expect(compareDecimals(doubled, unit)).toBeLessThanOrEqual(0);
        expect(compareDecimals(multiplyDecimals(doubled, decimal('-1')), unit)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('a division ends where the caller says', () => {
    expect(divideDecimals(decimal('1'), decimal('3'), 6)).toBe('0.333333');
    expect(divideDecimals(decimal('2'), decimal('3'), 2)).toBe('0.67');
    expect(() => divideDecimals(decimal('1'), decimal('0'), 2)).toThrow('Division by zero');
  });
});
