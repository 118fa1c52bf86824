import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minorUnitDigits } from './currency.ts';
import { decimalSchema } from './decimal.ts';
import {
  addMoney,
  CurrencyMismatchError,
  money,
  type MoneyBag,
  moneyBagSchema,
  moneyFromDecimal,
  moneySchema,
  moneyToDecimal,
  negateMoney,
  subtractMoney,
  sumMoney,
} from './money.ts';

/** One currency for each number of decimals there is. */
const currencies = ['JPY', 'EUR', 'KWD', 'CLF'] as const;
const amounts = fc.integer({ min: -(10 ** 12), max: 10 ** 12 });

describe('amounts are integers in minor units', () => {
  test.each([
    ['JPY', 0, 1250, '1250'],
    ['EUR', 2, 1250, '12.50'],
    ['KWD', 3, 1250, '1.250'],
    ['CLF', 4, 1250, '0.1250'],
    ['EUR', 2, -5, '-0.05'],
  ])('%s has %i decimals: %i is %s', (currency, digits, amountMinor, text) => {
    expect(minorUnitDigits(currency)).toBe(digits);
    expect(moneyToDecimal(money('shop', currency, amountMinor))).toBe(text);
    expect(moneyFromDecimal('shop', currency, text)).toEqual({ amountMinor, currency, role: 'shop' });
  });

  test('an amount survives the way to text and back, in every currency', () => {
    fc.assert(
      fc.property(fc.constantFrom(...currencies), fc.maxSafeInteger(), (currency, amountMinor) => {
        const amount = money('presentment', currency, amountMinor);
        const text = moneyToDecimal(amount);
        expect(decimalSchema.safeParse(text).success).toBe(true);
        expect(moneyFromDecimal('presentment', currency, text)).toEqual(amount);
      }),
    );
  });

  test('what is no whole number of minor units is refused', () => {
    for (const amount of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => money('shop', 'EUR', amount)).toThrow(RangeError);
      expect(
        moneySchema('shop').safeParse({ amountMinor: amount, currency: 'EUR', role: 'shop' }).success,
      ).toBe(false);
    }
  });

  test('more decimals than the currency has are refused, unless a rounding is given', () => {
    expect(() => moneyFromDecimal('shop', 'JPY', '12.50')).toThrow('more decimals than JPY has (0)');
    expect(() => moneyFromDecimal('shop', 'EUR', '0.125')).toThrow(RangeError);
    expect(moneyFromDecimal('shop', 'EUR', '0.125', 'half-even').amountMinor).toBe(12);
    expect(moneyFromDecimal('shop', 'EUR', '0.135', 'half-even').amountMinor).toBe(14);
    expect(moneyFromDecimal('shop', 'EUR', '0.125', 'half-up').amountMinor).toBe(13);
    expect(moneyFromDecimal('shop', 'EUR', '12.5000').amountMinor).toBe(1250);
  });

  test('an amount too large to be exact is refused', () => {
    expect(() => moneyFromDecimal('shop', 'EUR', '90071992547409.93')).toThrow(RangeError);
    expect(() => addMoney(money('shop', 'EUR', Number.MAX_SAFE_INTEGER), money('shop', 'EUR', 1))).toThrow(
      RangeError,
    );
  });

  test('nothing is minus zero', () => {
    expect(Object.is(negateMoney(money('shop', 'EUR', 0)).amountMinor, 0)).toBe(true);
    expect(moneyToDecimal(moneyFromDecimal('shop', 'EUR', '-0.00'))).toBe('0.00');
  });
});

describe('sums', () => {
  const euro = (amountMinor: number) => money('shop', 'EUR', amountMinor);

  test('order and grouping do not matter, zero changes nothing, and a subtraction undoes', () => {
    fc.assert(
      fc.property(amounts, amounts, amounts, (a, b, c) => {
        const [x, y, z] = [euro(a), euro(b), euro(c)] as const;
        expect(addMoney(x, y)).toEqual(addMoney(y, x));
        expect(addMoney(addMoney(x, y), z)).toEqual(addMoney(x, addMoney(y, z)));
        expect(addMoney(x, euro(0))).toEqual(x);
        expect(subtractMoney(addMoney(x, y), y)).toEqual(x);
        expect(sumMoney('shop', 'EUR', [x, y, z])).toEqual(addMoney(addMoney(x, y), z));
      }),
    );
  });

  test('the sum of nothing is zero of the currency', () => {
    expect(sumMoney('presentment', 'JPY', [])).toEqual(money('presentment', 'JPY', 0));
  });

  test('ten times ten cents are one euro', () => {
    const dimes = Array.from({ length: 10 }, () => moneyFromDecimal('shop', 'EUR', '0.10'));
    expect(moneyToDecimal(sumMoney('shop', 'EUR', dimes))).toBe('1.00');
  });
});

describe('shop and presentment currency cannot be mixed in one document', () => {
  const dollars = money('shop', 'USD', 100);
  const euros = money('presentment', 'EUR', 100);

  test('different currencies of one role are refused at run time', () => {
    expect(() => addMoney(dollars, money('shop', 'EUR', 100))).toThrow(CurrencyMismatchError);
    expect(() => sumMoney('shop', 'USD', [dollars, money('shop', 'EUR', 1)])).toThrow(
      'cannot combine USD (shop) with EUR (shop)',
    );
  });

  test('different roles do not compile together, and throw where the compiler was overruled', () => {
    // @ts-expect-error the shop's books and what the buyer saw are different amounts
    expect(() => addMoney(dollars, euros)).toThrow(CurrencyMismatchError);
    // @ts-expect-error even when both happen to be in one currency
    expect(() => subtractMoney(dollars, money('presentment', 'USD', 100))).toThrow(CurrencyMismatchError);
    // @ts-expect-error a payout is neither
    expect(() => sumMoney('shop', 'USD', [dollars, money('settlement', 'USD', 1)])).toThrow(
      CurrencyMismatchError,
    );
  });

  test('a bag holds each amount under its own role', () => {
    expect(moneyBagSchema.safeParse({ shop: dollars, presentment: euros }).success).toBe(true);
    expect(moneyBagSchema.safeParse({ shop: euros, presentment: dollars }).success).toBe(false);
    // @ts-expect-error the roles stand the wrong way round
    const swapped: MoneyBag = { shop: euros, presentment: dollars };
    expect(moneyBagSchema.safeParse(swapped).success).toBe(false);
  });
});
