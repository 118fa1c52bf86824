import type { Decimal } from '#canonical/decimal.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
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
  /** Key of the storefront's record by key of the outside shipment that it is the echo of. */
  readonly echoes: ReadonlyMap<string, string>;
};

/**
 * Finds the storefront's echo of each shipment it was told of: by the record that the command returned, by a shared tracking
 * number, or (for one whose command has named no record: not answered yet, or refused and then keyed in or sent again) by the
 * same quantities. A function of what is known alone, hence the same in any order of arrival.
 */
export function shipmentBook(state: OrderState, rules: OrderRules): ShipmentBook {
  const source = state.source?.connection;
  const all = sortedFacts(state.shipments);
  const outside = all.filter(
    ([, { ref }]) => ref.connection !== source && (rules.erp === null || ref.connection === rules.erp),
  );
  const free = new Map(all.filter(([, { ref }]) => ref.connection === source));
  const echoes = new Map<string, string>();

  const match = (isEcho: (key: string, shipment: Shipment, candidate: Shipment) => boolean): void => {
    for (const [key, shipment] of outside) {
      if (echoes.has(key)) continue;
      const found = [...free].find(([, candidate]) => isEcho(key, shipment, candidate));
      if (found === undefined) continue;
      echoes.set(key, found[0]);
      free.delete(found[0]);
    }
  };
  match((key, _, candidate) => state.told[key]?.ref?.id === candidate.ref.id);
  match((_, shipment, candidate) => sharesTracking(shipment, candidate));
  match(
    (key, shipment, candidate) => state.told[key]?.ref === null && goodsOf(shipment) === goodsOf(candidate),
  );
  return { outside, own: [...free], echoes };
}

/** Every shipment that stands for goods of its own: an echo is not counted a second time. */
export function countedShipments({ outside, own }: ShipmentBook): readonly (readonly [string, Shipment])[] {
  return [...outside, ...own];
}

function sharesTracking(a: Shipment, b: Shipment): boolean {
  const numbers = new Set(a.packages.map(({ trackingNumber }) => trackingNumber));
  return b.packages.some(({ trackingNumber }) => trackingNumber !== null && numbers.has(trackingNumber));
}

/** Quantities by SKU, since only one of the two may know the order's line ids, and deal the pieces out to lines as it does. */
function goodsOf(shipment: Shipment): string {
  const sums = new Map<string, Decimal>();
  for (const { sku, lineId, quantity } of shipment.lines) {
    const key = sku ?? lineId ?? '';
    sums.set(key, plus(sums.get(key) ?? zero, quantity));
  }
  return [...sums]
    .map(([key, quantity]) => `${key} x ${plain(quantity)}`)
    .toSorted()
    .join();
}
