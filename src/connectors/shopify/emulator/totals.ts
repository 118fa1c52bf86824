import { addBags, mapBag, subtractBags, sumBags } from './bags.ts';
import type { Bag, LineRecord, OrderRecord } from './records.ts';

/** The part of a line's amount that its remaining units carry. */
const forCurrent = (line: LineRecord, bag: Bag): Bag =>
  mapBag(bag, (amount) =>
    line.quantity === 0 ? amount.times(0) : amount.times(line.currentQuantity).div(line.quantity),
  );

/** Writes the order's sums anew from its lines, as the shop does after each change. `first` also sets the original total. */
export function settleTotals(order: OrderRecord, when: 'first' | 'later'): void {
  const zero = mapBag(order.totalTipReceivedSet, (amount) => amount.times(0));
  const shipping = order.shippingLines.filter(({ isRemoved }) => !isRemoved);
  const goods = sumBags(
    zero,
    order.lineItems.map((line) => forCurrent(line, line.originalTotalSet)),
  );
  const discounts = sumBags(zero, [
    ...order.lineItems.flatMap((line) =>
      line.discountAllocations.map((allocation) => forCurrent(line, allocation.allocatedAmountSet)),
    ),
    ...shipping.flatMap((line) =>
      line.discountAllocations.map(({ allocatedAmountSet }) => allocatedAmountSet),
    ),
  ]);
  const tax = sumBags(zero, [
    ...order.lineItems.flatMap((line) => line.taxLines.map(({ priceSet }) => forCurrent(line, priceSet))),
    ...shipping.flatMap((line) => line.taxLines.map(({ priceSet }) => priceSet)),
  ]);
  const duties = sumBags(
    zero,
    order.lineItems.flatMap((line) => line.duties.map(({ price }) => forCurrent(line, price))),
  );
  // A tip is a line of its own, so it is among the goods already.
  const parts = [
    goods,
    ...shipping.map(({ originalPriceSet }) => originalPriceSet),
    ...(order.taxesIncluded ? [] : [tax]),
    ...(order.dutiesIncluded ? [] : [duties]),
    ...(order.currentTotalAdditionalFeesSet === null ? [] : [order.currentTotalAdditionalFeesSet]),
  ];
  const total = subtractBags(sumBags(zero, parts), discounts);
  order.currentTotalPriceSet = total;
  order.currentTotalDiscountsSet = discounts;
  order.currentTotalTaxSet = tax;
  order.currentTotalDutiesSet = order.lineItems.some(({ duties: levied }) => levied.length > 0)
    ? duties
    : null;
  if (when === 'first') order.totalPriceSet = total;

  const moved = order.transactions.filter(({ status }) => status === 'SUCCESS');
  const received = sumBags(
    zero,
    moved.filter(({ kind }) => kind === 'SALE' || kind === 'CAPTURE').map(({ amountSet }) => amountSet),
  );
  const refunded = sumBags(
    zero,
    moved.filter(({ kind }) => kind === 'REFUND').map(({ amountSet }) => amountSet),
  );
  const owed = subtractBags(addBags(total, refunded), received);
  order.totalOutstandingSet = order.cancelledAt === null ? owed : zero;
}
