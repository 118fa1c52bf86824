import type { Logger } from '#connector-sdk/services.ts';
import { openBreakers, pullWaiting, takeProbe } from '#journal/connection-store.ts';
import type { Database } from '#journal/database.ts';
import { breakerPolicy, Budget } from './budget.ts';
import type { Installation } from './open-connection.ts';

type ConnectionKey = { readonly tenant: string; readonly connection: string };
const keyOf = ({ tenant, connection }: ConnectionKey): string => `${tenant} ${connection}`;

/** The budgets and breakers of all connections, as this worker knows them. */
export class ConnectionMinder {
  readonly #database: Database;
  readonly #installation: Installation;
  readonly #budgets: ReadonlyMap<string, Budget>;

  constructor(database: Database, installation: Installation, log: Logger) {
    this.#database = database;
    this.#installation = installation;
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
      const { tenant, id, connector, client } = budget.connection;
      budget.seeState(open.has(key));
      budget.sawNothingParked(true); // others may have parked something: ask again
      await budget.balance();
      if (!budget.isOpen || !(await takeProbe(this.#database, tenant, id, breakerPolicy.probeEveryMs)))
        continue;
      const deadlineMs = Date.now() + 5_000;
      const signal = AbortSignal.timeout(5_000);
      await budget.probed(
        await connector.probe({ idempotencyKey: 'probe', attempt: 1, deadlineMs, signal }, client),
      );
    }
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
