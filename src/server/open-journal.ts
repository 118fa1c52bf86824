import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { assertSafeDatabase, type Database } from '#journal/database.ts';
import { type MasterKey, masterKeyFrom } from '#journal/sealed-box.ts';
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
  for (const until = Date.now() + reachWithinMs; ; await sleep(500)) {
    try {
      await database.query('select 1');
      break;
    } catch (error) {
      // Wrong user, password or database: waiting mends nothing. Anything else may be a server that is starting.
      const isRefusal = error instanceof pg.DatabaseError && /^(28|3D)/.test(error.code ?? '');
      if (isRefusal || Date.now() > until) throw refused('cannot be used', error);
    }
  }
  await assertSafeDatabase(database).catch((error: unknown) => {
    throw refused('cannot be trusted', error);
  });
}

const refused = (what: string, error: unknown): ConfigurationError =>
  new ConfigurationError([
    {
      file: 'environment',
      path: 'DATABASE_URL',
      message: `${what}: ${error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : String(error)}`,
    },
  ]);
