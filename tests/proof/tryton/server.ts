import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installedVersions, installTryton, modules } from './packages.ts';
import { freePort, initCluster, postgresAccount, runSql, startCluster } from './private-postgres.ts';
import { type Account, runProgram, startProgram, stopProgram } from './processes.ts';

/** A real Tryton server that runs for this process alone. */
export type TrytonServer = {
  readonly url: string;
  readonly database: string;
  readonly adminPassword: string;
  /** How long each step took, in milliseconds; 0 for a step that the cache saved. */
  readonly timesMs: {
    readonly install: number;
    readonly initialise: number;
    readonly prepare: number;
    readonly start: number;
  };
  stop(): Promise<void>;
};

const database = 'tryton';
/** Of the cached database; it is on loopback, for one run, with nothing in it. */
const adminPassword = 'Slipway-7-Harbour';

/** What to do to a fresh database once; its result is kept under `key`. */
export type Preparation = {
  readonly key: string;
  run(server: Pick<TrytonServer, 'url' | 'database' | 'adminPassword'>): Promise<void>;
};

/**
 * Installs Tryton from Debian where it is missing, makes a fresh database with the modules active and the preparation done,
 * and starts the server, all on loopback and in folders of its own. Both states of the database are kept in the temp folder
 * under keys of the package versions and the preparation, so that only the first run is slow.
 */
export async function startTryton(preparation: Preparation): Promise<TrytonServer> {
  const install = await installTryton();
  const account = postgresAccount();
  const versions = installedVersions();
  const modulesActive = await cached(versions, account, (data) => initialise(data, account));
  const prepared = await cached(`${versions}\n${preparation.key}`, account, async (data) => {
    const server = await run(await copyCluster(modulesActive.data, data, account), account);
    try {
      await preparation.run(server);
    } finally {
      await server.stop();
    }
  });

  const startedMs = Date.now();
  const folder = ownFolder(mkdtempSync(join(tmpdir(), 'tallyport-tryton-')), account);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const server = await run(await copyCluster(prepared.data, `${folder}/data`, account), account);
    const timesMs = {
      install,
      initialise: modulesActive.tookMs,
      prepare: prepared.tookMs,
      start: Date.now() - startedMs,
    };
    return { ...server, timesMs, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The data folder of a stopped cluster, made by `make` when the cache has none under the key. */
async function cached(
  keyText: string,
  account: Account,
  make: (data: string) => Promise<void>,
): Promise<{ readonly data: string; readonly tookMs: number }> {
  const root = join(tmpdir(), 'tallyport-tryton-cache');
  removeStale(root);
  const data = join(root, createHash('sha256').update(keyText).digest('hex').slice(0, 16));
  if (existsSync(data)) return { data, tookMs: 0 };
  const startedMs = Date.now();
  mkdirSync(root, { recursive: true });
  const folder = ownFolder(mkdtempSync(join(root, 'making-')), account);
  // PostgreSQL's account must reach its data through this folder.
  chmodSync(root, 0o755);
  try {
    await make(`${folder}/data`);
    moveInto(`${folder}/data`, data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { data, tookMs: Date.now() - startedMs };
}

/** Moved into its place in one step: a run that is cut leaves no half of a database behind. Of two at once the first one stays. */
function moveInto(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/** What runs that were killed left in the making. Nobody needs an hour to make one. */
function removeStale(root: string): void {
  if (!existsSync(root)) return;
  for (const name of readdirSync(root)) {
    const stats = statSync(join(root, name), { throwIfNoEntry: false });
    if (name.startsWith('making-') && stats !== undefined && Date.now() - stats.mtimeMs > 3_600_000)
      rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** A new cluster with Tryton's database in it and the modules active. */
async function initialise(data: string, account: Account): Promise<void> {
  const folder = dirname(data);
  await initCluster(data, account);
  const port = await freePort();
  const postgres = await startCluster(data, folder, port, account);
  try {
    await runSql(port, 'postgres', `CREATE DATABASE ${database}`);
    const config = writeConfig(folder, port, 0);
    writeFileSync(`${folder}/password`, `${adminPassword}\n`, { mode: 0o600 });
    const environment = { ...process.env, TRYTONPASSFILE: `${folder}/password` };
    // `ir` and the modules in one pass: a second one would load them all again.
    const target = ['-c', config, '-d', database, '--email', 'admin@example.com'];
    const parameters = [...target, '--activate-dependencies', '-u', 'ir', ...modules];
    await runProgram('trytond-admin', parameters, 6 * 60_000, { environment });
  } finally {
    await stopProgram(postgres, 'SIGINT');
  }
}

/** Starts PostgreSQL on the data folder and trytond on it. Logs and the socket go beside the data. */
async function run(data: string, account: Account): Promise<Omit<TrytonServer, 'timesMs'>> {
  const folder = dirname(data);
  const [databasePort, webPort] = [await freePort(), await freePort()];
  const postgres = await startCluster(data, folder, databasePort, account);
  const config = writeConfig(folder, databasePort, webPort);
  const log = openSync(`${folder}/trytond.log`, 'a');
  const server = startProgram('trytond', ['-c', config, '-d', database], { cwd: folder }, log);
  const url = `http://127.0.0.1:${webPort}`;
  const stop = async (): Promise<void> => {
    await stopProgram(server, 'SIGTERM');
    await stopProgram(postgres, 'SIGINT');
  };
  try {
    await answers(url, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, database, adminPassword, stop };
}

async function copyCluster(from: string, to: string, account: Account): Promise<string> {
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  if (account !== null) await runProgram('chown', ['-R', `${account.uid}:${account.gid}`, to], 60_000);
  chmodSync(to, 0o700);
  return to;
}

function ownFolder(folder: string, account: Account): string {
  if (account !== null) chownSync(folder, account.uid, account.gid);
  return folder;
}

function writeConfig(folder: string, databasePort: number, webPort: number): string {
  const file = `${folder}/trytond.conf`;
  writeFileSync(
    file,
    `[database]\nuri = postgresql://tryton@127.0.0.1:${databasePort}/\npath = ${folder}/files\n[web]\nlisten = 127.0.0.1:${webPort}\n[session]\nauthentications = password\n`,
  );
  return file;
}

/** Waits until the server answers for the database, which loads its modules first. */
async function answers(url: string, server: ChildProcess): Promise<void> {
  const body = JSON.stringify({ id: 1, method: 'common.db.login', params: ['nobody', {}, 'en'] });
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(200)) {
    if (server.exitCode !== null) throw new Error(`trytond ended with ${server.exitCode}`);
    const status = await fetch(`${url}/${database}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(60_000),
    }).then(
      (response) => response.status,
      () => null,
    );
    if (status !== null) return;
  }
  throw new Error('trytond did not answer within two minutes');
}
