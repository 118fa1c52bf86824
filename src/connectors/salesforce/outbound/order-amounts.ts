import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  divideDecimals,
  multiplyDecimals,
  roundDecimal,
} from '#canonical/decimal.ts';
import { minorUnitDigits } from '#canonical/currency.ts';
import { money, type MoneyBag, moneyFromDecimal, moneyToDecimal } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import { taxLinesOf, taxOnTop } from '#canonical/order-totals.ts';
import type { RenderScope } from './render-scope.ts';

/** In which of the order's currencies the CRM shows it. Amounts below are minor units of `currency`. */
export type AmountView = { readonly role: 'shop' | 'presentment'; readonly currency: string };

/** The currency the org can show; an order that is in neither of its currencies is a problem, never a conversion. */
export function amountView(scope: RenderScope, order: Order): AmountView {
  const { org } = scope;
  const { shop, presentment } = order.currencies;
  if (org.multiCurrency) return { role: org.amounts, currency: order.currencies[org.amounts] };
  if (presentment === org.currency) return { role: 'presentment', currency: presentment };
  if (shop !== org.currency) {
    scope.problems.push({
      path: 'order.currencies',
      message: `${shop}/${presentment}: the org has ${org.currency} only`,
    });
  }
  return { role: 'shop', currency: shop };
}

export const minorOf = (view: AmountView, bag: MoneyBag): number => bag[view.role].amountMinor;
export const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => total + amount, 0);
export const asDecimal = (view: AmountView, amountMinor: number): Decimal =>
  moneyToDecimal(money(view.role, view.currency, amountMinor));

/** How many of a line the CRM shows. A cancelled order keeps showing what was ordered: that is what people ask about. */
export const shownQuantity = (order: Order, line: OrderLine): Decimal =>
  order.cancelled === null ? line.current : line.ordered;

/** What a line costs after discounts, for the quantity shown; a part of it in proportion. */
export function lineNet(view: AmountView, line: OrderLine, quantity: Decimal): number {
  const discounts = sum(line.discounts.map((discount) => minorOf(view, discount.amount)));
  return line.charged ? lineAmount(view, line, quantity, discounts) : 0;
}

/** As `lineNet`, before discounts. */
export const lineGross = (view: AmountView, line: OrderLine, quantity: Decimal): number =>
  line.charged ? lineAmount(view, line, quantity, 0) : 0;

function lineAmount(view: AmountView, line: OrderLine, quantity: Decimal, discounts: number): number {
  // Added by an edit: none was ordered at first, so that the subtotal is nothing.
  if (compareDecimals(line.ordered, decimal(0)) === 0)
    return listAmountMinor(view, line, quantity) - discounts;
  const amount = minorOf(view, line.subtotal) - discounts;
  if (compareDecimals(quantity, line.ordered) === 0) return amount;
  return Number(divideDecimals(multiplyDecimals(decimal(amount), quantity), line.ordered, 0));
}

/** The price stated for one unit, rounded to what the currency has: the list price of a new price book entry. */
export function listPriceMinor(view: AmountView, line: OrderLine): number {
  return Math.max(0, listAmountMinor(view, line, decimal(1)));
}

/** A unit price that the currency can state, rounded towards zero, and the minor units that it leaves over. */
export function unitPriceOf(
  view: AmountView,
  net: number,
  quantity: Decimal,
): { readonly unitPrice: Decimal; readonly remainder: number } {
  const digits = minorUnitDigits(view.currency);
  const unitPrice = divideDecimals(asDecimal(view, net), quantity, digits, 'down');
  const total = roundDecimal(multiplyDecimals(unitPrice, quantity), digits, 'half-up');
  return { unitPrice, remainder: net - moneyFromDecimal(view.role, view.currency, total).amountMinor };
}

/** Taxes on top of prices, for the order as it is shown: a cancelled one shows the taxes of what was ordered. */
export function shownTaxOnTop(view: AmountView, order: Order): number {
  if (order.cancelled === null) return taxOnTop(order, view.role).amountMinor;
  return sum(
    taxLinesOf(order)
      .filter((tax) => !tax.included)
      .map((tax) => minorOf(view, tax.amount)),
  );
}

/** Sum of a line's quantities in some buckets. */
export const quantityIn = (line: OrderLine, buckets: readonly (keyof OrderLine['quantities'])[]): Decimal =>
  buckets.reduce((total, bucket) => addDecimals(total, line.quantities[bucket]), decimal(0));

function listAmountMinor(view: AmountView, line: OrderLine, quantity: Decimal): number {
  const exact = multiplyDecimals(line.unitPrice[view.role], quantity);
  const amount = divideDecimals(exact, line.unitPrice.per, minorUnitDigits(view.currency));
  return moneyFromDecimal(view.role, view.currency, amount).amountMinor;
}
