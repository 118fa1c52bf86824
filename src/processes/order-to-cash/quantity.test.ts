import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDecimals, compareDecimals, type Decimal, decimal, subtractDecimals } from '#canonical/decimal.ts';
import { isPositive, larger, minus, plain, plus, smaller } from './quantity.ts';

const digits = (max: number) => fc.stringMatching(new RegExp(`^(0|[1-9][0-9]{0,${max}})$`));
const anyDecimal = fc
  .tuple(fc.boolean(), digits(17), fc.option(fc.stringMatching(/^[0-9]{1,6}$/)))
  .map(([isNegative, whole, fraction]) =>
    decimal(`${isNegative && whole !== '0' ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`),
  );

test('the short way and the long way agree', () => {
  const same = (a: Decimal, b: Decimal) => expect(compareDecimals(a, b)).toBe(0);
  fc.assert(
    fc.property(anyDecimal, anyDecimal, (a, b) => {
      same(plus(a, b), addDecimals(a, b));
      same(minus(a, b), subtractDecimals(a, b));
      same(smaller(a, b), compareDecimals(a, b) < 0 ? a : b);
      same(larger(a, b), compareDecimals(a, b) < 0 ? b : a);
      same(plain(a), a);
      expect(isPositive(a)).toBe(compareDecimals(a, decimal(0)) > 0);
    }),
    { seed: 20261124 },
  );
});

test.each([
  ['1.50', '1.5'],
  ['10.0', '10'],
  ['100', '100'],
  ['0.000', '0'],
  ['0.010', '0.01'],
])('%s is spelled %s', (value, spelled) => {
  expect(plain(decimal(value))).toBe(spelled);
});
