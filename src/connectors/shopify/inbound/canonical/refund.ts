import { decimal } from '#canonical/decimal.ts';
import type { Refund } from '#canonical/payment.ts';
import { unmappable } from '#connector-sdk/mapping.ts';
import { shopifyRef } from '../../gid.ts';
import type { SourceRefund } from '../source/source-order.ts';

const restocks: Readonly<Record<string, Refund['lines'][number]['restock']>> = {
  no_restock: 'none',
  cancel: 'cancelled',
  return: 'returned',
  legacy_restock: 'legacy',
};

/** A refund as recorded; whether money moved is told by the transactions it names. @throws UnmappableError */
export function canonicalRefund(refund: SourceRefund, connection: string): Refund {
  return {
    id: refund.id,
    ref: shopifyRef(connection, 'Refund', refund.id),
    at: refund.at,
    note: refund.note,
    lines: refund.lines.map((line, index) => {
      const restock = restocks[line.restockType];
      if (restock === undefined) {
        throw unmappable(`refund_line_items[${index}].restock_type`, `"${line.restockType}" is not known`);
      }
      return {
        lineId: line.lineId,
        quantity: decimal(line.quantity),
        restock,
        location: line.locationId === null ? null : shopifyRef(connection, 'Location', line.locationId),
        subtotal: line.subtotal,
        tax: line.tax,
      };
    }),
    adjustments: refund.adjustments.map(({ kind, reason, amount, tax }) => ({ kind, reason, amount, tax })),
    transactionIds: [...refund.transactionIds],
    extensions: {},
  };
}
