import { decimal, multiplyDecimals } from '#canonical/decimal.ts';
import { money, moneyFromDecimal, moneyToDecimal } from '#canonical/money.ts';
import type { Account, Transaction } from './account.ts';

/** Amounts of a transaction in minor units: taxes are computed by line and rounded there, carriage is taxed like a line. */
export function amountsOf(
  account: Account,
  transaction: Transaction,
): { readonly tax: readonly number[]; readonly total: number } {
  const currency = account.currencyOf(transaction);
  const taxOf = (amountMinor: number, code: string | null): number => {
    const rate = account.data.taxCodes.find(({ id }) => id === code)?.rate ?? '0';
    const net = moneyToDecimal(money('presentment', currency, amountMinor));
    return minorOf(multiplyDecimals(net, decimal(rate)), currency);
  };
  const open = transaction.lines.filter(({ isClosed }) => !isClosed || transaction.status === 'H');
  const parts = [
    ...open.map(({ amountMinor, taxCode }) => ({ amountMinor, taxCode })),
    { amountMinor: transaction.shippingMinor, taxCode: transaction.shippingTaxCode },
  ];
  const tax = parts
    .map(({ amountMinor, taxCode }) => taxOf(amountMinor, taxCode))
    .filter((amount) => amount !== 0);
  const net = parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return { tax, total: net + tax.reduce((sum, amount) => sum + amount, 0) };
}

/** Rounded half up, as NetSuite posts. */
export const minorOf = (amount: string, currency: string): number =>
  moneyFromDecimal('presentment', currency, amount, 'half-up').amountMinor;

export const printed = (amountMinor: number, currency: string): string =>
  moneyToDecimal(money('presentment', currency, amountMinor));
