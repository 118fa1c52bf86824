import Big from 'big.js';
import { z } from 'zod';

/**
 * An exact decimal as text, such as `"12.50"` or `"-0.005"`: no exponent, no thousands separator, never a float.
 * Used for unit prices, rates and quantities; amounts of money are integer minor units (money.ts).
 */
export type Decimal = string & { readonly __decimal: unique symbol };

const pattern = /^-?(?:0|[1-9]\d{0,29})(?:\.\d{1,20})?$/;

export const decimalSchema = z
  .string()
  .regex(pattern, 'must be an exact decimal such as "12.50"')
  .transform((text) => text as Decimal)
  .meta({ id: 'Decimal' });

/** @throws RangeError when the text is no exact decimal; numbers must be safe integers, since a float is not exact. */
export function decimal(value: string | number | bigint): Decimal {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is not exact: pass a decimal as text`);
  }
  const text = String(value);
  if (!pattern.test(text)) throw new RangeError(`"${text}" is not an exact decimal`);
  return text as Decimal;
}

export type Rounding = 'half-even' | 'half-up' | 'down';
const bigRounding = { 'half-even': 2, 'half-up': 1, down: 0 } as const satisfies Record<
  Rounding,
  Big.RoundingMode
>;

/** Zero has no sign: "-0" and "0" would hash differently. */
const unsigned = (text: string): string => (/^-[0.]+$/.test(text) ? text.slice(1) : text);

const from = (big: Big): Decimal => decimal(unsigned(big.toFixed()));

/** The exact sum; like all arithmetic here @throws RangeError beyond 30 digits before or 20 after the point. */
export const addDecimals = (a: Decimal, b: Decimal): Decimal => from(new Big(a).plus(b));
/** The exact difference. */
export const subtractDecimals = (a: Decimal, b: Decimal): Decimal => from(new Big(a).minus(b));
/** The exact product. */
export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => from(new Big(a).times(b));
/** By value: "1.0" and "1.00" are equal. */
export const compareDecimals = (a: Decimal, b: Decimal): -1 | 0 | 1 => new Big(a).cmp(b);

/** `digits` (at most 20) decimals, rounded as told. Half-even unless a source states otherwise. */
export function roundDecimal(value: Decimal, digits: number, rounding: Rounding = 'half-even'): Decimal {
  return decimal(unsigned(new Big(value).toFixed(digits, bigRounding[rounding])));
}

/** The quotient with `digits` decimals: a division is rarely exact, so the caller says where it ends. @throws when `b` is zero. */
export function divideDecimals(
  a: Decimal,
  b: Decimal,
  digits: number,
  rounding: Rounding = 'half-even',
): Decimal {
  const Precise = Big();
  Precise.DP = digits + 20;
  return decimal(unsigned(new Precise(a).div(b).toFixed(digits, bigRounding[rounding])));
}
