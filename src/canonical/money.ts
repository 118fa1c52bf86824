import { z } from 'zod';
import { minorUnitDigits } from './currency.ts';
import { compareDecimals, type Decimal, decimal, roundDecimal, type Rounding } from './decimal.ts';

/** Which of an order's currencies an amount is in: the shop's books, what the buyer saw, or what the bank pays out. */
export type MoneyRole = 'shop' | 'presentment' | 'settlement';

/**
 * An amount in integer minor units (cents, yen, fils) with its currency and its role.
 * Amounts of different roles do not compile together; amounts of different currencies throw.
 */
export type Money<R extends MoneyRole = MoneyRole> = {
  readonly amountMinor: number;
  readonly currency: string;
  readonly role: R;
};

export const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as "EUR"');

const moneyIn = <R extends MoneyRole>(role: R, id: string) =>
  z
    .strictObject({ amountMinor: z.int(), currency: currencySchema, role: z.literal(role) })
    .meta({ id }) as unknown as z.ZodType<Money<R>>;

const moneySchemas: { readonly [R in MoneyRole]: z.ZodType<Money<R>> } = {
  shop: moneyIn('shop', 'ShopMoney'),
  presentment: moneyIn('presentment', 'PresentmentMoney'),
  settlement: moneyIn('settlement', 'SettlementMoney'),
};

/** The shape of an amount in one role. */
export const moneySchema = <R extends MoneyRole>(role: R): z.ZodType<Money<R>> => moneySchemas[role];

/** The same amount in the shop's and in the buyer's currency, as the source stated both. */
export type MoneyBag = { readonly shop: Money<'shop'>; readonly presentment: Money<'presentment'> };
export const moneyBagSchema = z
  .strictObject({
    shop: moneySchema('shop'),
    presentment: moneySchema('presentment'),
  })
  .meta({ id: 'MoneyBag' });

export class CurrencyMismatchError extends Error {
  override readonly name = 'CurrencyMismatchError';
  constructor(a: Money, b: Money) {
    super(`cannot combine ${a.currency} (${a.role}) with ${b.currency} (${b.role})`);
  }
}

/** @throws RangeError when the minor units are not a safe integer. */
export function money<R extends MoneyRole>(role: R, currency: string, amountMinor: number): Money<R> {
  if (!Number.isSafeInteger(amountMinor))
    throw new RangeError(`${amountMinor} ${currency} is not a whole number of minor units`);
  return { amountMinor: amountMinor === 0 ? 0 : amountMinor, currency, role };
}

/**
 * Reads an amount as a platform prints it (`"12.50"`).
 * @throws RangeError when it has more decimals than the currency, unless a rounding is given.
 */
export function moneyFromDecimal<R extends MoneyRole>(
  role: R,
  currency: string,
  text: string,
  rounding?: Rounding,
): Money<R> {
  const digits = minorUnitDigits(currency);
  const exact = decimal(text);
  const rounded = roundDecimal(exact, digits, rounding ?? 'down');
  if (rounding === undefined && compareDecimals(exact, rounded) !== 0) {
    throw new RangeError(`"${text}" has more decimals than ${currency} has (${digits})`);
  }
  return money(role, currency, Number(rounded.replace('.', '')));
}

/** The amount as platforms print it: `1250 EUR` is `"12.50"`, `1250 JPY` is `"1250"`. */
export function moneyToDecimal(amount: Money): Decimal {
  const digits = minorUnitDigits(amount.currency);
  const sign = amount.amountMinor < 0 ? '-' : '';
  const text = String(Math.abs(amount.amountMinor)).padStart(digits + 1, '0');
  return (
    digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
  ) as Decimal;
}

/** @throws CurrencyMismatchError */
export function addMoney<R extends MoneyRole>(a: Money<R>, b: Money<NoInfer<R>>): Money<R> {
  if (a.currency !== b.currency || a.role !== b.role) throw new CurrencyMismatchError(a, b);
  return money(a.role, a.currency, a.amountMinor + b.amountMinor);
}

/** @throws CurrencyMismatchError */
export function subtractMoney<R extends MoneyRole>(a: Money<R>, b: Money<NoInfer<R>>): Money<R> {
  return addMoney(a, negateMoney(b as Money<R>));
}

export function negateMoney<R extends MoneyRole>(a: Money<R>): Money<R> {
  return money(a.role, a.currency, -a.amountMinor);
}

/** @throws CurrencyMismatchError */
export function sumMoney<R extends MoneyRole>(
  role: R,
  currency: string,
  amounts: readonly Money<NoInfer<R>>[],
): Money<R> {
  return amounts.reduce<Money<R>>((total, amount) => addMoney(total, amount), money(role, currency, 0));
}
