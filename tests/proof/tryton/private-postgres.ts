import { type ChildProcess, execFileSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresBin } from './packages.ts';
import { type Account, runProgram, startProgram, stopProgram } from './processes.ts';

const minute = 60_000;

/** Whom PostgreSQL runs as, since it refuses root: `postgres` or `nobody` for root, ourselves otherwise. */
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

export async function initCluster(data: string, account: Account): Promise<void> {
  const parameters = ['-D', data, '-U', 'tryton', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'];
  await runProgram(`${postgresBin()}/initdb`, parameters, 2 * minute, { cwd: '/', account });
}

/** A database of one run must survive no power cut. */
const hasty = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];

/** Starts a cluster of our own on loopback, its socket and its log in `folder`. */
export async function startCluster(
  data: string,
  folder: string,
  port: number,
  account: Account,
): Promise<ChildProcess> {
  const log = openSync(`${folder}/postgres.log`, 'a');
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`, ...hasty];
  const child = startProgram(
    `${postgresBin()}/postgres`,
    ['-D', data, '-p', String(port), ...settings],
    { cwd: '/', account },
    log,
    'INT',
  );
  for (const end = Date.now() + minute; Date.now() < end; await sleep(200)) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start: see ${folder}/postgres.log`);
    if (await isReady(port)) return child;
  }
  await stopProgram(child, 'SIGINT');
  throw new Error('PostgreSQL was not ready within a minute');
}

const isReady = (port: number): Promise<boolean> =>
  runProgram(`${postgresBin()}/pg_isready`, ['-h', '127.0.0.1', '-p', String(port)], minute).then(
    () => true,
    () => false,
  );

export async function runSql(port: number, database: string, sql: string): Promise<void> {
  const where = ['-h', '127.0.0.1', '-p', String(port), '-U', 'tryton', '-d', database];
  await runProgram(`${postgresBin()}/psql`, ['-q', ...where, '-c', sql], minute);
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
