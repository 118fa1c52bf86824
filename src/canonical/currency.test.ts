import { expect, test } from 'vitest';
import { minorUnitDigits } from './currency.ts';

test('a yen has no cents, a dinar has fils, most have two decimals', () => {
  const digits = Object.fromEntries(
    ['JPY', 'KRW', 'USD', 'GBP', 'HUF', 'MGA', 'BHD', 'TND', 'CLF', 'UYW', 'UYI'].map((code) => [
      code,
      minorUnitDigits(code),
    ]),
  );
  expect(digits).toEqual({
    JPY: 0,
    KRW: 0,
    USD: 2,
    GBP: 2,
    HUF: 2,
    MGA: 2,
    BHD: 3,
    TND: 3,
    CLF: 4,
    UYW: 4,
    UYI: 0,
  });
});

test('names that every object has are no currencies', () => {
  expect(minorUnitDigits('constructor')).toBe(2);
});
