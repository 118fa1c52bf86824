import type { Order } from '#canonical/order.ts';
import { contentHash } from './content-hash.ts';
import type { LineQuantities } from './line-buckets.ts';
import { isPositive, plain } from './quantity.ts';
import type { Carried } from './state.ts';

/** The part of an ERP order that is not its lines. Computed once a snapshot. */
export function erpHeaderHash(order: Order): string {
  return contentHash([
    order.currencies.presentment,
    order.shipTo.address,
    order.billTo.address,
    order.poNumber,
    order.paymentTerms?.code ?? null,
    order.shipping.map(({ code, price, discounts }) => [
      code,
      price.presentment.amountMinor,
      discounts.map(({ amount }) => amount.presentment.amountMinor),
    ]),
  ]);
}

/**
 * What an ERP's order was made from: lines, quantities, prices, charges, addresses and terms. Payment, fulfilment, tags and
 * notes are not in it, nor are refunds of goods that shipped: those change no order.
 */
export function carriedContent(
  order: Order,
  headerHash: string,
  lines: ReadonlyMap<string, LineQuantities>,
): Carried {
  const wanted = order.lines.flatMap((line) => {
    const quantity = lines.get(line.id)?.live ?? line.current;
    // A line that is gone and one that never was are the same to the ERP.
    if (!isPositive(quantity)) return [];
    const { presentment, per } = line.unitPrice;
    const discounts = line.discounts.map(({ amount }) => amount.presentment.amountMinor);
    return [[line.id, line.sku, plain(quantity), plain(presentment), plain(per), discounts]];
  });
  const { amountMinor, currency } = order.totals.grand.presentment;
  return { hash: contentHash([headerHash, wanted]), totalMinor: amountMinor, currency };
}
