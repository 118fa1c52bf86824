import { type Database, inTransaction } from '#journal/database.ts';
import { actingAs } from './acting.ts';

/** What a person decided over two customer records; both ways round the same. */
export type CustomerDecision = {
  readonly id: number;
  readonly entity: string;
  readonly other: string;
  readonly decision: 'accepted' | 'refused';
  readonly actor: string;
  readonly reason: string;
  readonly at: string;
  /** Null while it stands. */
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
};

/** All decisions, also those that were taken back, oldest first. */
export async function listDecisions(
  database: Database,
  tenant: string,
): Promise<readonly CustomerDecision[]> {
  type Row = Omit<CustomerDecision, 'at' | 'revokedAt'> & {
    readonly at: Date;
    readonly revokedAt: Date | null;
  };
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<Row>(
      `/* decisions_list */ select decision_id as id, entity, other, decision, actor, reason, at, revoked_at as "revokedAt", revoked_by as "revokedBy", revoked_reason as "revokedReason"
       from customer_decision where tenant = $1 order by decision_id`,
      [tenant],
    );
    return rows.map((row) => ({
      ...row,
      at: row.at.toISOString(),
      revokedAt: row.revokedAt?.toISOString() ?? null,
    }));
  });
}

/** Puts a person's decision in the place of what was decided over the two before. @throws Error when one of them is no customer here */
export async function decideOnCustomers(
  database: Database,
  tenant: string,
  pair: readonly [string, string],
  decision: CustomerDecision['decision'],
  by: string,
  reason: string,
): Promise<void> {
  const [entity, other] = pair[0] < pair[1] ? pair : [pair[1], pair[0]];
  if (entity === other) throw new Error('that is one record');
  await actingAs(database, tenant, by, async (client) => {
    const { rows } = await client.query<{ entity: string }>(
      `/* decision_known */ select entity from instance where tenant = $1 and entity = any ($2) and entity like 'customer:%'`,
      [tenant, [entity, other]],
    );
    const unknown = [entity, other].find((each) => !rows.some((row) => row.entity === each));
    if (unknown !== undefined) throw new Error(`${unknown} is no customer here`);
    await client.query(
      `/* decision_replace */ update customer_decision set revoked_at = now(), revoked_by = $4, revoked_reason = $5 where tenant = $1 and entity = $2 and other = $3 and revoked_at is null`,
      [tenant, entity, other, by, reason],
    );
    await client.query(
      '/* decision_store */ insert into customer_decision (tenant, entity, other, decision, actor, reason) values ($1, $2, $3, $4, $5, $6)',
      [tenant, entity, other, decision, by, reason],
    );
    await client.query(
      '/* decision_audit */ insert into audit (tenant, actor, action, subject, detail) values ($1, $2, $3, $4, $5)',
      [tenant, by, `customer.${decision}`, `${entity} ${other}`, reason],
    );
  });
}

/** Takes a decision back, as if it had never been made; that it was stays on record. @throws Error when it does not stand */
export async function revokeDecision(
  database: Database,
  tenant: string,
  id: number,
  by: string,
  reason: string,
): Promise<void> {
  await actingAs(database, tenant, by, async (client) => {
    const { rows } = await client.query<{ subject: string }>(
      `/* decision_revoke */ update customer_decision set revoked_at = now(), revoked_by = $3, revoked_reason = $4 where tenant = $1 and decision_id = $2 and revoked_at is null
       returning concat_ws(' ', entity, other) as subject`,
      [tenant, id, by, reason],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`no decision ${id} stands`);
    await client.query(
      `/* decision_revoke_audit */ insert into audit (tenant, actor, action, subject, detail) values ($1, $2, 'customer.revoked', $3, $4)`,
      [tenant, by, row.subject, reason],
    );
  });
}

/** The two records of an open review. @throws Error when there is none of this number */
export async function pairOfReview(
  database: Database,
  tenant: string,
  id: number,
): Promise<readonly [string, string]> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<{ entity: string; key: string }>(
      `/* review_pair */ select entity, key from parked where tenant = $1 and parked_id = $2 and cause = 'customer-match' and closed_at is null`,
      [tenant, id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`no match is to be reviewed under ${id}`);
    return [row.entity, row.key.slice(reviewKeyPrefix.length)];
  });
}

/** How the key of a review begins; the other record follows. */
export const reviewKeyPrefix = 'match ';
