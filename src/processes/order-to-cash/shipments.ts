import type { Decimal } from '#canonical/decimal.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import { goodsOfLine, type LineStructure } from './line-structure.ts';
import { sortedFacts } from './observations.ts';
import { plain, plus, zero } from './quantity.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';

/** The order's shipments, told apart by who knows them first-hand. */
export type ShipmentBook = {
  /** From the ERP (or, without an ERP, from whoever ships): these are told to the storefront. */
  readonly outside: readonly (readonly [key: string, shipment: Shipment])[];
  /** Made at the storefront itself, and not the echo of one of those. */
  readonly own: readonly (readonly [key: string, shipment: Shipment])[];
  /** Keys of the storefront's records by key of the outside shipment that they are the echo of; one for each location. */
  readonly echoes: ReadonlyMap<string, readonly string[]>;
};

/**
 * Finds the storefront's echo of each shipment it was told of: by the record that the command returned, by the mark that it was
 * told with, or (for one whose command has named no record: not answered yet, or refused and then keyed in or sent again) by the
 * same goods. A function of what is known alone, hence the same in any order of arrival.
 */
export function shipmentBook(state: OrderState, rules: OrderRules, structure: LineStructure): ShipmentBook {
  const source = state.source?.connection;
  const all = sortedFacts(state.shipments);
  const outside = all.filter(
    ([, { ref }]) => ref.connection !== source && (rules.erp === null || ref.connection === rules.erp),
  );
  const free = new Map(all.filter(([, { ref }]) => ref.connection === source));
  const echoes = new Map<string, readonly string[]>();
  const take = (key: string, found: readonly (readonly [string, Shipment])[]): void => {
    if (found.length === 0) return;
    echoes.set(key, [...(echoes.get(key) ?? []), ...found.map(([echo]) => echo)]);
    for (const [echo] of found) free.delete(echo);
  };

  for (const [key, shipment] of outside) {
    const marks = marksOf(shipment);
    take(
      key,
      [...free].filter(([, { ref, packages }]) => {
        if (state.told[key]?.ref?.id === ref.id) return true;
        return packages.some(({ trackingNumber }) => trackingNumber !== null && marks.has(trackingNumber));
      }),
    );
  }
  for (const [key, shipment] of outside) {
    if (echoes.has(key) || state.told[key]?.ref !== null) continue;
    const goods = goodsOf(shipment, structure);
    take(key, [...free].filter(([, candidate]) => goodsOf(candidate, structure) === goods).slice(0, 1));
  }
  return { outside, own: [...free], echoes };
}

/** Every shipment that stands for goods of its own: an echo is not counted a second time. */
export function countedShipments({ outside, own }: ShipmentBook): readonly (readonly [string, Shipment])[] {
  return [...outside, ...own];
}

/** What the storefront shows as tracking numbers of a shipment that it was told of: its own number where it has none. */
function marksOf({ packages, number, id }: Shipment): ReadonlySet<string> {
  const numbers = packages.flatMap(({ trackingNumber }) => trackingNumber ?? []);
  return new Set(numbers.length > 0 ? numbers : [number ?? id]);
}

/**
 * Quantities by the storefront's SKU: the ERP may number its items in its own way, only one of the two may know the order's line
 * ids, and each deals the pieces out to lines as it does.
 */
function goodsOf(shipment: Shipment, structure: LineStructure): string {
  const sums = new Map<string, Decimal>();
  for (const { sku, lineId, quantity } of shipment.lines) {
    const parts = lineId === null ? [] : goodsOfLine(structure, lineId, quantity);
    for (const [id, part] of parts.length > 0 ? parts : [[null, quantity] as const]) {
      const key = (id === null ? sku : structure.byId.get(id)?.sku) ?? id ?? lineId ?? '';
      sums.set(key, plus(sums.get(key) ?? zero, part));
    }
  }
  return [...sums]
    .map(([key, quantity]) => `${key} x ${plain(quantity)}`)
    .toSorted()
    .join();
}
