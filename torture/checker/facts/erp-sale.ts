import type { Effect } from '../evidence/records.ts';

export type Shipment = {
  readonly id: string;
  /** What a fulfilment of it may be marked with: tracking numbers, its own number, its id. */
  readonly marks: readonly string[];
  readonly seq: number;
  readonly atMs: number;
  readonly pieces: number;
};

/** One sale as the ERP's journal tells it. Totals are exact decimals. */
export type ErpSale = {
  readonly id: number;
  readonly reference: string;
  readonly currency: string | null;
  readonly seq: number;
  readonly createdAtMs: number;
  /** As it was when the warehouse got it; before that, as it was made. */
  total: string;
  /** Changed after the warehouse had it. */
  isAmended: boolean;
  processedAtMs: number | null;
  processedTimes: number;
  /** Taken back or deleted. */
  goneAtMs: number | null;
  readonly shipments: Shipment[];
  /** Steps that cannot follow on those before, in words. */
  readonly illegal: string[];
};

type Data = {
  readonly sale: number;
  readonly shipment?: number;
  readonly number?: string | null;
  readonly tracking?: readonly string[];
  readonly currency?: string | null;
  readonly total?: { readonly decimal: string };
  readonly lines?: readonly { readonly quantity: number }[];
};

/** The sales under each reference, oldest first. */
export function erpSales(effects: readonly Effect[]): ReadonlyMap<string, readonly ErpSale[]> {
  const byReference = new Map<string, ErpSale[]>();
  const byId = new Map<number, ErpSale>();
  for (const { seq, type, key, data, at } of effects) {
    if (!type.startsWith('sale.') && !type.startsWith('shipment.')) continue;
    const fields = data as Data;
    const atMs = Date.parse(at);
    if (type === 'sale.created') {
      const sale: ErpSale = {
        id: fields.sale,
        reference: key,
        currency: fields.currency ?? null,
        seq,
        createdAtMs: atMs,
        total: fields.total?.decimal ?? '',
        isAmended: false,
        processedAtMs: null,
        processedTimes: 0,
        goneAtMs: null,
        shipments: [],
        illegal: [],
      };
      byId.set(sale.id, sale);
      byReference.set(key, [...(byReference.get(key) ?? []), sale]);
      continue;
    }
    const sale = byId.get(fields.sale);
    if (sale !== undefined) step(sale, type, { seq, atMs, fields });
  }
  return byReference;
}

function step(
  sale: ErpSale,
  type: string,
  { seq, atMs, fields }: { readonly seq: number; readonly atMs: number; readonly fields: Data },
): void {
  const isGone = sale.goneAtMs !== null;
  switch (type) {
    case 'sale.processed':
      if (isGone) sale.illegal.push(`sale ${sale.id} was processed after it was taken back`);
      sale.processedTimes += 1;
      if (sale.processedTimes > 1)
        sale.illegal.push(`sale ${sale.id} was processed ${sale.processedTimes} times`);
      sale.processedAtMs ??= atMs;
      sale.total = fields.total?.decimal ?? sale.total;
      return;
    case 'sale.amended':
      if (isGone) sale.illegal.push(`sale ${sale.id} was amended after it was taken back`);
      sale.isAmended = true;
      sale.total = fields.total?.decimal ?? sale.total;
      return;
    case 'sale.cancelled':
    case 'sale.deleted':
      // A deletion is a cancellation first.
      sale.goneAtMs ??= atMs;
      return;
    case 'shipment.done':
      if (isGone) sale.illegal.push(`goods left for sale ${sale.id} after it was taken back`);
      if (sale.processedAtMs === null)
        sale.illegal.push(`goods left for sale ${sale.id} before it was processed`);
      sale.shipments.push({
        id: String(fields.shipment),
        marks: [(fields.tracking ?? []).join('+'), fields.number ?? '', String(fields.shipment)].filter(
          (mark) => mark !== '',
        ),
        seq,
        atMs,
        pieces: (fields.lines ?? []).reduce((sum, { quantity }) => sum + quantity, 0),
      });
  }
}

export const liveSales = (sales: readonly ErpSale[] | undefined): readonly ErpSale[] =>
  (sales ?? []).filter(({ goneAtMs }) => goneAtMs === null);
export const isProcessed = ({ processedAtMs }: ErpSale): boolean => processedAtMs !== null;
