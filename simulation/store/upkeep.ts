import type { VirtualStore } from '../virtual-store.ts';

/** Fires due deadlines into their lanes' inboxes. */
export function fireTimers(store: VirtualStore): void {
  for (const [key, timer] of store.timers) {
    if (timer.atMs > store.nowMs) continue;
    store.timers.delete(key);
    store.world.met('a deadline fired');
    store.world.note(`deadline ${timer.name} of ${timer.entity}`);
    store.tell(timer.entity, 'deadline', { name: timer.name, at: new Date(timer.atMs).toISOString() });
  }
}

/** What waited for a crosswalk row or a link that came at the same moment, and so was not woken. */
export function healWaits(store: VirtualStore): void {
  const topics = new Set([...store.waits.values()].map(({ topic }) => topic));
  for (const topic of topics) {
    if (topic.startsWith('crosswalk:') && store.crosswalk.has(topic)) store.wake(topic);
    else if (topic.startsWith('link:') && store.links.has(topic.slice(5))) store.wakeLinked(topic.slice(5));
    else continue;
    store.world.met('a missed wake-up was healed');
  }
}

/** A crosswalk row is confirmed. */
export function addCrosswalkRow(store: VirtualStore, topic: string): void {
  if (store.crosswalk.has(topic)) return;
  store.crosswalk.add(topic);
  store.world.note(`row ${topic}`);
  if ([...store.waits.values()].some((wait) => wait.topic === topic))
    store.world.met('unmappable, and healed by its crosswalk row');
  if (!store.world.fault('database', 0.2, 'wake-up missed')) store.wake(topic);
}

/** Lets the oldest of those that wait for a connection go on. */
export function pullWaiting(store: VirtualStore, topic: string, limit: number): number {
  let pulled = 0;
  const waiting = [...store.waits].filter(([, wait]) => wait.topic === topic && wait.parkedId === 0);
  for (const [key, wait] of waiting.slice(0, limit)) {
    store.waits.delete(key);
    pulled += 1;
    const lane = store.lanes.get(wait.entity);
    if (lane === undefined || lane.owner !== null) continue;
    lane.dueMs = store.nowMs;
    store.world.met('a lane parked by the breaker was pulled');
  }
  return pulled;
}

/** A worker's fair share of the calls that an account takes at once. */
export function balanceLimit(
  store: VirtualStore,
  connection: string,
  session: number,
  ask: { readonly concurrency: number; readonly wanted: number; readonly inUse: number },
): number {
  // A session that was reaped would never give back what it is granted now.
  if (!store.sessions.has(session) && !store.world.is('permits-of-the-dead')) return 0;
  let [others, rivals] = [0, 0];
  const own = `${connection} ${session}`;
  for (const [key, lease] of store.leases) {
    if (!key.startsWith(`${connection} `)) continue;
    if (lease.untilMs !== null && lease.untilMs < store.nowMs) store.leases.delete(key);
    else if (key !== own) {
      others += lease.permits;
      if (lease.wanted > 0 && lease.untilMs === null) rivals += 1;
    }
  }
  const share = Math.ceil(ask.concurrency / (rivals + 1));
  const free = ask.concurrency - others;
  let granted = Math.max(ask.inUse, Math.min(ask.wanted, free, rivals > 0 ? share : ask.concurrency));
  granted = Math.max(ask.inUse, Math.min(granted, Math.max(free, 0)));
  store.leases.set(own, { permits: granted, wanted: ask.wanted, untilMs: null });
  return granted;
}

export function openBreaker(store: VirtualStore, connection: string, probeAfterMs: number): void {
  store.breakers.set(connection, { nextProbeAtMs: store.nowMs + probeAfterMs });
}

/** Takes the turn to probe a dead connection. */
export function takeProbe(store: VirtualStore, connection: string, everyMs: number): boolean {
  const breaker = store.breakers.get(connection);
  if (breaker === undefined || breaker.nextProbeAtMs > store.nowMs) return false;
  breaker.nextProbeAtMs = store.nowMs + everyMs;
  return true;
}
