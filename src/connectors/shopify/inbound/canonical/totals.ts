import { type MoneyBag, addMoney, money, subtractMoney } from '#canonical/money.ts';
import type { OrderTotals } from '#canonical/order.ts';
import { multiplyBag } from '../source/line-subtotal.ts';
import type { SourceOrder } from '../source/source-order.ts';
import { lineKind } from './lines.ts';

const add = (a: MoneyBag, b: MoneyBag): MoneyBag => ({
  shop: addMoney(a.shop, b.shop),
  presentment: addMoney(a.presentment, b.presentment),
});
const subtract = (a: MoneyBag, b: MoneyBag): MoneyBag => ({
  shop: subtractMoney(a.shop, b.shop),
  presentment: subtractMoney(a.presentment, b.presentment),
});

/**
 * The order's sums as it stands now (after edits and refunds), all but `lines`, `shipping` and `rounding` as Shopify states them. What the
 * parts do not explain of the grand total is `rounding`; a tax is never changed for it.
 * @throws CurrencyMismatchError never after the readers checked the currencies
 */
export function canonicalTotals(order: SourceOrder): OrderTotals {
  const { totals } = order;
  const none: MoneyBag = {
    shop: money('shop', order.shopCurrency, 0),
    presentment: money('presentment', order.presentmentCurrency, 0),
  };
  const sum = (bags: readonly MoneyBag[]): MoneyBag => bags.reduce(add, none);

  // A tip stands among the lines too; it is counted once, as a tip.
  const goods = order.lines.filter((line) => lineKind(line, order) !== 'tip');
  const lines = sum(goods.map((line) => multiplyBag(line.unitPrice, line.currentQuantity)));
  const shipping = sum(order.shippingLines.filter(({ removed }) => !removed).map(beforeDiscounts));
  const duties = totals.currentDuties ?? none;
  const fees = totals.currentFees ?? none;

  const onTop = [
    lines,
    shipping,
    fees,
    totals.tips,
    ...(order.taxesIncluded ? [] : [totals.currentTax]),
    ...(order.dutiesIncluded ? [] : [duties]),
  ];
  const explained = subtract(sum(onTop), totals.currentDiscounts);
  return {
    lines,
    discounts: totals.currentDiscounts,
    shipping,
    tax: totals.currentTax,
    duties,
    fees,
    tips: totals.tips,
    rounding: subtract(totals.current, explained),
    grand: totals.current,
    original: totals.original,
    outstanding: totals.outstanding,
  };
}

/** A charge that was not refunded in part counts with what discounts took off it, since `discounts` takes it off again. */
function beforeDiscounts(line: SourceOrder['shippingLines'][number]): MoneyBag {
  const untouched = line.currentDiscounted.shop.amountMinor === line.discounted.shop.amountMinor;
  const allocated = untouched ? line.allocations.map(({ amount }) => amount) : [];
  return allocated.reduce(add, line.currentDiscounted);
}
