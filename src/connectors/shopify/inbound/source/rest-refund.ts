import { type MoneyBag, negateMoney } from '#canonical/money.ts';
import { exactId, type RestRefund } from './rest-schema.ts';
import type { SourceRefund } from './source-order.ts';

/** What was refunded is positive with us; `shipping_refund` adjustments are negative with Shopify. */
const negateBag = (bag: MoneyBag): MoneyBag => ({
  shop: negateMoney(bag.shop),
  presentment: negateMoney(bag.presentment),
});

/** A refund inside an order's webhook body. Whether money moved is told by its transactions, not here. */
export function restSourceRefund(rest: RestRefund): SourceRefund {
  const shipping = rest.refund_shipping_lines.map((line) => ({
    kind: 'shipping' as const,
    reason: null,
    amount: line.subtotal_amount_set,
    tax: line.tax_amount_set,
  }));
  const adjustments = rest.order_adjustments.flatMap((stated): SourceRefund['adjustments'] => {
    const { kind, amount_set: amount, tax_amount_set: tax } = stated;
    const reason = stated.reason && stated.reason.toLowerCase().replaceAll(' ', '_');
    if (kind === 'shipping_refund') {
      // The same shipping refund stands in both lists of newer bodies.
      return shipping.length > 0
        ? []
        : [{ kind: 'shipping', reason, amount: negateBag(amount), tax: negateBag(tax) }];
    }
    const isDiscrepancy = kind === 'refund_discrepancy' || kind === null || kind === undefined;
    return [{ kind: isDiscrepancy ? 'discrepancy' : 'other', reason, amount, tax }];
  });
  return {
    id: exactId(rest),
    at: rest.processed_at ?? rest.created_at,
    note: rest.note,
    lines: rest.refund_line_items.map((line) => ({
      lineId: line.line_item ? exactId(line.line_item) : line.line_item_id,
      quantity: line.quantity,
      restockType: line.restock_type,
      locationId: line.location_id,
      subtotal: line.subtotal_set,
      tax: line.total_tax_set,
    })),
    adjustments: [...shipping, ...adjustments],
    transactionIds: rest.transactions.map(exactId),
  };
}
