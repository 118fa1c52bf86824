import { hostname } from 'node:os';
import type { Logger } from '#connector-sdk/services.ts';
import type { Database } from '#journal/database.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import { openSession, reapSessions, renewSession } from '#journal/session-store.ts';
import { fireTimers, forgetSeen, healWaits, keepPartitions, sweepLanes } from '#journal/upkeep-store.ts';
import type { Installation, OpenConnection } from './open-connection.ts';
import { pollConnection } from './poll-connection.ts';
import { ReadPermits } from './read-permits.ts';
import { repeat } from './repeat.ts';

export type SchedulerOptions = {
  readonly database: Database;
  /** For what may take long, such as giving up a month of history; default: `database`. */
  readonly patientDatabase?: Database;
  readonly master: MasterKey;
  readonly installation: Installation;
  readonly log: Logger;
  readonly node?: string;
  /** Where platforms reach us; null keeps subscriptions as they are. */
  readonly publicUrl: string | null;
  /** How long history is kept. */
  readonly retentionDays?: number;
  /** Scales pollers' intervals; the sandbox lives faster. */
  readonly pollIntervalScale?: number;
};

const leaseMs = 10_000;

/** What happens by the clock: deadlines, pollers, upkeep of subscriptions and partitions, healing. Several may run; each turn is taken once. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #permits: ReadPermits;
  #session = 0;
  readonly #stopping = new AbortController();
  #loops: Promise<void>[] = [];

  private constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#permits = new ReadPermits(options.database);
  }

  static async start(options: SchedulerOptions): Promise<Scheduler> {
    const scheduler = new Scheduler(options);
    const { database, patientDatabase = database, installation, retentionDays = 400 } = options;
    const { tenants } = installation;
    await scheduler.#open();
    scheduler.#loops = [
      scheduler.#every('heartbeat', 2_000, () => scheduler.#heartbeat()),
      scheduler.#every('timers', 250, () => fireTimers(database, tenants, 500)),
      scheduler.#every('healing', 2_000, () => healWaits(database, tenants)),
      scheduler.#every('partitions', 3_600_000, () =>
        keepPartitions(patientDatabase, tenants, retentionDays),
      ),
      scheduler.#every('forgetting', 600_000, () => forgetSeen(patientDatabase, tenants, 90)),
      scheduler.#every('sweeping', 600_000, async () => {
        for (const { tenant, entity } of await sweepLanes(patientDatabase, tenants))
          options.log.error({ tenant, entity }, 'work lay in no lane, and has one again');
      }),
      ...installation.connections.flatMap((connection) => scheduler.#forConnection(connection)),
    ];
    return scheduler;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
    await reapSessions(this.#options.database, this.#options.installation.tenants, this.#session);
  }

  #forConnection(connection: OpenConnection): Promise<void>[] {
    const { connector, client } = connection;
    const wanted = Object.entries(connector.pollers).filter(
      ([, poller]) => poller.isWanted?.(client) !== false,
    );
    const { publicUrl, pollIntervalScale = 1 } = this.#options;
    // The database says when a poller is due; asking more often than its interval is cheap.
    const polls = wanted.map(([name, poller]) =>
      this.#every(
        `poll ${connection.id}/${name}`,
        Math.max(100, (poller.everyMs * pollIntervalScale) / 4),
        () =>
          pollConnection(
            {
              ...this.#options,
              session: this.#session,
              intervalScale: pollIntervalScale,
              permits: this.#permits,
              stopping: this.#stopping.signal,
            },
            connection,
            name,
          ),
      ),
    );
    const { maintain } = connector;
    if (maintain === undefined || publicUrl === null) return polls;
    const url = `${publicUrl}/webhooks/${encodeURIComponent(connection.tenant)}/${encodeURIComponent(connection.id)}`;
    const upkeep = this.#every(`upkeep of ${connection.id}`, maintain.everyMs, async () => {
      const outcome = await this.#permits.during(connection, this.#session, () =>
        maintain.run(
          url,
          {
            idempotencyKey: `maintain/${connection.id}`,
            attempt: 1,
            deadlineMs: Date.now() + 60_000,
            signal: AbortSignal.timeout(60_000),
          },
          connection.client,
        ),
      );
      if (outcome.kind !== 'done')
        throw new Error(`${outcome.kind} ${'detail' in outcome ? outcome.detail : ''}`);
    });
    return [...polls, upkeep];
  }

  async #open(): Promise<void> {
    this.#session = await openSession(
      this.#options.database,
      `${this.#options.node ?? `${hostname()}:${process.pid}`} scheduler`,
      leaseMs,
    );
  }

  async #heartbeat(): Promise<void> {
    const { database, installation } = this.#options;
    if (!(await renewSession(database, this.#session, leaseMs)).isAlive) await this.#open();
    await reapSessions(database, installation.tenants, null);
  }

  #every(what: string, ms: number, work: () => Promise<unknown>): Promise<void> {
    return repeat(ms, work, this.#stopping.signal, (error) =>
      this.#options.log.warn(
        { what, error: error instanceof Error ? error.message : String(error) },
        'a scheduled task failed and will be tried again',
      ),
    );
  }
}
