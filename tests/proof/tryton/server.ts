import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installedVersions, installTryton, modules } from './packages.ts';
import {
  type Account,
  freePort,
  initCluster,
  postgresAccount,
  runSql,
  startCluster,
  stopProcess,
} from './private-postgres.ts';

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
  const install = installTryton();
  const account = postgresAccount();
  const versions = installedVersions();
  const modulesActive = await cached(versions, account, (data) => initialise(data, account));
  const prepared = await cached(`${versions}\n${preparation.key}`, account, async (data) => {
    const server = await run(copyCluster(modulesActive.data, data, account), account);
    try {
      await preparation.run(server);
    } finally {
      await server.stop();
    }
  });

  const startedMs = Date.now();
  const folder = ownFolder(mkdtempSync(join(tmpdir(), 'tallyport-tryton-')), account);
  const server = await run(copyCluster(prepared.data, `${folder}/data`, account), account);
  return {
    ...server,
    timesMs: {
      install,
      initialise: modulesActive.tookMs,
      prepare: prepared.tookMs,
      start: Date.now() - startedMs,
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The data folder of a stopped cluster, made by `make` when the cache has none under the key. */
async function cached(
  keyText: string,
  account: Account,
  make: (data: string) => Promise<void>,
): Promise<{ readonly data: string; readonly tookMs: number }> {
  const root = join(tmpdir(), 'tallyport-tryton-cache');
  const data = join(root, createHash('sha256').update(keyText).digest('hex').slice(0, 16));
  if (existsSync(data)) return { data, tookMs: 0 };
  const startedMs = Date.now();
  mkdirSync(root, { recursive: true });
  const folder = ownFolder(mkdtempSync(join(root, 'making-')), account);
  // PostgreSQL's account must reach its data through this folder.
  chmodSync(root, 0o755);
  try {
    await make(`${folder}/data`);
    // Moved into its place in one step: a run that is cut leaves no half of a database behind.
    if (!existsSync(data)) renameSync(`${folder}/data`, data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { data, tookMs: Date.now() - startedMs };
}

/** A new cluster with Tryton's database in it and the modules active. */
async function initialise(data: string, account: Account): Promise<void> {
  const folder = dirname(data);
  initCluster(data, account);
  const port = await freePort();
  const postgres = await startCluster(data, folder, port, account);
  try {
    runSql(port, 'postgres', `CREATE DATABASE ${database}`);
    const config = writeConfig(folder, port, 0);
    writeFileSync(`${folder}/password`, `${adminPassword}\n`, { mode: 0o600 });
    const environment = { ...process.env, TRYTONPASSFILE: `${folder}/password` };
    const admin = (...parameters: readonly string[]): void =>
      void execFileSync('trytond-admin', ['-c', config, '-d', database, ...parameters], {
        stdio: 'ignore',
        env: environment,
      });
    admin('--all', '--email', 'admin@example.com');
    admin('-u', ...modules, '--activate-dependencies');
  } finally {
    await stopProcess(postgres, 'SIGINT');
  }
}

/** Starts PostgreSQL on the data folder and trytond on it. Logs and the socket go beside the data. */
async function run(data: string, account: Account): Promise<Omit<TrytonServer, 'timesMs'>> {
  const folder = dirname(data);
  const [databasePort, webPort] = [await freePort(), await freePort()];
  const postgres = await startCluster(data, folder, databasePort, account);
  const config = writeConfig(folder, databasePort, webPort);
  const log = openSync(`${folder}/trytond.log`, 'a');
  const server = spawn('trytond', ['-c', config, '-d', database], {
    stdio: ['ignore', log, log],
    cwd: folder,
  });
  const url = `http://127.0.0.1:${webPort}`;
  const stop = async (): Promise<void> => {
    await stopProcess(server, 'SIGTERM');
    await stopProcess(postgres, 'SIGINT');
  };
  try {
    await answers(url, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, database, adminPassword, stop };
}

function copyCluster(from: string, to: string, account: Account): string {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  if (account !== null) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, to]);
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
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`trytond ended with ${server.exitCode}`);
    const status = await fetch(`${url}/${database}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).then(
      (response) => response.status,
      () => null,
    );
    if (status !== null) return;
    await sleep(200);
  }
  throw new Error('trytond did not answer within 60 s');
}
