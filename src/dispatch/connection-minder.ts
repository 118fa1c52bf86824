import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#connector-sdk/services.ts';
import { openBreakers, pullWaiting, takeProbe } from '#journal/connection-store.ts';
import type { Database } from '#journal/database.ts';
import { breakerPolicy, Budget } from './budget.ts';
import type { Installation } from './open-connection.ts';

type ConnectionKey = { readonly tenant: string; readonly connection: string };
const keyOf = ({ tenant, connection }: ConnectionKey): string => `${tenant} ${connection}`;

const probeTimeoutMs = 5_000;

/** The budgets and breakers of all connections, as this worker knows them. */
export class ConnectionMinder {
  readonly #database: Database;
  readonly #installation: Installation;
  readonly #log: Logger;
  readonly #budgets: ReadonlyMap<string, Budget>;
  readonly #probing = new Set<Budget>();

  constructor(database: Database, installation: Installation, log: Logger) {
    this.#database = database;
    this.#installation = installation;
    this.#log = log;
    this.#budgets = new Map(
      installation.connections.map((each) => [
        keyOf({ tenant: each.tenant, connection: each.id }),
        new Budget(database, each, log),
      ]),
    );
  }

  of(tenant: string, connection: string): Budget | null {
    return this.#budgets.get(keyOf({ tenant, connection })) ?? null;
  }
  begin(session: number): void {
    for (const budget of this.#budgets.values()) budget.begin(session);
  }
  /** Nobody is to be touched on behalf of this lane any more. */
  forget(touch: () => void): void {
    for (const budget of this.#budgets.values()) budget.forget(touch);
  }

  /** Learns which connections are taken for dead, and probes those whose turn it is. */
  async mind(): Promise<void> {
    const open = new Set((await openBreakers(this.#database, this.#installation.tenants)).map(keyOf));
    for (const [key, budget] of this.#budgets) {
      budget.seeState(open.has(key));
      budget.sawNothingParked(true); // others may have parked something: ask again
      await budget.balance();
      if (budget.isOpen && !this.#probing.has(budget)) this.#probe(budget);
    }
  }

  /** Beside everything else: a platform that does not answer, or a probe that throws, must not keep the others from being minded. */
  #probe(budget: Budget): void {
    const { tenant, id, connector, client } = budget.connection;
    this.#probing.add(budget);
    const probe = async (): Promise<void> => {
      if (!(await takeProbe(this.#database, tenant, id, breakerPolicy.probeEveryMs))) return;
      const deadlineMs = Date.now() + probeTimeoutMs;
      const signal = AbortSignal.timeout(probeTimeoutMs);
      const outcome = await Promise.race([
        connector.probe({ idempotencyKey: 'probe', attempt: 1, deadlineMs, signal }, client),
        sleep(probeTimeoutMs + 500, null, { ref: false }),
      ]);
      if (outcome !== null) await budget.probed(outcome);
    };
    void probe()
      .catch((error: unknown) =>
        this.#log.warn({ connection: id, error: String(error) }, 'a connection could not be probed'),
      )
      .finally(() => this.#probing.delete(budget));
  }

  /** Shares budgets that somebody waits for. Answers whether parked lanes became due. */
  async share(room: number): Promise<boolean> {
    let isDue = false;
    for (const budget of this.#budgets.values()) {
      if (budget.isWanting) await budget.balance();
      if (!budget.isHungry || room <= 0) continue;
      const { tenant, id, connector, config } = budget.connection;
      const limit = Math.min(room, 2 * connector.limits(config).concurrency);
      const pulled = await pullWaiting(this.#database, tenant, id, limit);
      budget.sawNothingParked(pulled === limit);
      isDue ||= pulled > 0;
    }
    return isDue;
  }
}
