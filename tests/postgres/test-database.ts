import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A fresh database of its own in the run's PostgreSQL, migrated, owned by the engine's role. */
export async function testDatabase(): Promise<{
  readonly url: string;
  readonly superuserUrl: string;
  drop(): Promise<void>;
}> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: inject('postgresSuperuserUrl') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await admin(`create database ${name} template migrated owner tallyport`);
  return {
    url: inject('postgresEngineUrl').replace('DATABASE', name),
    superuserUrl: inject('postgresSuperuserUrl').replace(/\/postgres$/, `/${name}`),
    drop: () => admin(`drop database ${name} with (force)`),
  };
}
