import type { LaneStep } from '#journal/lane-step.ts';
import type { VirtualStore } from '../virtual-store.ts';
import { freeHolds } from './conflict-keys.ts';

/** What a step leaves behind besides its hot rows, in the order in which the database does it. */
export function storeExtras(store: VirtualStore, { entity, extras }: LaneStep): void {
  for (const link of extras.links ?? []) store.addLink(link.connection, link.type, link.external_id, entity);
  for (const { name, at, source } of extras.timers ?? []) {
    const key = `${entity} ${name}`;
    if (at === null) store.timers.delete(key);
    else store.timers.set(key, { entity, name, atMs: Date.parse(at), source });
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
  for (const { topic, urgent = false } of extras.waits ?? [])
    store.addWait({ topic, entity, parkedId: 0, isUrgent: urgent });
  for (const { number } of extras.release ?? []) freeHolds(store, entity, number);
}
