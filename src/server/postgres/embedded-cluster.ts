import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { embeddedBinaries, othersCanReach, runsAsRoot, unprivileged } from './embedded-binaries.ts';

export type ClusterOptions = {
  /** Holds the data directory and the password; made when missing. */
  readonly directory: string;
  /** A folder with `initdb` and `postgres` of another PostgreSQL, e.g. Debian's. Default: the embedded 18. */
  readonly binaries?: string;
  /** Default: the port it had before, else any free one. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
};

/** A real PostgreSQL on loopback, with fsync on, whose life this process holds. */
export type EmbeddedCluster = {
  readonly port: number;
  /** For the engine: neither superuser nor BYPASSRLS; owns the database. */
  url(database: string): string;
  /** For tests that must make databases or kill back ends. */
  readonly superuserUrl: string;
  readonly pid: number | undefined;
  createDatabase(name: string): Promise<void>;
  start(): Promise<void>;
  /** Lets statements end, then shuts down. */
  stop(): Promise<void>;
  /** kill -9 of the postmaster, as after a crash; its back ends follow by themselves. */
  kill(): Promise<void>;
};

const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};
const run = promisify(execFile);
const superuser = 'postgres';
const engine = 'tallyport';

/** Makes the cluster when `directory` has none, and starts it. */
export async function startEmbeddedCluster(options: ClusterOptions): Promise<EmbeddedCluster> {
  const binaries = options.binaries ?? (await embeddedBinaries()).directory;
  const directory = resolve(options.directory);
  if (runsAsRoot && !othersCanReach(resolve(directory, '..'))) {
    throw new Error(
      `PostgreSQL cannot run as root, and ${directory} cannot be reached by another user: choose a data folder outside of it, or run as another user`,
    );
  }
  const data = join(directory, 'data');
  await prepare(binaries, directory, data);
  const password = (await readFile(join(directory, 'password'), 'utf8')).trim();
  const port = options.port ?? (await rememberedPort(directory));
  let server: ChildProcess | undefined;

  const url = (user: string, database: string): string =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const cluster: EmbeddedCluster = {
    port,
    url: (database) => url(engine, database),
    superuserUrl: url(superuser, 'postgres'),
    get pid() {
      return server?.pid;
    },
    async start() {
      server = await launch(binaries, data, port, { ...settings, ...options.settings }, cluster.superuserUrl);
    },
    async stop() {
      await end(server, 'SIGINT');
      server = undefined;
    },
    async kill() {
      await end(server, 'SIGKILL');
      server = undefined;
    },
    async createDatabase(name) {
      await asSuperuser(cluster.superuserUrl, async (client) => {
        await client.query(`create database ${client.escapeIdentifier(name)} owner ${engine}`);
      });
    },
  };
  await cluster.start();
  await asSuperuser(cluster.superuserUrl, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [engine]);
    if (rowCount === 0)
      await client.query(
        `create role ${engine} login nosuperuser nobypassrls password ${client.escapeLiteral(password)}`,
      );
  });
  return cluster;
}

async function prepare(binaries: string, directory: string, data: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if (existsSync(join(data, 'PG_VERSION'))) return;
  // A first start that was interrupted leaves a half-made folder, which initdb refuses.
  await rm(data, { recursive: true, force: true });
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  await mkdir(data, { mode: 0o700 });
  if (runsAsRoot) {
    await chmod(directory, 0o755);
    for (const path of [passwordFile, data]) await chown(path, unprivileged.uid, unprivileged.gid);
  }
  await run(
    join(binaries, 'initdb'),
    [
      '-D',
      data,
      '-U',
      superuser,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C',
      '-N',
    ],
    {
      ...(runsAsRoot && unprivileged),
      cwd: data,
    },
  );
}

async function rememberedPort(directory: string): Promise<number> {
  const file = join(directory, 'port');
  if (existsSync(file)) return Number(readFileSync(file, 'utf8'));
  const port = await freePort();
  await writeFile(file, String(port));
  return port;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

/** After a kill, PostgreSQL refuses some starts until its old back ends and locks are gone: try for half a minute. */
async function launch(
  binaries: string,
  data: string,
  port: number,
  flags: Readonly<Record<string, string>>,
  url: string,
): Promise<ChildProcess | undefined> {
  let complaint = '';
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
    if (await answers(url)) return undefined; // another process of ours started it and holds its life
    const child = spawn(
      join(binaries, 'postgres'),
      [
        '-D',
        data,
        '-p',
        String(port),
        ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...(runsAsRoot && unprivileged),
        cwd: data,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    child.stderr.on(
      'data',
      (chunk: Buffer) => (complaint = `${complaint}${chunk.toString('utf8')}`.slice(-2_000)),
    );
    const started = Date.now();
    while (child.exitCode === null && child.signalCode === null && Date.now() - started < 20_000) {
      if (await answers(url)) return child;
      await sleep(30);
    }
    child.kill('SIGKILL');
  }
  throw new Error(`PostgreSQL did not start on port ${port}: ${complaint}`);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined); // its end is what we ask about
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function end(server: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((done) => server.once('exit', done));
  server.kill(signal);
  await gone;
}

async function asSuperuser(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
