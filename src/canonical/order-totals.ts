import { compareDecimals } from './decimal.ts';
import { addMoney, type Money, type MoneyBag, subtractMoney, sumMoney } from './money.ts';
import type { OrderLine } from './order-line.ts';
import type { Order } from './order.ts';
import type { TaxLine } from './tax.ts';

/** The two currencies an order is stated in throughout. */
export type OrderRole = 'shop' | 'presentment';

/** Whether nothing was edited, cancelled or refunded since: only then do the lines sum to the totals. */
export function isAsOrdered(order: Order): boolean {
  const unchanged = order.lines.every(({ ordered, current }) => compareDecimals(ordered, current) === 0);
  return order.cancelled === null && order.refunds.length === 0 && unchanged;
}

/** Every tax of the order: on lines, on their duties, and on shipping. */
export function taxLinesOf(order: Order): readonly TaxLine[] {
  const onLines = order.lines.flatMap(({ taxes, duties }) => [
    ...taxes,
    ...duties.flatMap((duty) => duty.taxes),
  ]);
  return [...onLines, ...order.shipping.flatMap(({ taxes }) => taxes)];
}

/** The sum of some amounts of an order in one of its currencies. @throws CurrencyMismatchError */
export function sumIn<R extends OrderRole>(order: Order, role: R, bags: readonly MoneyBag[]): Money<R> {
  return sumMoney(
    role,
    order.currencies[role],
    bags.map((bag): Money<R> => inRole(bag, role)),
  );
}

/** One of the two amounts of a bag. */
export function inRole<R extends OrderRole>(bag: MoneyBag, role: R): Money<R> {
  return bag[role] as unknown as Money<R>;
}

/**
 * The taxes that come on top of prices: all but `taxIncluded` where the source states that; else, where prices include tax,
 * the tax lines that are marked as not included, and where they do not, all but the tax lines marked as included.
 */
export function taxOnTop<R extends OrderRole>(order: Order, role: R): Money<R> {
  const { tax, taxIncluded } = order.totals;
  const lines = (included: boolean) =>
    sumIn(
      order,
      role,
      taxLinesOf(order)
        .filter((line) => line.included === included)
        .map(({ amount }) => amount),
    );
  if (taxIncluded !== undefined) return subtractMoney(inRole(tax, role), inRole(taxIncluded, role));
  if (order.taxesIncluded) return lines(false);
  return subtractMoney(inRole(tax, role), lines(true));
}

/** What the parts of the totals come to, `rounding` included: `grand`, in an order whose totals are right. */
export function expectedGrand<R extends OrderRole>(order: Order, role: R): Money<R> {
  const { totals } = order;
  const onTop = order.dutiesIncluded ? [] : [totals.duties];
  const added = sumIn(order, role, [
    totals.lines,
    totals.shipping,
    ...onTop,
    totals.fees,
    totals.tips,
    totals.rounding,
  ]);
  return addMoney(subtractMoney(added, inRole(totals.discounts, role)), taxOnTop(order, role));
}

/** The lines that `totals.lines` counts: charged, and neither a fee nor a tip, which have totals of their own. */
export function countedLines(order: Order): readonly OrderLine[] {
  return order.lines.filter(({ charged, kind }) => charged && kind !== 'fee' && kind !== 'tip');
}
