import type { VirtualStore } from './virtual-store.ts';
import type { DatabaseLink } from './worker/database-link.ts';
import type { VirtualWorker } from './worker/virtual-worker.ts';

/** How long the database may have given out more than the worker knows of: answers take their time, and may have to be asked again. */
const patienceMs = 8_000;

/** No permit is lost: what the database has given out, a living worker knows of, or nobody would ever give it back. */
export function watchPermits(
  store: VirtualStore,
  link: DatabaseLink,
  workers: readonly VirtualWorker[],
): void {
  const { world } = store;
  const since = new Map<string, number>();
  world.every(2_000, () => {
    for (const [key, lease] of store.leases) {
      const [connection = '', session = ''] = key.split(' ');
      const known = workers
        .filter((worker) => !worker.isDead && !worker.isPaused)
        .map((worker) => worker.permits(connection))
        .find((one) => String(one?.session) === session);
      if (known === undefined || known === null || link.isDown || known.permits >= lease.permits) {
        since.delete(key);
        continue;
      }
      const sinceMs = since.get(key) ?? world.nowMs;
      since.set(key, sinceMs);
      if (world.nowMs - sinceMs > patienceMs)
        world.violated('no permit is lost', `${key}: ${lease.permits} given out, ${known.permits} known`);
    }
    return undefined;
  });
}
