import type { Database } from './database.ts';

/** Opens a worker's session; its id heads every fence. */
export async function openSession(database: Database, node: string, leaseMs: number): Promise<number> {
  const { rows } = await database.query<{ id: number }>('select session_open($1, $2) as id', [node, leaseMs]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('no session was opened');
  return id;
}

/** Renews a session. False when it is over; `nowMs` is the database's clock. */
export async function renewSession(
  database: Database,
  session: number,
  leaseMs: number,
): Promise<{ readonly isAlive: boolean; readonly nowMs: number }> {
  const { rows } = await database.query<{ alive: boolean; now_ms: number }>({
    name: 'session_renew',
    text: 'select session_renew($1, $2) as alive, extract(epoch from clock_timestamp()) * 1000 as now_ms',
    values: [session, leaseMs],
  });
  return { isAlive: rows[0]?.alive === true, nowMs: Number(rows[0]?.now_ms) };
}

/** Frees the lanes of sessions that ran out, and of `ending`, which ends by itself. */
export async function reapSessions(
  database: Database,
  tenants: readonly string[],
  ending: number | null,
): Promise<readonly { readonly sessionId: number; readonly lanes: number }[]> {
  const { rows } = await database.query<{ session_id: number; lanes: number }>({
    name: 'session_reap',
    text: 'select * from session_reap($1, $2)',
    values: [tenants.join(','), ending],
  });
  return rows.map((row) => ({ sessionId: row.session_id, lanes: row.lanes }));
}

/** Whether a worker's session still holds, by the database's word. */
export async function isSessionAlive(database: Database, session: number): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'session_alive',
    text: 'select from session where session_id = $1 and lease_until > now()',
    values: [session],
  });
  return rowCount === 1;
}
