import { type Database, inTransaction } from './database.ts';
import type { LaneKey } from './lane-store.ts';

/** Fires due deadlines into their lanes; answers how many. */
export async function fireTimers(
  database: Database,
  tenants: readonly string[],
  limit: number,
): Promise<number> {
  const { rows } = await database.query<{ fired: number }>({
    name: 'timer_fire',
    text: 'select timer_fire($1, $2) as fired',
    values: [tenants.join(','), limit],
  });
  return rows[0]?.fired ?? 0;
}

/** Wakes what waits for a crosswalk row or a link that is there by now. */
export async function healWaits(database: Database, tenants: readonly string[]): Promise<number> {
  const { rows } = await database.query<{ healed: number }>({
    name: 'wait_heal',
    text: 'select wait_heal($1) as healed',
    values: [tenants.join(',')],
  });
  return rows[0]?.healed ?? 0;
}

/** Gives work that lies in no lane a lane again; answers whose it was. A defect led to it, so somebody should hear of it. */
export async function sweepLanes(
  database: Database,
  tenants: readonly string[],
): Promise<readonly LaneKey[]> {
  const { rows } = await database.query<LaneKey>({
    name: 'lane_sweep',
    text: 'select * from lane_sweep($1)',
    values: [tenants.join(',')],
  });
  return rows;
}

/**
 * Makes partitions for the months to come and drops those that are older than the retention, but for messages that are still
 * needed; answers the dropped ones. `tenants` are all that there are.
 * @throws Error when somebody reads a table for long: waiting for that would make everybody wait who comes after us.
 */
export async function keepPartitions(
  database: Database,
  tenants: readonly string[],
  retentionDays: number,
): Promise<readonly string[]> {
  return inTransaction(database, tenants, async (client) => {
    await client.query(`/* partitions_patience */ set local lock_timeout = '2s'`);
    await client.query('/* partitions_ensure */ select partitions_ensure(2)');
    const { rows } = await client.query<{ dropped: string }>(
      '/* partitions_drop */ select partitions_drop($1, $2) as dropped',
      [retentionDays, tenants.join(',')],
    );
    return rows.map((row) => row.dropped);
  });
}

/** Forgets delivery ids after `days`; the business key and its last version stay for ever. Answers how many. */
export async function forgetSeen(
  database: Database,
  tenants: readonly string[],
  days: number,
): Promise<number> {
  return inTransaction(database, tenants, async (client) => {
    const { rowCount } = await client.query(
      `/* seen_forget */ delete from seen where (tenant, connection, topic, source_event_id, body_hash) in
      (select tenant, connection, topic, source_event_id, body_hash from seen where seen_at < now() - make_interval(days => $1) limit 20000)`,
      [days],
    );
    return rowCount ?? 0;
  });
}
