import { addDecimals, compareDecimals, type Decimal, decimal, subtractDecimals } from '#canonical/decimal.ts';

/**
 * Sums and comparisons of quantities, exact as those of decimal.ts. An order is reckoned anew on every step, and nearly all of its
 * quantities are small whole numbers: those need no arbitrary precision.
 */
export const zero: Decimal = decimal(0);

/** Digits up to which whole numbers, and their sum, are exact. */
const safeDigits = 15;
const isWhole = (text: Decimal): boolean => text.length <= safeDigits && !text.includes('.');

export function plus(a: Decimal, b: Decimal): Decimal {
  if (b === zero) return a;
  return isWhole(a) && isWhole(b) ? (String(Number(a) + Number(b)) as Decimal) : addDecimals(a, b);
}

export function minus(a: Decimal, b: Decimal): Decimal {
  if (b === zero) return a;
  return isWhole(a) && isWhole(b) ? (String(Number(a) - Number(b)) as Decimal) : subtractDecimals(a, b);
}

const compare = (a: Decimal, b: Decimal): number =>
  isWhole(a) && isWhole(b) ? Number(a) - Number(b) : compareDecimals(a, b);

export const smaller = (a: Decimal, b: Decimal): Decimal => (compare(a, b) <= 0 ? a : b);
export const larger = (a: Decimal, b: Decimal): Decimal => (compare(a, b) < 0 ? b : a);
export const isPositive = (quantity: Decimal): boolean => compare(quantity, zero) > 0;

/** The same number in one spelling: `1.50` and `1.5` are one price. */
export function plain(value: Decimal): Decimal {
  return value.includes('.') ? (value.replace(/\.?0+$/, '') as Decimal) : value;
}
