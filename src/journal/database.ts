import pg from 'pg';

/** A pool of connections for the engine. A connection that dies is replaced; the statement that used it fails, nothing else. */
export type Database = pg.Pool;
/** The pool, or one connection in a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

/**
 * Hot tables swing between empty and full, so their statistics lie: the engine's connections take index plans, planned once.
 */
const engineSettings = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_bitmapscan=off',
  'jit=off',
  'timezone=UTC',
];

const int8 = 20;

export function openDatabase(
  url: string,
  options: {
    readonly max?: number;
    readonly applicationName?: string;
    /** A statement that got no answer for so long counts as failed, its fate unknown: of a network that lost us without a word nothing else tells. */
    readonly answerWithinMs?: number;
    /** A statement that waited so long for a lock fails with 55P03: somebody holds rows, and others need not stand behind them. */
    readonly lockWithinMs?: number;
    readonly onError?: (error: Error) => void;
  } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 8,
    application_name: options.applicationName ?? 'tallyport',
    options: [
      ...engineSettings,
      ...(options.lockWithinMs === undefined ? [] : [`lock_timeout=${options.lockWithinMs}`]),
    ]
      .map((setting) => `-c ${setting}`)
      .join(' '),
    connectionTimeoutMillis: 10_000,
    ...(options.answerWithinMs === undefined ? {} : { query_timeout: options.answerWithinMs }),
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // A server that vanished without a word is noticed before the lease is over.
    keepAliveInitialDelayMillis: 5_000,
    types: {
      // Our numbers stay far below 2^53.
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
    },
  });
  pool.on('error', (error) => options.onError?.(error));
  // A client that is in use and between two statements has no other listener: its loss would end the process.
  pool.on('connect', (client) => client.on('error', (error) => options.onError?.(error)));
  return pool;
}

/** @throws Error when the role could step over row-level security, or the server does not sync its commits. */
export async function assertSafeDatabase(database: Database): Promise<void> {
  const { rows } = await database.query<{ super: boolean; bypass: boolean; version: number; fsync: string }>(
    `/* assert_safe_database */ select rolsuper as super, rolbypassrls as bypass, current_setting('server_version_num')::int as version, current_setting('fsync') as fsync from pg_roles where rolname = current_user`,
  );
  const role = rows[0];
  if (role === undefined || role.super || role.bypass) {
    throw new Error(
      'DATABASE_URL names a role that is a superuser or has BYPASSRLS: tenants would not be kept apart. Use a role made with NOSUPERUSER NOBYPASSRLS that owns the database.',
    );
  }
  if (role.version < 150_000)
    throw new Error(`PostgreSQL 15 or newer is needed; this server says ${role.version}`);
  if (role.fsync !== 'on')
    throw new Error('The server runs with fsync=off: what is acknowledged could be lost. Turn it on.');
}

/** Runs `work` in one transaction that sees the named tenants. */
export async function inTransaction<T>(
  database: Database,
  tenants: readonly string[],
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await client.query(`select set_config('tallyport.tenants', $1, true)`, [tenants.join(',')]);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    broken = await client.query('rollback').then(
      () => undefined,
      (failure: Error) => failure,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}
