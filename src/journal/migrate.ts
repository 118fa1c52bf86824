import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { inTransaction, type Database } from './database.ts';

const folder = new URL('./migrations/', import.meta.url);
const advisoryLock = 7_411_907; // any number that nobody else in this database uses

/**
 * Brings the database to this release's schema: forward only, each file once, in the order of names, all or nothing.
 * @throws Error when a file that ran before has changed since, or the database is newer than this release.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return inTransaction(database, [], async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLock]);
    await client.query(
      'create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string; sha256: string }>(
      'select name, sha256 from migration',
    );
    const applied = new Map(rows.map((row) => [row.name, row.sha256]));
    const unknown = [...applied.keys()].filter((name) => !files.includes(name));
    if (unknown.length > 0)
      throw new Error(
        `the database was migrated by a newer release (${unknown.join(', ')}): start that release, or restore`,
      );
    const ran: string[] = [];
    for (const name of files) {
      const sql = await readFile(new URL(name, folder), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      const before = applied.get(name);
      if (before === sha256) continue;
      if (before !== undefined)
        throw new Error(
          `migration ${name} ran before with other content: migrations are never edited, add a new one`,
        );
      await client.query(sql);
      await client.query('insert into migration (name, sha256) values ($1, $2)', [name, sha256]);
      ran.push(name);
    }
    return ran;
  });
}
