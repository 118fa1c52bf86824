import type { Decimal } from '#canonical/decimal.ts';
import type { FulfillmentOrder } from '#canonical/fulfillment.ts';
import { isPositive, larger, minus, plus, smaller, zero } from './quantity.ts';

export type FulfillmentMethod = FulfillmentOrder['method'];

/** A place that goods can leave from (or be collected at). `stock` by SKU is what may be promised there; absent: not known, taken for enough. */
export type RoutingLocation = {
  readonly id: string;
  readonly methods: readonly FulfillmentMethod[];
  readonly stock?: { readonly [sku: string]: Decimal };
};

/** Goods to be assigned. `location` is where the source has promised them from; null: it leaves that to us. */
export type RoutingDemand = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: Decimal;
  readonly method: FulfillmentMethod;
  readonly location: string | null;
};

/** `isBackordered`: no place has them; they wait at `location`. */
export type Assignment = {
  readonly lineId: string;
  readonly sku: string;
  readonly location: string;
  readonly method: FulfillmentMethod;
  readonly quantity: Decimal;
  readonly isBackordered: boolean;
};

/**
 * The port: who decides where goods leave from. Pure, so that an order's process may ask on every step: the same demand and the same stock
 * give the same answer. All of the demand is assigned, and nothing twice.
 */
export type RoutingPolicy = (
  demand: readonly RoutingDemand[],
  locations: readonly RoutingLocation[],
  fallback: string,
) => readonly Assignment[];

/** What was promised by the source leaves from there; everything else from the place that all falls back on. Splits nothing. */
const routeAsPromised: RoutingPolicy = (demand, _locations, fallback) =>
  demand
    .filter(({ quantity }) => isPositive(quantity))
    .map(({ location, ...goods }) => ({ ...goods, location: location ?? fallback, isBackordered: false }));

/**
 * A promise of the source holds. Else one place that has the whole order, the first in the retailer's own sequence, so that a buyer gets one
 * parcel; where none has, line by line from the first that has the whole line; then in parts; what nobody has is backordered at the first place
 * that serves the method. Goods that do not ship (digital) are assigned to the place that all falls back on.
 */
const routeByStock: RoutingPolicy = (demand, locations, fallback) => {
  const left = new Map<string, Decimal | null>();
  const key = (location: string, sku: string): string => `${location}\n${sku}`;
  for (const { id, stock } of locations)
    for (const { sku } of demand) left.set(key(id, sku), stock === undefined ? null : (stock[sku] ?? zero));
  const room = (location: string, sku: string, wanted: Decimal): Decimal => {
    const has = left.get(key(location, sku));
    return has === undefined ? zero : has === null ? wanted : larger(zero, smaller(has, wanted));
  };
  const assignments: Assignment[] = [];
  const assign = (goods: RoutingDemand, location: string, quantity: Decimal, isBackordered = false): void => {
    if (!isPositive(quantity)) return;
    const has = left.get(key(location, goods.sku));
    if (has !== undefined && has !== null && !isBackordered)
      left.set(key(location, goods.sku), minus(has, quantity));
    const { lineId, sku, method } = goods;
    assignments.push({ lineId, sku, location, method, quantity, isBackordered });
  };

  const free: RoutingDemand[] = [];
  for (const goods of demand) {
    if (goods.location !== null) assign(goods, goods.location, goods.quantity);
    else if (goods.method === 'digital' || goods.method === 'none') assign(goods, fallback, goods.quantity);
    else if (isPositive(goods.quantity)) free.push(goods);
  }
  const serves = ({ methods }: RoutingLocation, goods: RoutingDemand): boolean =>
    methods.includes(goods.method);
  const whole = locations.find(
    (place) => free.every((goods) => serves(place, goods)) && hasAll(place.id, free),
  );
  for (const goods of free) {
    const places = locations.filter((place) => serves(place, goods));
    const suffices = ({ id }: RoutingLocation): boolean =>
      !isPositive(minus(goods.quantity, room(id, goods.sku, goods.quantity)));
    const one = whole ?? places.find(suffices);
    if (one !== undefined) {
      assign(goods, one.id, goods.quantity);
      continue;
    }
    let waiting = goods.quantity;
    for (const { id } of places) {
      const part = room(id, goods.sku, waiting);
      assign(goods, id, part);
      waiting = minus(waiting, part);
    }
    assign(goods, places[0]?.id ?? fallback, waiting, true);
  }
  return assignments;

  /** Two lines of one item draw on the same shelf. */
  function hasAll(location: string, goods: readonly RoutingDemand[]): boolean {
    const shelf = new Map<string, Decimal>();
    return goods.every(({ sku, quantity }) => {
      const taken = shelf.get(sku) ?? zero;
      const has = left.get(key(location, sku));
      if (has === undefined) return false;
      const wanted = plus(taken, quantity);
      shelf.set(sku, wanted);
      return has === null || !isPositive(minus(wanted, has));
    });
  }
};

/** The policies that a retailer may choose from, by name. */
export const routingPolicies = { promised: routeAsPromised, 'by-stock': routeByStock } as const satisfies {
  readonly [name: string]: RoutingPolicy;
};
