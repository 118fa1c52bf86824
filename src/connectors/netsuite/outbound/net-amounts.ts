import { addDecimals, type Decimal, decimal, divideDecimals, multiplyDecimals } from '#canonical/decimal.ts';
import { type MoneyBag, money, moneyToDecimal } from '#canonical/money.ts';
import type { OrderLine, ShippingLine } from '#canonical/order-line.ts';
import type { TaxLine } from '#canonical/tax.ts';

const minor = (bag: MoneyBag): number => bag.presentment.amountMinor;
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
const discounts = (line: OrderLine | ShippingLine): number =>
  sum(line.discounts.map(({ amount }) => minor(amount)));
const includedTaxes = (taxes: readonly TaxLine[]): number =>
  sum(taxes.filter(({ included }) => included).map(({ amount }) => minor(amount)));

/** What is charged for a line without taxes, after discounts, in minor units of the presentment currency. */
export function netOfLine(line: OrderLine): number {
  const atOrder = minor(line.subtotal) - discounts(line) - includedTaxes(line.taxes);
  if (line.current === line.ordered) return atOrder;
  // Of an edited line the source states the amounts of the first order; what is left of it carries its share.
  return Number(divideDecimals(multiplyDecimals(decimal(atOrder), line.current), line.ordered, 0));
}

export const netOfShipping = (line: ShippingLine): number =>
  minor(line.price) - discounts(line) - includedTaxes(line.taxes);

/** Amount and rate of a line; the rate is the amount's share, the amount is what is booked. @throws RangeError */
export function amountAndRate(
  netMinor: number,
  { currency, quantity, rateDigits }: { currency: string; quantity: Decimal; rateDigits: number },
): { readonly amount: Decimal; readonly rate: Decimal } {
  const amount = moneyToDecimal(money('presentment', currency, netMinor));
  return { amount, rate: divideDecimals(amount, quantity, rateDigits) };
}

/** Taxes that NetSuite is to levy: one without an amount at a rate is an exemption, and would be charged there. */
export const leviedTaxes = (taxes: readonly TaxLine[]): readonly TaxLine[] =>
  taxes.filter(({ amount, rate }) => amount.presentment.amountMinor !== 0 || Number(rate) === 0);

/** What the taxes of a line come to, as a rate; null where the source does not say one of them. */
export function rateOf(taxes: readonly TaxLine[]): Decimal | null {
  const rates = leviedTaxes(taxes).map(({ rate }) => rate);
  if (rates.some((rate) => rate === null)) return null;
  return rates.reduce<Decimal>((sum, rate) => addDecimals(sum, rate ?? decimal(0)), decimal(0));
}
