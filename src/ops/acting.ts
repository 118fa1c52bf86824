import type { PoolClient } from 'pg';
import { type Database, inTransaction } from '#journal/database.ts';

/** A transaction in which what is changed is put down to a person, in the history of each thing too. */
export function actingAs<T>(
  database: Database,
  tenant: string,
  actor: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(database, [tenant], async (client) => {
    await client.query(`/* acting_as */ select set_config('tallyport.actor', $1, true)`, [actor]);
    return work(client);
  });
}
