import { fastify, type FastifyInstance } from 'fastify';
import pg from 'pg';
import { Pool } from 'undici';
import { type Database, inTransaction, openDatabase } from '#journal/database.ts';
import { migrate } from '#journal/migrate.ts';
import { masterKeyFrom } from '#journal/sealed-box.ts';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { endConnectionsWhenStopping } from '../end-connections.ts';
import { type GatewayOptions, webhookGateway } from '../gateway.ts';
import { IntakeBatcher, type IntakeLimits } from '../intake-batcher.ts';
import { IntakeMetrics } from '../intake-metrics.ts';
import { secret, sign, signedConnector } from './signed-connector.ts';

export const master = masterKeyFrom(Buffer.alloc(32, 7).toString('base64'));
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
};

/** A gateway over real HTTP and a real database, with one tenant `acme` and its connections `shop` and `deaf`. */
export type GatewayUnderTest = {
  readonly app: FastifyInstance;
  readonly database: Database;
  readonly batcher: IntakeBatcher;
  readonly metrics: IntakeMetrics;
  readonly logged: string[];
  post(body: string | Buffer, headers?: Readonly<Record<string, string>>, path?: string): Promise<Answer>;
  count(table: string): Promise<number>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Holds up every insertion until `release`. */
  holdUp(): Promise<{ release(): Promise<void>; waiting(): Promise<number> }>;
  /** Ends the gateway's own connections to the database, as a fail-over does. */
  cutDatabase(): Promise<void>;
  stop(): Promise<void>;
};

export async function gatewayUnderTest(
  options: Partial<GatewayOptions> = {},
  limits: Partial<IntakeLimits> = {},
): Promise<GatewayUnderTest> {
  const place = await testDatabase();
  const observer = openDatabase(place.url, { max: 2, applicationName: 'observer' });
  await migrate(observer);
  const database = openDatabase(place.url, { max: 4, applicationName: 'gateway' });
  const logged: string[] = [];
  const line = (fields: Record<string, unknown>, message: string): void =>
    void logged.push(JSON.stringify({ ...fields, message }));
  const log = { info: line, warn: line, error: line };
  const batcher = new IntakeBatcher({ database, master, log }, limits);
  const metrics = new IntakeMetrics();
  const app = fastify();
  endConnectionsWhenStopping(app);
  const targets = { shop: signedConnector, deaf: { inbound: {} } };
  webhookGateway(app, {
    connection: (tenant, id) =>
      tenant === 'acme' && Object.hasOwn(targets, id)
        ? { tenant, id, connector: targets[id as keyof typeof targets], config: { secret } }
        : null,
    batcher,
    metrics,
    log,
    ...options,
  });
  const client = new Pool(await app.listen({ port: 0, host: '127.0.0.1' }), { connections: 128 });
  const [admin, watcher] = [0, 1].map(() => new pg.Client({ connectionString: place.superuserUrl })) as [
    pg.Client,
    pg.Client,
  ];
  await Promise.all([admin.connect(), watcher.connect()]);
  const rows: GatewayUnderTest['rows'] = (sql, values) =>
    inTransaction(
      observer,
      ['acme'],
      async (connection) => (await connection.query(sql, values)).rows as never,
    );

  return {
    app,
    database,
    batcher,
    metrics,
    logged,
    rows,
    async post(body, headers = {}, path = '/webhooks/acme/shop') {
      const bytes = Buffer.from(body);
      const answer = await client.request({
        method: 'POST',
        path,
        body: bytes,
        headers: {
          'content-type': 'application/json',
          'x-signature': sign(bytes),
          'x-topic': 'thing/changed',
          'x-event-id': 'event-1',
          'x-occurred-at': '2026-11-24T10:00:00.000Z',
          ...headers,
        },
      });
      const text = await answer.body.text();
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: text === '' ? null : (JSON.parse(text) as unknown),
      };
    },
    async count(table) {
      const [row] = await rows<{ count: number }>(`select count(*) from ${table}`);
      return Number(row?.count);
    },
    async holdUp() {
      await admin.query('begin');
      await admin.query('lock table seen in access exclusive mode');
      return {
        release: async () => void (await admin.query('commit')),
        async waiting() {
          // On a connection of its own: within a transaction the view does not change.
          const { rowCount } = await watcher.query(
            `select from pg_stat_activity where application_name = 'gateway' and wait_event_type = 'Lock'`,
          );
          return rowCount ?? 0;
        },
      };
    },
    async cutDatabase() {
      await watcher.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gateway' and datname = current_database()`,
      );
    },
    async stop() {
      await Promise.all([admin.end(), watcher.end()]);
      await app.close();
      await client.close();
      await batcher.idle();
      await Promise.all([database.end(), observer.end()]);
      await place.drop();
    },
  };
}
