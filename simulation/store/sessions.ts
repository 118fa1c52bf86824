import type { ClaimedLane, InboxEvent, StoredCommand } from '#journal/lane-store.ts';
import type { Json } from '#canonical/json.ts';
import { countedWork, type VirtualStore } from '../virtual-store.ts';

export const tenant = 'acme';
const noBody = Buffer.alloc(0);
const instant = (ms: number): string => new Date(ms).toISOString();
const copied = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json;

export function openSession(store: VirtualStore, leaseMs: number): number {
  const id = store.nextNumber();
  store.sessions.set(id, { leaseUntilMs: store.nowMs + leaseMs });
  return id;
}

export function renewSession(store: VirtualStore, id: number, leaseMs: number): boolean {
  const session = store.sessions.get(id);
  if (session === undefined || session.leaseUntilMs <= store.nowMs) return false;
  session.leaseUntilMs = store.nowMs + leaseMs;
  return true;
}

/**
 * Frees the lanes of sessions whose lease ran out, and of `ending`, which ends by itself; their permits come back when their calls
 * can have no effect any more.
 */
export function reapSessions(store: VirtualStore, ending: number | null = null): number {
  let reaped = 0;
  for (const [id, session] of store.sessions) {
    if (session.leaseUntilMs >= store.nowMs && id !== ending) continue;
    store.sessions.delete(id);
    reaped += 1;
    const untilMs = new Map<string, number>();
    for (const [entity, lane] of store.lanes) {
      if (lane.owner !== id) continue;
      noticeHolds(store, entity);
      for (const command of store.commands.get(entity)?.values() ?? []) {
        if (command.state === 'pending') continue;
        const overMs = (command.attemptDeadlineMs ?? 0) + command.settleMs;
        untilMs.set(command.connection, Math.max(untilMs.get(command.connection) ?? 0, overMs));
      }
      Object.assign(lane, { owner: null, lastOwner: id, dueMs: store.nowMs });
    }
    for (const [key, lease] of store.leases) {
      const [connection, owner] = key.split(' ');
      if (owner === String(id)) lease.untilMs = untilMs.get(connection ?? '') ?? store.nowMs;
    }
    store.world.note(`session ${id} reaped`);
  }
  return reaped;
}

/** A dead worker's lane keeps its conflict keys: what it had under way may still have its effect. */
function noticeHolds(store: VirtualStore, entity: string): void {
  for (const [key, hold] of store.holds) {
    if (hold.entity !== entity) continue;
    store.world.met('a holder of a conflict key died');
    if (store.world.is('keys-of-the-dead')) store.holds.delete(key);
  }
}

/** Takes up to `room` free lanes that are due. Null when the session is over. */
export function claimLanes(store: VirtualStore, session: number, room: number): ClaimedLane[] | null {
  const alive = store.sessions.get(session);
  if (alive === undefined || alive.leaseUntilMs <= store.nowMs) return null;
  const due = [...store.lanes]
    .filter(([, lane]) => lane.owner === null && lane.dueMs <= store.nowMs)
    .sort(([, a], [, b]) => a.dueMs - b.dueMs)
    .slice(0, room);
  return due.map(([entity, lane]) => {
    if (lane.lastOwner !== null && lane.lastOwner !== session)
      store.world.met('two workers raced for a lane');
    // A lane that was gone and came again must not begin to count anew: what was sent for the former one would pass its fence.
    const claim = store.world.is('claims-count-anew') ? lane.claim + 1 : store.nextClaim();
    Object.assign(lane, { owner: session, claim, steps: 0 });
    const token = `${entity} ${session} ${claim}`;
    if (store.fences.has(token)) store.world.violated('no claim is given twice', token);
    store.fences.add(token);
    const instance = store.instances.get(entity);
    return {
      tenant,
      entity,
      claim: lane.claim,
      todo: lane.todo,
      instance: instance === undefined ? null : { ...instance, state: copied(instance.state) },
    };
  });
}

/** Gives back the lanes that a session owns beyond those that its worker holds. */
export function disownLanes(store: VirtualStore, session: number, held: ReadonlySet<string>): number {
  let freed = 0;
  for (const [entity, lane] of store.lanes) {
    if (lane.owner !== session || held.has(entity)) continue;
    Object.assign(lane, { owner: null, lastOwner: session, dueMs: store.nowMs });
    freed += 1;
  }
  return freed;
}

/** The unconsumed events of lanes, at most `each` a lane, oldest first. */
export function loadInbox(store: VirtualStore, entities: readonly string[], each: number): InboxEvent[] {
  return entities.flatMap((entity) =>
    [...(store.inbox.get(entity)?.values() ?? [])].slice(0, each).map((row): InboxEvent => {
      const common = { tenant, entity, eventId: row.eventId, at: instant(row.atMs) };
      const message = row.messageId === null ? undefined : store.messages.get(row.messageId);
      if (message === undefined)
        return { ...common, kind: row.kind as 'deadline' | 'reservation' | 'operator', body: row.body };
      return {
        ...common,
        kind: 'message',
        messageId: message.messageId,
        connection: message.connection,
        topic: message.topic,
        occurredAt: instant(message.occurredAtMs),
        body: noBody,
        bodyHash: message.bodyHash,
      };
    }),
  );
}

/** The unfinished commands of lanes, by number. */
export function loadCommands(store: VirtualStore, entities: readonly string[]): StoredCommand[] {
  return entities.flatMap((entity) =>
    [...(store.commands.get(entity)?.values() ?? [])]
      .sort((a, b) => a.number - b.number)
      .map((row) => ({ ...row, tenant, entity })),
  );
}

/** Recounts a lane whose counter and contents disagree; answers the difference it mended. */
export function repairLane(store: VirtualStore, entity: string): number {
  const lane = store.lanes.get(entity);
  if (lane === undefined) return 0;
  const counted = countedWork(store, entity);
  const mended = counted - lane.todo;
  lane.todo = counted;
  return mended;
}
