import type { Decimal } from './decimal.ts';
import { type Money, money, type MoneyRole } from './money.ts';

/**
 * Splits an amount in proportion to weights, so that the parts sum to it exactly: each gets its share rounded towards zero, and
 * the minor units left over go one each to the largest remainders, the earlier part first. For what a discount or a bundle's price
 * comes to on each line.
 * @throws RangeError when there is no weight, a negative one, or all are zero: then nobody can say where the amount belongs.
 */
export function allocate<R extends MoneyRole>(
  total: Money<R>,
  weights: readonly Decimal[],
): readonly Money<R>[] {
  const scaled = asIntegers(weights);
  const sum = scaled.reduce((a, b) => a + b, 0n);
  if (sum <= 0n || scaled.some((weight) => weight < 0n)) {
    throw new RangeError(`cannot split an amount by the weights ${weights.join(', ') || '(none)'}`);
  }
  const sign = total.amountMinor < 0 ? -1n : 1n;
  const whole = BigInt(total.amountMinor) * sign;
  const shares = scaled.map((weight, index) => ({
    index,
    minor: (whole * weight) / sum,
    remainder: (whole * weight) % sum,
  }));
  const left = Number(whole - shares.reduce((a, { minor }) => a + minor, 0n));
  const favoured = shares
    .toSorted((a, b) =>
      a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
    )
    .slice(0, left);
  const extra = new Set(favoured.map(({ index }) => index));
  return shares.map(({ index, minor }) =>
    money(total.role, total.currency, Number(sign * (minor + (extra.has(index) ? 1n : 0n)))),
  );
}

/** The weights as integers in one common scale. */
function asIntegers(weights: readonly Decimal[]): readonly bigint[] {
  const digits = Math.max(0, ...weights.map((weight) => weight.split('.')[1]?.length ?? 0));
  return weights.map((weight) => {
    const [integer = '0', fraction = ''] = weight.split('.');
    return BigInt(`${integer}${fraction.padEnd(digits, '0')}`);
  });
}
