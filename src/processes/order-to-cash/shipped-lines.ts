import type { Decimal } from '#canonical/decimal.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import { goodsOfLine, type LineStructure } from './line-structure.ts';
import { isPositive, larger, minus, plus, smaller, zero } from './quantity.ts';

type ShipmentLine = Shipment['lines'][number];

/** Shipments whose lines all name an order line, and what could not be placed. */
export type PlacedShipments = {
  readonly byKey: ReadonlyMap<string, Shipment>;
  /** Key of the shipment and SKU of each line that matches none of the order's. */
  readonly unplaced: readonly string[];
};

/**
 * Gives every line of every shipment the order line it belongs to. Where the shipping system knows only a SKU, its quantity
 * fills the order's lines of that SKU one after the other; what is beyond them goes to the last. Lines that name an order
 * line are placed first, so that the outcome does not depend on which shipment was heard of first.
 */
export function placeShipments(
  shipments: readonly (readonly [string, Shipment])[],
  structure: LineStructure,
): PlacedShipments {
  const room = new Map(structure.goods.map(({ id, ordered, current }) => [id, larger(ordered, current)]));
  const unplaced: string[] = [];
  const byKey = new Map<string, Shipment>();
  const take = (id: string, quantity: Decimal): void => {
    room.set(id, minus(room.get(id) ?? zero, quantity));
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
      const filled = fill(line, structure, room);
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
  room: ReadonlyMap<string, Decimal>,
): readonly (readonly [string, Decimal])[] {
  const candidates = goods.filter(({ sku }) => sku !== null && sku === line.sku);
  const parts: [string, Decimal][] = [];
  let left = line.quantity;
  candidates.forEach(({ id }, index) => {
    const isLast = index === candidates.length - 1;
    const free = room.get(id) ?? zero;
    const quantity = isLast ? left : smaller(left, free);
    if (!isPositive(quantity)) return;
    parts.push([id, quantity]);
    left = minus(left, quantity);
  });
  return parts;
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
