import { z } from 'zod';
import type { CanonicalEvent, ErpOrder } from '#canonical/event.ts';
import { currencySchema, moneyFromDecimal } from '#canonical/money.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { toMilliseconds, trytonDecimal, trytonInstant } from '../codec.ts';
import { saleSubject } from './sale-subject.ts';

const related = z.array(z.object({ id: z.int(), state: z.string() }));

const bodySchema = z.object({
  id: z.int().positive(),
  number: z.string().nullable(),
  state: z.enum(['draft', 'quotation', 'confirmed', 'processing', 'done', 'cancelled']),
  shipment_state: z.string(),
  invoice_state: z.string(),
  total_amount: trytonDecimal,
  write_date: trytonInstant,
  'currency.': z.object({ code: currencySchema }),
  'shipments.': related,
  'invoices.': related,
});
type SaleBody = z.infer<typeof bodySchema>;

/** `sale.sale`: where the order stands in Tryton. */
export const saleMapping: InboundMapping = {
  subject: saleSubject,
  map(message): readonly CanonicalEvent[] {
    const sale = parseWith(bodySchema, message.body);
    const ref = { connection: message.connection, type: 'sale.sale', id: String(sale.id) };
    return [
      {
        type: 'erp-order.observed',
        subject: { entity: 'order', ref, founds: false },
        version: { at: toMilliseconds(sale.write_date), hash: message.bodyHash },
        data: { ref, number: sale.number, status: status(sale), blocks: blocks(sale), total: total(sale) },
      },
    ];
  },
};

/** Tryton ends a sale that was taken back in process as `done`: with nothing shipped and nothing invoiced it is cancelled. */
function status(sale: SaleBody): ErpOrder['status'] {
  const children = [...sale['shipments.'], ...sale['invoices.']];
  const isTakenBack =
    sale.state === 'done' && children.length > 0 && children.every(({ state }) => state === 'cancelled');
  return isTakenBack ? 'cancelled' : sale.state;
}

function blocks(sale: SaleBody): ErpOrder['blocks'] {
  if (status(sale) === 'cancelled') return [];
  return [
    ...(sale.shipment_state === 'exception'
      ? [{ kind: 'stock' as const, detail: 'a shipment was cancelled in Tryton' }]
      : []),
    ...(sale.invoice_state === 'exception'
      ? [{ kind: 'other' as const, detail: 'an invoice was cancelled in Tryton' }]
      : []),
  ];
}

function total(sale: SaleBody): ErpOrder['total'] {
  try {
    return moneyFromDecimal('presentment', sale['currency.'].code, sale.total_amount);
  } catch (error) {
    throw unmappable('total_amount', error instanceof Error ? error.message : 'no amount');
  }
}
