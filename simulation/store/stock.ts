import type { LaneStep } from '#journal/lane-step.ts';
import type { VirtualStore } from '../virtual-store.ts';

type Delta = { readonly entity: string; readonly key: string; readonly delta: number };
type Shortage = { readonly sku: string; readonly location: string; readonly quantity: string };

/**
 * Books the demands of a batch of steps: the difference to what each had reserved, all of them at once. Who raised its demand on a
 * position whose supply is known and too small is told; of several that raise it at once, those that still fit are not.
 */
export function reserve(store: VirtualStore, steps: readonly LaneStep[]): void {
  const deltas: Delta[] = [];
  for (const { entity, extras } of steps) {
    const demand = extras.reservations?.[0]?.demand;
    if (demand !== undefined) deltas.push(...book(store, entity, demand));
  }
  if (deltas.length === 0) return;
  const short = new Map<string, Shortage[]>();
  for (const [key, group] of Map.groupBy(deltas, (delta) => delta.key))
    for (const { entity, shortage } of overbooked(store, key, group))
      short.set(entity, [...(short.get(entity) ?? []), shortage]);
  for (const [entity, shortages] of short) {
    store.world.met('stock was short');
    if (store.world.is('short-untold') && deltas.length > 1) short.delete(entity);
    else store.tell(entity, 'reservation', { short: shortages });
  }
  checkTold(store, deltas, short);
}

type Demand = readonly { readonly sku: string; readonly location: string; readonly quantity: string }[];

function book(store: VirtualStore, entity: string, demand: Demand): readonly Delta[] {
  if (demand.length === 0 && store.world.is('reservation-kept')) return [];
  const before = store.reservations.get(entity) ?? new Map<string, number>();
  const wanted = new Map<string, number>();
  for (const { sku, location, quantity } of demand) {
    const key = `${sku} ${location}`;
    wanted.set(key, (wanted.get(key) ?? 0) + Number(quantity));
  }
  const deltas = [...new Set([...before.keys(), ...wanted.keys()])].sort().flatMap((key) => {
    const had = store.world.is('reservation-booked-anew') ? 0 : (before.get(key) ?? 0);
    const delta = (wanted.get(key) ?? 0) - had;
    return delta === 0 ? [] : [{ entity, key, delta }];
  });
  for (const { key, delta } of deltas) {
    const position = store.positions.get(key);
    if (position === undefined) store.positions.set(key, { supply: null, reserved: delta });
    else {
      if (isOver(position) && delta < 0 && position.reserved + delta <= (position.supply ?? 0))
        store.world.met('stock that was short was set free');
      position.reserved += delta;
    }
    store.touchedPositions.add(key);
  }
  store.reservations.set(entity, wanted);
  return deltas;
}

const isOver = ({
  supply,
  reserved,
}: {
  readonly supply: number | null;
  readonly reserved: number;
}): boolean => supply !== null && reserved > supply;

/** Who went beyond the supply, the largest raises last. */
function overbooked(
  store: VirtualStore,
  key: string,
  deltas: readonly Delta[],
): readonly { readonly entity: string; readonly shortage: Shortage }[] {
  const position = store.positions.get(key);
  if (position === undefined || position.supply === null) return [];
  const { supply } = position;
  let booked = position.reserved - deltas.reduce((sum, { delta }) => sum + delta, 0);
  const raised = deltas.toSorted((a, b) => a.delta - b.delta || (a.entity < b.entity ? -1 : 1));
  const told = raised.flatMap(({ entity, delta }) => {
    booked += delta;
    if (delta <= 0 || booked <= supply) return [];
    const [sku = '', location = ''] = key.split(' ');
    return [{ entity, shortage: { sku, location, quantity: String(booked - supply) } }];
  });
  const raisers = deltas.filter(({ delta }) => delta > 0).length;
  if (raisers > 1 && told.length > 0 && told.length < raisers)
    store.world.met('lanes contended for the last pieces');
  return told;
}

/** Counted anew from the reservations themselves: whoever makes a position exceed its supply hears of it, and nobody else. */
function checkTold(
  store: VirtualStore,
  deltas: readonly Delta[],
  short: ReadonlyMap<string, readonly Shortage[]>,
): void {
  for (const key of new Set(deltas.map((delta) => delta.key))) {
    const supply = store.positions.get(key)?.supply ?? null;
    if (supply === null) continue;
    const reserved = reservedOf(store, key);
    const raisers = deltas.filter((one) => one.key === key && one.delta > 0).map(({ entity }) => entity);
    const told = raisers.filter((entity) =>
      short.get(entity)?.some(({ sku, location }) => `${sku} ${location}` === key),
    );
    if (reserved <= supply && told.length > 0)
      store.world.violated('who fits is not told that stock is short', `${key}: ${told.join(', ')}`);
    if (reserved > supply && raisers.length > 0 && told.length === 0)
      store.world.violated('who exceeds the supply is told', `${key}: ${raisers.join(', ')}`);
  }
}

/** What all have reserved of one position. */
export function reservedOf(store: VirtualStore, key: string): number {
  let sum = 0;
  for (const wanted of store.reservations.values()) sum += wanted.get(key) ?? 0;
  return sum;
}
