import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresBin } from './packages.ts';

/** Whom PostgreSQL runs as: it refuses root. */
export type Account = { readonly uid: number; readonly gid: number } | null;

/** `postgres` or `nobody` for root, ourselves otherwise. */
export function postgresAccount(): Account {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue;
    }
  }
  throw new Error('neither a user postgres nor a user nobody to run PostgreSQL as');
}

export function initCluster(data: string, account: Account): void {
  execFileSync(
    `${postgresBin()}/initdb`,
    ['-D', data, '-U', 'tryton', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'],
    { stdio: 'ignore', cwd: '/', ...account },
  );
}

/** Starts a cluster of our own on loopback, its socket and its log in `folder`. */
export async function startCluster(
  data: string,
  folder: string,
  port: number,
  account: Account,
): Promise<ChildProcess> {
  const log = openSync(`${folder}/postgres.log`, 'a');
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`];
  const child = spawn(`${postgresBin()}/postgres`, ['-D', data, '-p', String(port), ...settings], {
    stdio: ['ignore', log, log],
    cwd: '/',
    ...account,
  });
  for (let tries = 0; tries < 150; tries += 1) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start: see ${folder}/postgres.log`);
    if (isReady(port)) return child;
    await sleep(200);
  }
  await stopProcess(child, 'SIGINT');
  throw new Error('PostgreSQL was not ready within 30 s');
}

function isReady(port: number): boolean {
  try {
    execFileSync(`${postgresBin()}/pg_isready`, ['-h', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function runSql(port: number, database: string, sql: string): void {
  execFileSync(
    `${postgresBin()}/psql`,
    ['-q', '-h', '127.0.0.1', '-p', String(port), '-U', 'tryton', '-d', database, '-c', sql],
    { stdio: 'ignore' },
  );
}

/** Ends a process that we started, and waits for it; kills it after 20 s. */
export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(timer);
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
