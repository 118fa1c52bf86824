import type { VirtualStore } from '../virtual-store.ts';

const lateByMs = 5_000;

/** Fires due deadlines into their lanes' inboxes; one that has a source waits until that was read past it. */
export function fireTimers(store: VirtualStore): void {
  const { world } = store;
  for (const [key, timer] of store.timers) {
    if (timer.atMs > store.nowMs) continue;
    const isRead = timer.source === null || (store.readToMs.get(timer.source) ?? 0) >= timer.atMs;
    if (!isRead && !world.is('unread-source-believed')) continue;
    store.timers.delete(key);
    const body = { name: timer.name, at: new Date(timer.atMs).toISOString() };
    world.met('a deadline fired');
    if (store.nowMs - timer.atMs > lateByMs) world.met('a deadline fired late');
    world.note(`deadline ${timer.name} of ${timer.entity}`);
    if (world.is('deadline-lost') && store.lanes.get(timer.entity)?.owner !== null) continue;
    store.tell(timer.entity, 'deadline', body);
    if (!world.fault('time', 0.15, `${timer.name} of ${timer.entity} fires twice`)) continue;
    world.met('a deadline fired twice');
    const firedAtMs = store.nowMs;
    world.after(world.chance.between(0, 4_000), () => store.tell(timer.entity, 'deadline', body, firedAtMs));
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
  const urgentFirst = waiting.toSorted(
    ([, a], [, b]) => Number(b.isUrgent ?? false) - Number(a.isUrgent ?? false),
  );
  for (const [key, wait] of urgentFirst.slice(0, limit)) {
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
  const wantedByOthers: number[] = [];
  const own = `${connection} ${session}`;
  for (const [key, lease] of store.leases) {
    if (!key.startsWith(`${connection} `)) continue;
    if (lease.untilMs !== null && lease.untilMs < store.nowMs) store.leases.delete(key);
    else if (key !== own) {
      others += lease.permits;
      if (lease.untilMs !== null) continue;
      wantedByOthers.push(lease.wanted);
      if (lease.wanted > 0) rivals += 1;
    }
  }
  // An equal share for everybody who wants some; beyond it only what the others do not want, and never what they hold.
  const equal = Math.ceil(ask.concurrency / (rivals + 1));
  const unwanted = ask.concurrency - wantedByOthers.reduce((sum, wanted) => sum + Math.min(wanted, equal), 0);
  const share = Math.max(equal, unwanted);
  const target = Math.max(0, Math.min(ask.wanted, share, ask.concurrency - others));
  store.leases.set(own, { permits: Math.max(ask.inUse, target), wanted: ask.wanted, untilMs: null });
  return target;
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
