import { type Database, inTransaction } from '#journal/database.ts';
import { actingAs } from './acting.ts';

export type Parked = {
  readonly id: number;
  readonly kind: 'message' | 'command' | 'exception';
  readonly entity: string | null;
  readonly key: string;
  readonly connection: string | null;
  readonly name: string | null;
  readonly cause: string;
  readonly detail: string;
  readonly remedy: string | null;
  readonly valueMinor: number | null;
  readonly currency: string | null;
  readonly owner: string | null;
  readonly openedAt: string;
};

/** What stands still, oldest first; a cause narrows it. */
export async function listParked(
  database: Database,
  tenant: string,
  filter: { readonly cause?: string; readonly connection?: string; readonly limit: number },
): Promise<readonly Parked[]> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<Omit<Parked, 'openedAt'> & { openedAt: Date }>(
      `/* parked_list */ select parked_id as id, kind, entity, key, connection, name, cause, detail, remedy, value_minor as "valueMinor", currency, owner, opened_at as "openedAt"
       from parked where tenant = $1 and closed_at is null and ($2::text is null or cause = $2) and ($3::text is null or connection = $3) order by opened_at limit $4`,
      [tenant, filter.cause ?? null, filter.connection ?? null, filter.limit],
    );
    return rows.map((row) => ({ ...row, openedAt: row.openedAt.toISOString() }));
  });
}

export type ParkedAction =
  | { readonly action: 'retry' }
  | { readonly action: 'discard' }
  | {
      readonly action: 'resolve';
      readonly refs: readonly { readonly connection: string; readonly type: string; readonly id: string }[];
    };

/**
 * Retries, discards, or resolves (by naming the record that was keyed by hand) what stands still; with who and why on record.
 * @throws Error when nothing open has this id, or the action does not fit its kind.
 */
export async function actOnParked(
  database: Database,
  tenant: string,
  id: number,
  act: ParkedAction,
  by: string,
  reason: string,
): Promise<void> {
  await actingAs(database, tenant, by, async (client) => {
    const { rows } = await client.query<{ kind: string; entity: string | null; key: string }>(
      '/* parked_get */ select kind, entity, key from parked where tenant = $1 and parked_id = $2 and closed_at is null for update',
      [tenant, id],
    );
    const thing = rows[0];
    if (thing === undefined) throw new Error(`nothing open is parked under ${id}`);
    await client.query(
      '/* parked_audit */ insert into audit (tenant, actor, action, subject, detail) values ($1, $2, $3, $4, $5)',
      [tenant, by, `parked.${act.action}`, `${thing.entity ?? ''} ${thing.kind} ${thing.key}`, reason],
    );
    if (act.action === 'retry' && thing.kind === 'message' && thing.entity === null)
      throw new Error('its record is not known here: link it first, and it goes on by itself');
    if (act.action === 'resolve' && thing.kind !== 'command')
      throw new Error(`a ${thing.kind} is retried or discarded; only a command is resolved with a document`);
    if (act.action === 'retry' && thing.kind === 'message') {
      await client.query('/* parked_retry */ select parked_release($1, array[$2::bigint], $3, $4)', [
        tenant,
        id,
        by,
        reason,
      ]);
      return;
    }
    const told = operatorEvent(thing, act, by, reason);
    if (told !== null) {
      await client.query(`/* parked_act */ select inbox_add($1, $2, 'operator', $3)`, [
        tenant,
        thing.entity,
        JSON.stringify(told),
      ]);
      return;
    }
    await client.query(
      '/* parked_close */ update parked set closed_at = now(), resolution = $3 where tenant = $1 and parked_id = $2',
      [tenant, id, `${act.action} by ${by}: ${reason}`],
    );
    await client.query('/* parked_unwait */ delete from wait where tenant = $1 and parked_id = $2', [
      tenant,
      id,
    ]);
  });
}

/** What the lane, or the process that opened an exception, is told; they close it themselves. Null: only the notice is put away. */
function operatorEvent(
  thing: { readonly kind: string; readonly key: string },
  act: ParkedAction,
  by: string,
  reason: string,
): object | null {
  if (thing.kind === 'command') {
    return {
      action: `command.${act.action}`,
      number: Number(thing.key),
      by,
      reason,
      ...(act.action === 'resolve' && { refs: act.refs }),
    };
  }
  return thing.kind === 'exception' && act.action === 'retry' ? { action: 'retry', by, reason } : null;
}
