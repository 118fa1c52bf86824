import type { Decimal } from '#canonical/decimal.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import { goodsOfLine, type LineStructure } from './line-structure.ts';
import { isPositive, larger, minus, plus, smaller, zero } from './quantity.ts';

type ShipmentLine = Shipment['lines'][number];

/** What an order's lines still take, by line. */
type Room = Map<string, Decimal>;

/** Shipments whose lines all name an order line, and what could not be placed. */
export type PlacedShipments = {
  readonly byKey: ReadonlyMap<string, Shipment>;
  /** Key of the shipment and SKU of each line that matches none of the order's. */
  readonly unplaced: readonly string[];
};

/**
 * Gives every line of every shipment the order line it belongs to. Where the shipping system knows only a SKU, its quantity
 * fills the order's lines of that SKU one after the other: what is still wanted of them, then what an edit took away, since the
 * shipper may not have heard of it; what is beyond them goes to the last. Lines that name an order line are placed first, so that
 * the outcome does not depend on which shipment was heard of first.
 */
export function placeShipments(
  shipments: readonly (readonly [string, Shipment])[],
  structure: LineStructure,
): PlacedShipments {
  const rooms: readonly Room[] = [
    new Map(structure.goods.map(({ id, current }) => [id, current])),
    new Map(structure.goods.map(({ id, ordered, current }) => [id, larger(ordered, current)])),
  ];
  const unplaced: string[] = [];
  const byKey = new Map<string, Shipment>();
  const take = (id: string, quantity: Decimal): void => {
    for (const room of rooms) room.set(id, minus(room.get(id) ?? zero, quantity));
  };

  const named = new Map<string, readonly (ShipmentLine | readonly ShipmentLine[])[]>();
  for (const [key, shipment] of shipments) {
    const counts = shipment.status !== 'cancelled';
    named.set(
      key,
      shipment.lines.map((line) => {
        if (line.lineId === null || !structure.byId.has(line.lineId)) return line;
        const parts = goodsOfLine(structure, line.lineId, line.quantity);
        if (counts) for (const [id, quantity] of parts) take(id, quantity);
        return split(line, parts);
      }),
    );
  }
  for (const [key, shipment] of shipments) {
    const parts = (named.get(key) ?? []).map((line) => {
      if (isPlaced(line)) return line;
      const filled = fill(line, structure, rooms);
      if (filled.length === 0) unplaced.push(`${key}: ${line.sku ?? line.lineId ?? 'no SKU'}`);
      if (shipment.status !== 'cancelled') for (const [id, quantity] of filled) take(id, quantity);
      return split(line, filled);
    });
    byKey.set(key, withLines(shipment, parts));
  }
  return { byKey, unplaced };
}

const isPlaced = (line: ShipmentLine | readonly ShipmentLine[]): line is readonly ShipmentLine[] =>
  Array.isArray(line);

function fill(
  line: ShipmentLine,
  { goods }: LineStructure,
  rooms: readonly Room[],
): readonly (readonly [string, Decimal])[] {
  const candidates = goods.filter(({ sku }) => sku !== null && sku === line.sku).map(({ id }) => id);
  const last = candidates.at(-1);
  if (last === undefined) return [];
  const parts = new Map<string, Decimal>();
  let left = line.quantity;
  const put = (id: string, quantity: Decimal): void => {
    if (!isPositive(quantity)) return;
    parts.set(id, plus(parts.get(id) ?? zero, quantity));
    left = minus(left, quantity);
  };
  for (const room of rooms)
    for (const id of candidates) put(id, smaller(left, minus(room.get(id) ?? zero, parts.get(id) ?? zero)));
  put(last, left);
  return [...parts];
}

/** Serial numbers stay together on the first part. */
function split(line: ShipmentLine, parts: readonly (readonly [string, Decimal])[]): readonly ShipmentLine[] {
  return parts.map(([lineId, quantity], index) => ({
    ...line,
    lineId,
    quantity,
    serialNumbers: index === 0 ? line.serialNumbers : [],
  }));
}

/** What a package contains names lines by their place, which holds only while each line stays one. */
function withLines(shipment: Shipment, parts: readonly (readonly ShipmentLine[])[]): Shipment {
  const lines = parts.flat();
  if (parts.every(({ length }) => length === 1)) return { ...shipment, lines };
  return { ...shipment, lines, packages: shipment.packages.map(({ contents: _contents, ...rest }) => rest) };
}

/** Quantity by order line and state over all shipments that count. */
export function movedQuantities(
  placed: PlacedShipments,
): ReadonlyMap<string, ReadonlyMap<Shipment['status'], Decimal>> {
  const moved = new Map<string, Map<Shipment['status'], Decimal>>();
  for (const { status, lines } of placed.byKey.values()) {
    if (status === 'cancelled') continue;
    for (const { lineId, quantity } of lines) {
      if (lineId === null) continue;
      const states = moved.get(lineId) ?? new Map<Shipment['status'], Decimal>();
      states.set(status, plus(states.get(status) ?? zero, quantity));
      moved.set(lineId, states);
    }
  }
  return moved;
}
