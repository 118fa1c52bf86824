import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installedVersions, installTryton, modules } from './packages.ts';
import { type Account, freePort, initCluster, postgresAccount, runSql, startCluster, stopProcess } from './private-postgres.ts';

/** A real Tryton server that runs for this process alone. */
export type TrytonServer = {
  readonly url: string;
  readonly database: string;
  readonly adminPassword: string;
  /** How long each step took, in milliseconds; 0 for a step that the cache saved. */
  readonly timesMs: { readonly install: number; readonly initialise: number; readonly start: number };
  stop(): Promise<void>;
};

const database = 'tryton';
/** Of the cached database; it is on loopback, for one run, with nothing in it. */
const adminPassword = 'Slipway-7-Harbour';

/**
 * Installs Tryton from Debian where it is missing, makes a fresh database and starts the server, all on loopback and in
 * folders of its own. The initialised database is kept in the temp folder under a key of the package versions, so that
 * only the first run initialises.
 */
export async function startTryton(): Promise<TrytonServer> {
  const install = installTryton();
  const account = postgresAccount();
  const { data: cached, tookMs: initialise } = await cachedCluster(account);

  const startedMs = Date.now();
  const folder = ownFolder(mkdtempSync(join(tmpdir(), 'tallyport-tryton-')), account);
  const data = copyCluster(cached, `${folder}/data`, account);
  const [databasePort, webPort] = [await freePort(), await freePort()];
  const postgres = await startCluster(data, folder, databasePort, account);
  const config = writeConfig(folder, databasePort, webPort);
  const log = openSync(`${folder}/trytond.log`, 'a');
  const server = spawn('trytond', ['-c', config, '-d', database], { stdio: ['ignore', log, log], cwd: folder });
  const url = `http://127.0.0.1:${webPort}`;

  const stop = async (): Promise<void> => {
    await stopProcess(server, 'SIGTERM');
    await stopProcess(postgres, 'SIGINT');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(url, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, database, adminPassword, timesMs: { install, initialise, start: Date.now() - startedMs }, stop };
}

/** The data folder of a stopped cluster with the modules active; made when the cache has none for these versions. */
async function cachedCluster(account: Account): Promise<{ readonly data: string; readonly tookMs: number }> {
  const key = createHash('sha256').update(installedVersions()).digest('hex').slice(0, 16);
  const root = join(tmpdir(), 'tallyport-tryton-cache');
  const data = join(root, key);
  if (existsSync(data)) return { data, tookMs: 0 };

  const startedMs = Date.now();
  mkdirSync(root, { recursive: true });
  const folder = ownFolder(mkdtempSync(join(tmpdir(), 'tallyport-tryton-init-')), account);
  try {
    initCluster(`${folder}/data`, account);
    const port = await freePort();
    const postgres = await startCluster(`${folder}/data`, folder, port, account);
    try {
      runSql(port, 'postgres', `CREATE DATABASE ${database}`);
      const config = writeConfig(folder, port, 0);
      writeFileSync(`${folder}/password`, `${adminPassword}\n`, { mode: 0o600 });
      const admin = (...parameters: readonly string[]): void =>
        void execFileSync('trytond-admin', ['-c', config, '-d', database, ...parameters], { stdio: 'ignore', env: { ...process.env, TRYTONPASSFILE: `${folder}/password` } });
      admin('--all', '--email', 'admin@example.com');
      admin('-u', ...modules, '--activate-dependencies');
    } finally {
      await stopProcess(postgres, 'SIGINT');
    }
    // Moved into its place in one step: a run that is cut leaves no half of a database behind.
    const staged = copyCluster(`${folder}/data`, join(root, `${key}.${randomBytes(4).toString('hex')}`), account);
    if (existsSync(data)) rmSync(staged, { recursive: true, force: true });
    else renameSync(staged, data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { data, tookMs: Date.now() - startedMs };
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
  writeFileSync(file, `[database]\nuri = postgresql://tryton@127.0.0.1:${databasePort}/\npath = ${folder}/files\n[web]\nlisten = 127.0.0.1:${webPort}\n[session]\nauthentications = password\n`);
  return file;
}

/** Waits until the server answers for the database, which loads its modules first. */
async function answers(url: string, server: ChildProcess): Promise<void> {
  const body = JSON.stringify({ id: 1, method: 'common.db.login', params: ['nobody', {}, 'en'] });
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`trytond ended with ${server.exitCode}`);
    const status = await fetch(`${url}/${database}/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(
      (response) => response.status,
      () => null,
    );
    if (status !== null) return;
    await sleep(200);
  }
  throw new Error('trytond did not answer within 60 s');
}
