import { type Decimal, decimal, divideDecimals, multiplyDecimals } from '#canonical/decimal.ts';
import { moneyFromDecimal, moneyToDecimal, type MoneyBag, type Money, money } from '#canonical/money.ts';
import type { OrderLine, ShippingLine } from '#canonical/order-line.ts';
import type { TaxLine } from '#canonical/tax.ts';

const minor = (bag: MoneyBag): number => bag.presentment.amountMinor;
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** What is charged for a line without taxes, after discounts, in minor units of the presentment currency. */
export function netOfLine(line: OrderLine): number {
  const atOrder =
    minor(line.subtotal) - sum(line.discounts.map(({ amount }) => minor(amount))) - includedTaxes(line.taxes);
  if (line.current === line.ordered) return atOrder;
  // Of an edited line the source states the amounts of the first order; what is left of it carries its share.
  const { currency } = line.subtotal.presentment;
  const share = divideDecimals(multiplyDecimals(decimal(atOrder), line.current), line.ordered, 0);
  return money('presentment', currency, Number(share)).amountMinor;
}

export function netOfShipping(line: ShippingLine): number {
  return (
    minor(line.price) - sum(line.discounts.map(({ amount }) => minor(amount))) - includedTaxes(line.taxes)
  );
}

const includedTaxes = (taxes: readonly TaxLine[]): number =>
  sum(taxes.filter(({ included }) => included).map(({ amount }) => minor(amount)));

/** The unit price whose multiple comes nearest to `netMinor`, with the server's decimals. */
export function unitPriceOf(
  netMinor: number,
  currency: string,
  quantity: Decimal,
  priceDigits: number,
): Decimal {
  return divideDecimals(moneyToDecimal(money('presentment', currency, netMinor)), quantity, priceDigits);
}

/** Taxes that Tryton is to levy: one without an amount at a rate is an exemption, and would be charged there. */
export function leviedTaxes(taxes: readonly TaxLine[]): readonly TaxLine[] {
  return taxes.filter(({ amount, rate }) => amount.presentment.amountMinor !== 0 || Number(rate) === 0);
}

/** Minor units of an amount that Tryton prints, e.g. `65.00`. @throws RangeError beyond the currency's decimals. */
export const minorOf = (amount: Decimal, currency: string): number => exact(amount, currency).amountMinor;

function exact(amount: Decimal, currency: string): Money<'presentment'> {
  return moneyFromDecimal('presentment', currency, amount);
}
