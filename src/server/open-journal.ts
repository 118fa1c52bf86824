import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { assertSafeDatabase, type Database, inTransaction } from '#journal/database.ts';
import { type MasterKey, masterKeyFrom, openSecret } from '#journal/sealed-box.ts';
import { ConfigurationError } from './config/configuration-error.ts';
import type { Settings } from './config/environment.ts';
import { startEmbeddedCluster } from './postgres/embedded-cluster.ts';

/** Where the journal is and what seals it. */
export type JournalPlace = {
  readonly url: string;
  readonly master: MasterKey;
  /** Null where somebody else runs the database. */
  readonly cluster: { stop(): Promise<void> } | null;
};

const embeddedDatabase = 'tallyport';
const alreadyThere = new Set(['42P04', '23505']);
/** A database that starts at the same time as we do gets this long. */
const reachWithinMs = 30_000;

/** The configured database, or an embedded one in the data folder with a master key of its own. @throws ConfigurationError */
export async function findJournal(settings: Settings): Promise<JournalPlace> {
  const { DATABASE_URL: url, TALLYPORT_MASTER_KEY: key, TALLYPORT_DATA_DIR: folder } = settings;
  if (url !== undefined && key !== undefined) return { url, master: masterKeyFrom(key), cluster: null };
  await mkdir(folder, { recursive: true });
  const master = masterKeyFrom(key ?? (await ownMasterKey(folder)));
  const cluster = await startEmbeddedCluster({ directory: resolve(folder, 'postgres') });
  await cluster.createDatabase(embeddedDatabase).catch((error: unknown) => {
    if (!(error instanceof pg.DatabaseError && alreadyThere.has(error.code ?? ''))) throw error;
  });
  return { url: cluster.url(embeddedDatabase), master, cluster };
}

/** The key in the data folder, made once. Two processes that start at once end up with the same. @throws ConfigurationError */
async function ownMasterKey(folder: string): Promise<string> {
  const file = join(folder, 'master-key');
  if (!existsSync(file)) {
    if (existsSync(join(folder, 'postgres', 'data', 'PG_VERSION')))
      throw new ConfigurationError([
        {
          file,
          path: '$',
          message:
            'is gone while the database is there, which nobody can read without it: bring it back, or start with an empty folder',
        },
      ]);
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    await chmod(draft, 0o600); // whatever the umask says
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(draft);
  }
  return (await readFile(file, 'utf8')).trim();
}

/**
 * Waits for the database and checks that it can be trusted.
 * @throws ConfigurationError when it refuses us, or keeps tenants apart or commits safe no better than a promise.
 */
export async function checkJournal(database: Database): Promise<void> {
  await whileDatabaseStarts(() => database.query('select 1')).catch((error: unknown) => {
    throw refused('cannot be used', error);
  });
  await assertSafeDatabase(database).catch((error: unknown) => {
    throw refused('cannot be trusted', error);
  });
}

/** SQLSTATE classes of a server that is there and cannot be used yet. Any other answer, such as a wrong password, is not mended by waiting. */
const startingCodes = /^(08|53|57P)/;
const isUnreached = (error: unknown): boolean =>
  error instanceof Error &&
  (/^E[A-Z_]+$/.test((error as NodeJS.ErrnoException).code ?? '') ||
    /^(Connection terminated|Query read timeout|timeout exceeded)/.test(error.message));

/** Does `work`, again while the database is away, starting, or has no connection free; half a minute at most. */
export async function whileDatabaseStarts<T>(work: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + reachWithinMs; ; await sleep(500)) {
    try {
      return await work();
    } catch (error) {
      const mayPass =
        error instanceof pg.DatabaseError ? startingCodes.test(error.code ?? '') : isUnreached(error);
      if (!mayPass || Date.now() > until) throw error;
    }
  }
}

/**
 * Under another key every message would be parked as unreadable, so the newest one of each tenant is tried first.
 * @throws ConfigurationError when it was sealed under another master key.
 */
export async function checkMasterKey(
  database: Database,
  master: MasterKey,
  tenants: readonly string[],
): Promise<void> {
  for (const tenant of tenants) {
    const { rows } = await inTransaction(database, [tenant], (client) =>
      client.query<{ sealed_key: Buffer }>(
        'select sealed_key from vault.message_key where tenant = $1 order by message_id desc limit 1',
        [tenant],
      ),
    );
    try {
      if (rows[0] !== undefined) openSecret(master, rows[0].sealed_key);
    } catch {
      throw new ConfigurationError([
        {
          file: 'environment',
          path: 'TALLYPORT_MASTER_KEY',
          message: `is not the key that the messages of ${tenant} were sealed under: start with that one, or nobody can read them`,
        },
      ]);
    }
  }
}

const refused = (what: string, error: unknown): ConfigurationError =>
  new ConfigurationError([
    {
      file: 'environment',
      path: 'DATABASE_URL',
      message: `${what}: ${error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : String(error)}`,
    },
  ]);
