import { type Database, inTransaction } from '#journal/database.ts';

/**
 * Hands an operator's action to the process of an entity, with who and why on record. What becomes of it stands in the entity's
 * trace: the process may reject an action that it does not know or that fits nothing. @throws Error when no process has the entity
 */
export async function sendOperatorAction(
  database: Database,
  tenant: string,
  entity: string,
  action: string,
  by: string,
  reason: string,
): Promise<void> {
  await inTransaction(database, [tenant], async (client) => {
    const { rowCount } = await client.query(
      '/* operator_instance */ select from instance where tenant = $1 and entity = $2',
      [tenant, entity],
    );
    if (rowCount !== 1) throw new Error(`nothing is known of ${entity}`);
    await client.query(
      '/* operator_audit */ insert into audit (tenant, actor, action, subject, detail) values ($1, $2, $3, $4, $5)',
      [tenant, by, `entity.${action}`, entity, reason],
    );
    await client.query(`/* operator_act */ select inbox_add($1, $2, 'operator', $3)`, [
      tenant,
      entity,
      JSON.stringify({ action, by, reason }),
    ]);
  });
}
