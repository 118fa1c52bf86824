import type { Database } from '#journal/database.ts';
import { actingAs } from './acting.ts';
import type { Parked } from './parked.ts';

/** Gives open exceptions to somebody, or (null) to nobody; on record. @throws Error naming those that are not open; then none is changed */
export async function assignExceptions(
  database: Database,
  tenant: string,
  ids: readonly number[],
  owner: string | null,
  by: string,
): Promise<void> {
  await actingAs(database, tenant, by, async (client) => {
    const { rows } = await client.query<{ id: number; subject: string }>(
      `/* exceptions_assign */ update parked set owner = $3 where tenant = $1 and parked_id = any ($2::bigint[]) and closed_at is null
       returning parked_id as id, concat_ws(' ', entity, kind, key) as subject`,
      [tenant, ids, owner],
    );
    refuseOthers(ids, rows);
    await client.query(
      `/* exceptions_assign_audit */ insert into audit (tenant, actor, action, subject, detail) select $1, $2, 'exception.assign', s, $4 from unnest($3::text[]) as s`,
      [tenant, by, rows.map(({ subject }) => subject), owner ?? 'nobody'],
    );
  });
}

/**
 * Closes exceptions that a process opened, by a person's word. The process is told nothing: when its trouble changes, it is opened
 * again. A message or a command is not closed this way, for then it would be lost. @throws Error, and then none is changed
 */
export async function resolveExceptions(
  database: Database,
  tenant: string,
  ids: readonly number[],
  by: string,
  reason: string,
): Promise<void> {
  await actingAs(database, tenant, by, async (client) => {
    const { rows } = await client.query<{ id: number; kind: Parked['kind']; subject: string }>(
      `/* exceptions_resolve */ update parked set closed_at = now(), resolution = $3 where tenant = $1 and parked_id = any ($2::bigint[]) and closed_at is null
       returning parked_id as id, kind, concat_ws(' ', entity, kind, key) as subject`,
      [tenant, ids, `resolved by ${by}: ${reason}`],
    );
    refuseOthers(ids, rows);
    for (const { id, kind } of rows)
      if (kind !== 'exception')
        throw new Error(
          kind === 'command'
            ? `${id} is a command: link the document that was keyed by hand, retry it or discard it`
            : `${id} is a message: correct it ("messages edit"), retry it or discard it`,
        );
    await client.query(
      '/* exceptions_unwait */ delete from wait where tenant = $1 and parked_id = any ($2::bigint[])',
      [tenant, ids],
    );
    await client.query(
      `/* exceptions_resolve_audit */ insert into audit (tenant, actor, action, subject, detail) select $1, $2, 'exception.resolve', s, $4 from unnest($3::text[]) as s`,
      [tenant, by, rows.map(({ subject }) => subject), reason],
    );
  });
}

function refuseOthers(wanted: readonly number[], found: readonly { readonly id: number }[]): void {
  const open = new Set(found.map(({ id }) => id));
  const missing = [...new Set(wanted)].filter((id) => !open.has(id));
  if (missing.length > 0) throw new Error(`nothing open is parked under ${missing.join(', ')}`);
}
