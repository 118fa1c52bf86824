import type { Database } from './database.ts';
import { inTransaction } from './database.ts';

/** A worker's share of an account's budget after balancing. */
export type LimitShare = { readonly permits: number; readonly tokens: number; readonly pausedMs: number };

export async function balanceLimit(
  database: Database,
  ask: {
    readonly tenant: string;
    readonly connection: string;
    readonly session: number;
    readonly wanted: number;
    readonly inUse: number;
    readonly tokens: number;
    readonly limits: {
      readonly concurrency: number;
      readonly bucket: { readonly capacity: number; readonly refillPerSecond: number } | null;
    };
  },
): Promise<LimitShare> {
  const { rows } = await database.query<{ permits: number; tokens: number | null; paused_ms: number }>({
    name: 'limit_balance',
    text: 'select * from limit_balance($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    values: [
      ask.tenant,
      ask.connection,
      ask.session,
      ask.limits.concurrency,
      ask.limits.bucket?.capacity ?? null,
      ask.limits.bucket?.refillPerSecond ?? null,
      ask.wanted,
      ask.inUse,
      ask.tokens,
    ],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('limit_balance gave no row');
  return { permits: row.permits, tokens: row.tokens ?? 0, pausedMs: row.paused_ms };
}

/** Gives back everything that a session holds of an account's budget, at once. */
export async function returnPermits(
  database: Database,
  lease: { readonly tenant: string; readonly connection: string; readonly session: number },
): Promise<void> {
  await inTransaction(database, [lease.tenant], async (client) => {
    await client.query(
      `/* limit_return */ delete from limit_lease where tenant = $1 and connection = $2 and session_id = $3 and until is null`,
      [lease.tenant, lease.connection, lease.session],
    );
  });
}

/** An account refused a call although no more were under way than it takes: somebody else uses it too. */
export async function reportRefusal(database: Database, tenant: string, connection: string): Promise<void> {
  await database.query({
    name: 'limit_refused',
    text: 'select limit_refused($1, $2)',
    values: [tenant, connection],
  });
}

export async function reportLimit(
  database: Database,
  tenant: string,
  connection: string,
  observed: {
    readonly available?: number;
    readonly capacity?: number;
    readonly refillPerSecond?: number;
    readonly concurrency?: number;
    readonly pausedForMs?: number;
  },
): Promise<void> {
  await database.query({
    name: 'limit_report',
    text: 'select limit_report($1, $2, $3, $4, $5, $6, $7)',
    values: [
      tenant,
      connection,
      observed.available ?? null,
      observed.capacity ?? null,
      observed.refillPerSecond ?? null,
      observed.concurrency ?? null,
      Math.round(observed.pausedForMs ?? 0),
    ],
  });
}

/** Marks a connection as dead for all workers; `cause` is `unavailable` or `unauthorized`. */
export async function openBreaker(
  database: Database,
  tenant: string,
  connection: string,
  cause: string,
  detail: string,
  probeAfterMs: number,
): Promise<void> {
  await inTransaction(database, [tenant], async (client) => {
    await client.query(
      `/* breaker_open */ insert into connection_state as s (tenant, connection, state, cause, detail, next_probe_at, announced) values ($1, $2, 'open', $3, $4, now() + $5 * interval '1 ms', false)
       on conflict (tenant, connection) do update set state = 'open', cause = excluded.cause, detail = excluded.detail,
         since = case when s.state = 'open' then s.since else now() end, announced = s.announced and s.state = 'open', next_probe_at = excluded.next_probe_at`,
      [tenant, connection, cause, detail.replaceAll('\u0000', '\u2400'), probeAfterMs],
    );
  });
}

export async function closeBreaker(database: Database, tenant: string, connection: string): Promise<void> {
  await inTransaction(database, [tenant], async (client) => {
    await client.query(
      `/* breaker_close */ update connection_state set state = 'closed', cause = null, detail = null, since = now(), next_probe_at = null, announced = false where tenant = $1 and connection = $2 and state = 'open'`,
      [tenant, connection],
    );
  });
}

export type OpenBreaker = { readonly tenant: string; readonly connection: string; readonly cause: string };

/** The connections that are taken for dead. */
export async function openBreakers(
  database: Database,
  tenants: readonly string[],
): Promise<readonly OpenBreaker[]> {
  return inTransaction(
    database,
    tenants,
    async (client) =>
      (
        await client.query<OpenBreaker>(
          `/* breakers */ select tenant, connection, cause from connection_state where state = 'open'`,
        )
      ).rows,
  );
}

/** Takes the turn to probe a dead connection: one probe for all workers in each interval. */
export async function takeProbe(
  database: Database,
  tenant: string,
  connection: string,
  everyMs: number,
): Promise<boolean> {
  return inTransaction(database, [tenant], async (client) => {
    const { rowCount } = await client.query(
      `/* probe_take */ update connection_state set next_probe_at = now() + $3 * interval '1 ms' where tenant = $1 and connection = $2 and state = 'open' and next_probe_at <= now()`,
      [tenant, connection, everyMs],
    );
    return rowCount === 1;
  });
}

/** Lets lanes that wait for a connection go on; answers how many did. */
export async function pullWaiting(
  database: Database,
  tenant: string,
  connection: string,
  limit: number,
): Promise<number> {
  const { rows } = await database.query<{ pulled: number }>({
    name: 'wait_pull',
    text: 'select wait_pull($1, $2, $3) as pulled',
    values: [tenant, `connection:${connection}`, limit],
  });
  return rows[0]?.pulled ?? 0;
}
