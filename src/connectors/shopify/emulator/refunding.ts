import { mapBag, subtractBags } from './bags.ts';
import type { FulfillmentOrderBook } from './fulfillment-order-book.ts';
import { newTransaction } from './new-transaction.ts';
import type { Ids } from './order-input.ts';
import type { LineRecord, OrderRecord, RefundRecord } from './records.ts';
import { settleTotals } from './totals.ts';

/** Refunds units of a line to where the money came from: unfulfilled units are taken off, fulfilled ones count as returned. */
export function makeRefund(
  order: OrderRecord,
  line: LineRecord,
  refunded: {
    readonly quantity: number;
    readonly note: string | null;
    readonly at: string;
    readonly locationId: string;
  },
  book: FulfillmentOrderBook,
  ids: Ids,
): RefundRecord {
  const { quantity, note, at, locationId } = refunded;
  const isUnfulfilled = line.unfulfilledQuantity >= quantity;
  const share = (bag: LineRecord['originalTotalSet']) =>
    mapBag(bag, (amount) => amount.times(quantity).div(line.quantity));
  const [allocated] = line.discountAllocations;
  const net = allocated
    ? subtractBags(line.originalTotalSet, allocated.allocatedAmountSet)
    : line.originalTotalSet;
  const tax = line.taxLines[0]?.priceSet ?? mapBag(net, (amount) => amount.times(0));
  if (isUnfulfilled) book.takeOff(order, line, quantity);
  else Object.assign(line, { currentQuantity: line.currentQuantity - quantity });

  const before = order.currentTotalPriceSet;
  settleTotals(order, 'later');
  const transaction = {
    ...newTransaction(order, 'REFUND', order.transactions[0]?.gateway ?? 'manual', at, ids),
    amountSet: subtractBags(before, order.currentTotalPriceSet),
  };
  const refund: RefundRecord = {
    __typename: 'Refund',
    id: ids.gid('Refund'),
    createdAt: at,
    processedAt: at,
    note,
    refundLineItems: [
      {
        quantity,
        restockType: isUnfulfilled ? 'CANCEL' : 'RETURN',
        location: { id: locationId },
        lineItem: line,
        subtotalSet: share(net),
        totalTaxSet: share(tax),
      },
    ],
    orderAdjustments: [],
    refundShippingLines: [],
    transactions: [transaction],
  };
  order.transactions.push(transaction);
  order.refunds.push(refund);
  order.displayFinancialStatus = 'PARTIALLY_REFUNDED';
  settleTotals(order, 'later');
  return refund;
}
