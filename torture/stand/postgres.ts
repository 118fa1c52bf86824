import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { postgresBinaries, postgresIdentity } from './postgres-binaries.ts';
import { Supervised } from './supervised.ts';

const run = promisify(execFile);
const [engine, database] = ['tallyport', 'tallyport'];

/** Few connections, so that they can be used up; short WAL, so that a full disk is met soon. fsync stays on. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '90',
  shared_buffers: '128MB',
  min_wal_size: '32MB',
  max_wal_size: '192MB',
  wal_recycle: 'off',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

/** A PostgreSQL server as a process of its own, started again when it dies. */
export type Postgres = {
  readonly process: Supervised;
  readonly port: number;
  /** As the engine is to use it, through whatever stands before `port`. */
  engineUrl(port: number): string;
  /** For the nemesis and for looking in; keeps a way in when all others are taken. */
  readonly superuserUrl: string;
};

export type PostgresOptions = {
  /** Gets the data; made when it is missing. */
  readonly directory: string;
  readonly logFile: string;
  readonly binaries: string | undefined;
};

/** Makes a cluster and starts it. @throws Error when it does not come up */
export async function startPostgres({ directory, logFile, binaries }: PostgresOptions): Promise<Postgres> {
  const from = await postgresBinaries(binaries);
  const password = randomBytes(16).toString('hex');
  const data = await initialized(from, directory, password);
  const port = await freePort();
  const server = new Supervised({
    name: 'postgres',
    command: join(from, 'postgres'),
    args: [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    environment: {},
    logFile,
    restartAfterMs: 500,
    directory: data,
    ...(postgresIdentity !== null && { identity: postgresIdentity }),
  });
  server.start();
  const superuserUrl = `postgres://postgres:${password}@127.0.0.1:${port}`;
  await answering(`${superuserUrl}/postgres`);
  const client = new pg.Client({ connectionString: `${superuserUrl}/postgres` });
  await client.connect();
  await client.query(
    `create role ${engine} login nosuperuser nobypassrls password ${client.escapeLiteral(password)}`,
  );
  await client.query(`create database ${database} owner ${engine}`);
  await client.end();
  return {
    process: server,
    port,
    engineUrl: (through) => `postgres://${engine}:${password}@127.0.0.1:${through}/${database}`,
    superuserUrl: `${superuserUrl}/${database}`,
  };
}

async function initialized(from: string, directory: string, password: string): Promise<string> {
  const [data, passwordFile] = [join(directory, 'data'), join(directory, 'password')];
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (postgresIdentity !== null) {
    await chmod(directory, 0o755);
    for (const path of [passwordFile, data]) await chown(path, postgresIdentity.uid, postgresIdentity.gid);
  }
  const flags = [
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    // So that a full disk is met by the log, too, which PostgreSQL does not survive.
    '--wal-segsize=1',
  ];
  await run(join(from, 'initdb'), ['-D', data, '-N', ...flags], { ...postgresIdentity, cwd: data });
  return data;
}

/** @throws Error after half a minute without an answer */
async function answering(url: string): Promise<void> {
  for (const until = Date.now() + 30_000; ; await sleep(100)) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
