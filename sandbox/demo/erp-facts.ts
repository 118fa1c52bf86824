import type { Effect } from '#connector-testkit/effect-journal.ts';

/** One sale as the ERP's journal tells it. */
export type ErpSale = {
  readonly id: number;
  /** As it was when the warehouse got it; before that, as it was made. */
  total: string;
  /** When the warehouse got it. Milliseconds since the epoch. */
  processedAtMs: number | null;
  /** Taken back or deleted. */
  isGone: boolean;
  shipments: number;
  shippedPieces: number;
};

type Data = {
  readonly sale: number;
  readonly total?: { readonly decimal: string };
  readonly lines?: readonly { readonly quantity: number }[];
};

/** The sales under each reference, oldest first. */
export function erpSales(effects: readonly Effect[]): ReadonlyMap<string, readonly ErpSale[]> {
  const byReference = new Map<string, ErpSale[]>();
  const byId = new Map<number, ErpSale>();
  for (const { type, key, data, at } of effects) {
    const { sale: id, total, lines } = data as Data;
    if (type === 'sale.created') {
      const sale = {
        id,
        total: total?.decimal ?? '',
        processedAtMs: null,
        isGone: false,
        shipments: 0,
        shippedPieces: 0,
      };
      byId.set(id, sale);
      byReference.set(key, [...(byReference.get(key) ?? []), sale]);
    }
    const sale = byId.get(id);
    if (sale === undefined) continue;
    if (type === 'sale.processed') {
      sale.processedAtMs = Date.parse(at);
      sale.total = total?.decimal ?? sale.total;
    }
    if (type === 'sale.cancelled' || type === 'sale.deleted') sale.isGone = true;
    if (type === 'shipment.done') {
      sale.shipments += 1;
      sale.shippedPieces += (lines ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
    }
  }
  return byReference;
}
