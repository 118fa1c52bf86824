import type { LaneStep } from '#journal/lane-step.ts';
import type { VirtualStore } from '../virtual-store.ts';

/** What a step leaves behind besides its hot rows, in the order in which the database does it. */
export function storeExtras(store: VirtualStore, { entity, extras }: LaneStep): void {
  for (const link of extras.links ?? []) store.addLink(link.connection, link.type, link.external_id, entity);
  for (const { name, at } of extras.timers ?? []) {
    const key = `${entity} ${name}`;
    if (at === null) store.timers.delete(key);
    else store.timers.set(key, { entity, name, atMs: Date.parse(at) });
  }
  for (const { kind, key } of extras.close ?? []) {
    const row = store.findParked(entity, kind, key);
    if (row !== undefined) store.closeParked(row);
  }
  for (const opened of extras.open ?? []) {
    const { kind, key, connection, cause, detail } = opened;
    const { parkedId } = store.openParked({ kind, entity, key, connection, cause, detail });
    if (kind === 'command') store.stoodStill.add(`${entity} ${key}`);
    store.world.note(`  parked ${entity} ${kind} ${key}: ${cause}: ${detail}`);
    for (const topic of opened.topics) store.addWait({ topic, entity, parkedId });
  }
  for (const { topic } of extras.waits ?? []) store.addWait({ topic, entity, parkedId: 0 });
  for (const { number } of extras.release ?? []) freeHolds(store, entity, number);
  const demand = extras.reservations?.[0]?.demand;
  if (demand !== undefined) reserve(store, entity, demand);
}

export function freeHolds(store: VirtualStore, entity: string, number: number): void {
  for (const [key, hold] of store.holds)
    if (hold.entity === entity && hold.number === number) store.holds.delete(key);
}

type Demand = readonly { readonly sku: string; readonly location: string; readonly quantity: string }[];

/** Books the difference to what was reserved; an entity that raised its demand beyond a known supply is told. */
function reserve(store: VirtualStore, entity: string, demand: Demand): void {
  const before = store.reservations.get(entity) ?? new Map<string, number>();
  const wanted = new Map<string, number>();
  for (const { sku, location, quantity } of demand) {
    const key = `${sku} ${location}`;
    wanted.set(key, (wanted.get(key) ?? 0) + Number(quantity));
  }
  const short: { sku: string; location: string; quantity: string }[] = [];
  for (const key of [...new Set([...before.keys(), ...wanted.keys()])].sort()) {
    const delta = (wanted.get(key) ?? 0) - (before.get(key) ?? 0);
    if (delta === 0) continue;
    let position = store.positions.get(key);
    if (position === undefined) store.positions.set(key, (position = { supply: null, reserved: 0 }));
    position.reserved += delta;
    const [sku = '', location = ''] = key.split(' ');
    if (delta > 0 && position.supply !== null && position.reserved > position.supply)
      short.push({ sku, location, quantity: String(position.reserved - position.supply) });
  }
  store.reservations.set(entity, wanted);
  if (short.length === 0) return;
  store.world.met('stock was short');
  store.tell(entity, 'reservation', { short });
}
