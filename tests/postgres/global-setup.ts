import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '#journal/database.ts';
import { migrate } from '#journal/migrate.ts';
import { startEmbeddedCluster } from '#server/postgres/embedded-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of a role that may create databases and connect as the engine's role. */
    postgresSuperuserUrl: string;
    /** The engine's own role, with `DATABASE` in place of the database's name. */
    postgresEngineUrl: string;
  }
}

/** One PostgreSQL for the whole run; `TALLYPORT_TEST_POSTGRES_BIN` names another version's folder of binaries. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'tallyport-tests-'));
  await chmod(directory, 0o755); // run as root, PostgreSQL belongs to another user, who must get in
  const binaries = process.env.TALLYPORT_TEST_POSTGRES_BIN;
  if (binaries !== undefined && !existsSync(join(binaries, 'postgres')))
    throw new Error(`TALLYPORT_TEST_POSTGRES_BIN=${binaries} holds no postgres`);
  const cluster = await startEmbeddedCluster({
    directory: join(directory, 'postgres'),
    ...(binaries && { binaries }),
  });
  await cluster.createDatabase('migrated');
  const template = openDatabase(cluster.url('migrated'));
  await migrate(template);
  await template.end();
  project.provide('postgresSuperuserUrl', cluster.superuserUrl);
  project.provide('postgresEngineUrl', cluster.url('DATABASE'));
  return async () => {
    await cluster.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
