import type { Json, JsonObject } from '#canonical/json.ts';
import { changedRecords } from './changed-records.ts';

const list = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as JsonObject[]) : [];

/** Sales that are ours: state, number and total, with the states of what came of them. */
export const salePoller = changedRecords({
  model: 'sale.sale',
  domain: ({ referencePrefix }) =>
    referencePrefix === ''
      ? []
      : [['reference', 'like', `${referencePrefix.replaceAll(/[\\%_]/g, '\\$&')}%`]],
  fields: () => [
    'number',
    'reference',
    'state',
    'shipment_state',
    'invoice_state',
    'total_amount',
    'currency.code',
    'shipments.state',
    'invoices.state',
  ],
  sales: (row) => [{ id: row['id'] ?? null, reference: row['reference'] ?? null }],
});

/** Customer shipments with their moves, each with the note of the sale line it came of. */
export const shipmentPoller = changedRecords({
  model: 'stock.shipment.out',
  domain: () => [],
  fields: ({ tracking }) => [
    'number',
    'state',
    'reference',
    'effective_date',
    'warehouse',
    'outgoing_moves.quantity',
    'outgoing_moves.state',
    'outgoing_moves.product.code',
    'outgoing_moves.sale.reference',
    'outgoing_moves.origin.note',
    ...(tracking === 'packages'
      ? [
          'packages.code',
          'packages.shipping_reference',
          'packages.shipping_tracking_url',
          'carrier.party.name',
        ]
      : []),
  ],
  sales: (row) => {
    const sales = list(row['outgoing_moves.']).flatMap((move) =>
      move['sale.'] ? [move['sale.'] as JsonObject] : [],
    );
    return [...new Map(sales.map((sale) => [sale['id'], sale])).values()];
  },
  settings: ({ tracking }) => ({ tracking }),
});

/** Customer invoices that came of sales. */
export const invoicePoller = changedRecords({
  model: 'account.invoice',
  domain: () => [['type', '=', 'out']],
  fields: () => [
    'number',
    'state',
    'invoice_date',
    'untaxed_amount',
    'tax_amount',
    'total_amount',
    'currency.code',
    'sales.reference',
    'lines_to_pay.maturity_date',
  ],
  sales: (row) => list(row['sales.']),
});
