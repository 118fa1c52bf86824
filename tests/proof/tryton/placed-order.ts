import type { Case, Fate } from './orders.ts';

/** An order of the proof as the shop took it. */
export type PlacedOrder = Case & {
  readonly id: string;
  /** The shop's number, e.g. `#1001`. */
  readonly number: string;
  /** Our id of it, which Tryton keeps as the sale's reference and the CRM as the external id. */
  readonly reference: string;
  /** What the buyer owes at first, as a decimal, in the buyer's currency. */
  readonly total: string;
  readonly currency: string;
  /** Tracking numbers under which it leaves, one a shipment. */
  readonly tracking: readonly string[];
  /** Its first webhook. */
  readonly body: string;
};

/** In how many shipments an order leaves. */
export const shipmentsOf = (fate: Fate): number => ({ ships: 1, 'ships-in-two': 2 })[fate as string] ?? 0;

export const isShipped = ({ fate }: PlacedOrder): boolean => shipmentsOf(fate) > 0;
export const isCancelled = ({ fate }: PlacedOrder): boolean =>
  fate === 'cancelled-before' || fate === 'cancelled-after';
/** Whether Tryton is to have a sale for it. */
export const isInErp = ({ fate }: PlacedOrder): boolean => fate !== 'cancelled-before';

/** Pieces of goods by SKU, e.g. `NW-CAP-NVY: 3`, sorted. */
export function pieces(lines: Iterable<readonly [sku: string, quantity: number]>): readonly string[] {
  const sums = new Map<string, number>();
  for (const [sku, quantity] of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return [...sums].map(([sku, quantity]) => `${sku}: ${quantity}`).toSorted();
}

/** What an order's goods come to; gift cards and the like have no SKU here. */
export const orderedPieces = ({ input }: PlacedOrder): readonly string[] =>
  pieces(
    input.lines.flatMap(({ sku, quantity = 1 }) =>
      sku === undefined || sku === null ? [] : [[sku, quantity] as const],
    ),
  );
