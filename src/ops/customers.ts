import { type Database, inTransaction } from '#journal/database.ts';

/** A record that is one customer with others. */
export type LinkedCustomer = {
  readonly identity: string;
  readonly entity: string;
  /** What joins it to another of them: `accepted`, `platform-merge`, `verified-email`. */
  readonly reasons: string;
  /** What its platforms call it, `connection/type/id`. */
  readonly records: string;
  readonly since: string;
};

/** Records that are one customer, customer by customer; of one customer only, where an entity of it is named. */
export async function listLinkedCustomers(
  database: Database,
  tenant: string,
  filter: { readonly entity?: string; readonly limit: number },
): Promise<readonly LinkedCustomer[]> {
  type Row = Omit<LinkedCustomer, 'since' | 'reasons'> & { readonly since: Date; readonly reasons: string };
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<Row>(
      `/* customers_linked */ select c.identity, c.entity, c.reasons, c.since,
         (select string_agg(l.connection || '/' || l.type || '/' || l.external_id, ' ' order by l.linked_at) from identity_link l where l.entity = c.entity and l.tenant = c.tenant) as records
       from customer_identity c where c.tenant = $1 and ($2::text is null or c.identity = (select identity from customer_identity where tenant = $1 and entity = $2))
       order by c.identity, c.entity limit $3`,
      [tenant, filter.entity ?? null, filter.limit],
    );
    return rows.map(({ reasons, since, ...row }) => ({
      ...row,
      reasons: [
        ...new Set(
          (JSON.parse(reasons) as readonly { readonly reason: string }[]).map(({ reason }) => reason),
        ),
      ].join(' '),
      since: since.toISOString(),
    }));
  });
}
