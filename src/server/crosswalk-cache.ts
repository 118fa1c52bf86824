import { setTimeout as sleep } from 'node:timers/promises';
import type { CrosswalkRows } from '#connector-sdk/crosswalk-context.ts';
import type { Logger } from '#connector-sdk/services.ts';
import { type CrosswalkSnapshot, crosswalkVersions, loadCrosswalks } from '#journal/crosswalk-store.ts';
import type { Database } from '#journal/database.ts';

const lookEveryMs = 1_000;

/**
 * The active crosswalk rows of all tenants, in memory. A change is seen within about a second; a render that still missed its row parks and
 * is woken again by the scheduler, which compares with the database.
 */
export class CrosswalkCache {
  readonly #database: Database;
  readonly #tenants: readonly string[];
  readonly #log: Logger;
  readonly #snapshots = new Map<string, CrosswalkSnapshot>();
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  private constructor(database: Database, tenants: readonly string[], log: Logger) {
    this.#database = database;
    this.#tenants = tenants;
    this.#log = log;
  }

  static async start(database: Database, tenants: readonly string[], log: Logger): Promise<CrosswalkCache> {
    const cache = new CrosswalkCache(database, tenants, log);
    await cache.refresh();
    cache.#loop = cache.#run();
    return cache;
  }

  of(tenant: string): CrosswalkRows {
    return this.#snapshots.get(tenant)?.rows ?? {};
  }

  /** Reads again what has changed. */
  async refresh(): Promise<void> {
    for (const [tenant, version] of await crosswalkVersions(this.#database, this.#tenants))
      if (this.#snapshots.get(tenant)?.version !== version)
        this.#snapshots.set(tenant, await loadCrosswalks(this.#database, tenant));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.refresh().catch((error: unknown) =>
        this.#log.warn({ error: String(error) }, 'crosswalks could not be read again; the old ones stand'),
      );
    }
  }
}
