import type { PoolClient } from 'pg';
import type { Order } from '#canonical/order.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import { type Database, inTransaction } from '#journal/database.ts';
import { wholeState } from '#journal/instance-state.ts';
import { actingAs } from './acting.ts';

/** The order that an exception is about. @throws Error when it is about none, or is closed */
export async function orderOfException(database: Database, tenant: string, id: number): Promise<string> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<{ entity: string | null; kind: string; name: string | null }>(
      '/* link_exception */ select entity, kind, name from parked where tenant = $1 and parked_id = $2 and closed_at is null',
      [tenant, id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`nothing open is parked under ${id}`);
    if (row.entity?.startsWith('order:') !== true) throw new Error(`${id} is about no order`);
    if (row.kind === 'command' && row.name !== 'erp.order.create')
      throw new Error(`${id} is ${row.name}: say with "parked resolve" which document did it`);
    return row.entity;
  });
}

/** The order as its process knows it. @throws Error when it has not been seen */
export async function readOrder(database: Database, tenant: string, entity: string): Promise<Order> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<{ state: string; bulk: string | null }>(
      '/* link_order */ select state, bulk from instance where tenant = $1 and entity = $2',
      [tenant, entity],
    );
    const state = rows[0] === undefined ? null : (wholeState(rows[0]).state as { order?: Order | null });
    if (state?.order === null || state?.order === undefined)
      throw new Error(`${entity} has not been seen at its source yet`);
    return state.order;
  });
}

export type LinkRequest = {
  readonly entity: string;
  readonly document: {
    readonly ref: ExternalRef;
    readonly number: string | null;
    readonly totalMinor: number | null;
  };
  /** As a person was shown them; empty where it fits. */
  readonly differences: readonly string[];
  readonly by: string;
  readonly reason: string;
};

/**
 * Says to an order's lane that a document keyed by hand is the ERP's order: a command that stands still is done by it, one that is
 * still to be sent is taken back, and none is made any more.
 * @throws Error when the document is another order's; then nothing is changed
 */
export async function linkDocument(
  database: Database,
  tenant: string,
  { entity, document, differences, by, reason }: LinkRequest,
): Promise<void> {
  await actingAs(database, tenant, by, async (client) => {
    await refuseOthers(client, tenant, entity, document.ref);
    const { ref, number, totalMinor } = document;
    const { rows } = await client.query<{ key: string }>(
      `/* link_command */ select key from parked where tenant = $1 and entity = $2 and kind = 'command' and name = 'erp.order.create' and closed_at is null`,
      [tenant, entity],
    );
    const [command] = rows;
    const fits = differences.length === 0;
    const told =
      command !== undefined && fits
        ? {
            action: 'command.resolve',
            number: Number(command.key),
            refs: [ref],
            by,
            reason,
            ...(number !== null && { documentNumber: number }),
          }
        : { action: 'link-document', by, reason, document: { ref, number, totalMinor, fits } };
    await client.query(`/* link_tell */ select inbox_add($1, $2, 'operator', $3)`, [
      tenant,
      entity,
      JSON.stringify(told),
    ]);
    await client.query(
      `/* link_audit */ insert into audit (tenant, actor, action, subject, detail) values ($1, $2, 'document.link', $3, $4)`,
      [tenant, by, `${entity} ${ref.connection}/${ref.type}/${ref.id}`, [reason, ...differences].join('; ')],
    );
  });
}

/** One document is one order's. */
async function refuseOthers(
  client: PoolClient,
  tenant: string,
  entity: string,
  ref: ExternalRef,
): Promise<void> {
  const { rows } = await client.query<{ entity: string }>(
    '/* link_holder */ select entity from identity_link where tenant = $1 and connection = $2 and type = $3 and external_id = $4 and entity <> $5',
    [tenant, ref.connection, ref.type, ref.id, entity],
  );
  if (rows[0] !== undefined)
    throw new Error(`${ref.connection}/${ref.type}/${ref.id} is linked to ${rows[0].entity}`);
}
