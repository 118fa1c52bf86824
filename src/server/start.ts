import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { secretTexts } from '#connector-sdk/secrets.ts';
import { ConnectionMinder } from '#dispatch/connection-minder.ts';
import type { Installation } from '#dispatch/open-connection.ts';
import { Scheduler } from '#dispatch/scheduler.ts';
import { Worker } from '#dispatch/worker.ts';
import { webhookGateway } from '#intake/gateway.ts';
import { IntakeBatcher } from '#intake/intake-batcher.ts';
import { IntakeMetrics } from '#intake/intake-metrics.ts';
import { aliasesOf } from '#journal/alias.ts';
import { importCrosswalks } from '#journal/crosswalk-import.ts';
import { type Database, openDatabase } from '#journal/database.ts';
import { migrate } from '#journal/migrate.ts';
import { migrationDifference } from '#journal/migration-status.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import { isSessionAlive } from '#journal/session-store.ts';
import { listenForWork } from '#journal/work-signal.ts';
import { startAlerting } from './alerting.ts';
import { startCustomerMatching } from './customer-matching.ts';
import { type Environment, environmentSchema } from './config/environment.ts';
import { openConnections, secretsOf } from './connections.ts';
import { CrosswalkCache } from './crosswalk-cache.ts';
import { healthRoutes, type ReadinessCheck } from './health.ts';
import { httpServer } from './http-server.ts';
import { type MaskedLog, openLog } from './logger.ts';
import { checkJournal, checkMasterKey, findJournal, whileDatabaseStarts } from './open-journal.ts';
import { processLookup } from './processes.ts';
import { loadRetailers } from './retailers/load-retailers.ts';
import type { Retailer } from './retailers/retailer.ts';
import type { Role } from './roles.ts';

/** What everything else in a process stands on. */
export type Foundation = {
  readonly database: Database;
  readonly master: MasterKey;
  readonly retailers: readonly Retailer[];
  readonly installation: Installation;
  readonly log: MaskedLog;
  readonly node: string;
  readonly intake: IntakeMetrics;
};

export type StartOptions = {
  readonly environment: Environment;
  readonly roles: ReadonlySet<Role>;
  /** Default: stdout, as LOG_LEVEL and LOG_FORMAT say. */
  readonly log?: MaskedLog;
  /** Further routes, such as the API and the console. */
  readonly routes?: (app: FastifyInstance, foundation: Foundation) => void | Promise<void>;
};

export type Running = Foundation & {
  /** Where this process listens. */
  readonly url: string;
  /** Connection string of the journal, for tools beside it. */
  readonly databaseUrl: string;
  /** Stops accepting, finishes requests, hands lanes back, closes what is open. Safe to call twice. */
  stop(): Promise<void>;
};

/** Connections of the gateway alone: two batches and the word to the workers, so that a busy worker never delays an answer. */
const gatewayConnections = 3;
/** No statement of the engine takes as long; one that does has lost its server. */
const answerWithinMs = 15_000;
/** Nor does any of its locks last as long. */
const lockWithinMs = 2_000;

/** Starts one process of an installation in the order in which things depend on each other. @throws ConfigurationError */
export async function startTallyport(options: StartOptions): Promise<Running> {
  const { environment, roles } = options;
  const { settings } = environment;
  const node = settings.TALLYPORT_NODE ?? `${hostname()}:${process.pid}`;
  const retailers = loadRetailers({
    directory: settings.TALLYPORT_RETAILERS_DIR,
    only: settings.TALLYPORT_RETAILERS,
    variable: (name) => environment.variable(name),
  });
  const secrets = [...secretsOf(retailers), ...secretTexts(environmentSchema, settings)];
  const log = (options.log ?? openLog(settings)).with({ node }, secrets);
  for (const variable of environment.unknown)
    log.warn({ variable }, 'this variable means nothing here: misspelt?');

  // Whatever was begun is ended in reverse order, when we stop as well as when the start fails half-way.
  await using begun = new AsyncDisposableStack();
  const { url: databaseUrl, master, cluster } = await findJournal(settings);
  if (cluster !== null) begun.defer(() => cluster.stop());
  const pool = (name: string, max: number, answerWithinMs?: number): Database => {
    const opened: Database = openDatabase(databaseUrl, {
      max,
      ...(answerWithinMs === undefined ? {} : { answerWithinMs, lockWithinMs }),
      applicationName: `tallyport ${name}`,
      onError: (error) => {
        if (!opened.ending) log.warn({ error: error.message }, 'a connection to the database was lost');
      },
    });
    begun.defer(() => opened.end());
    return opened;
  };
  const patientDatabase = pool('upkeep', 1);
  await checkJournal(patientDatabase);
  const database = pool('engine', settings.TALLYPORT_DATABASE_CONNECTIONS, answerWithinMs);
  for (const migration of await whileDatabaseStarts(() => migrate(patientDatabase)))
    log.info({ migration }, 'migration applied');
  const tenants = retailers.map(({ tenant }) => tenant);
  await whileDatabaseStarts(() => checkMasterKey(patientDatabase, master, tenants));
  for (const retailer of retailers) await whileDatabaseStarts(() => bringCrosswalks(database, retailer, log));

  // The minder is made from the connections, and they report to it.
  let minder: ConnectionMinder | null = null;
  const connections = openConnections(retailers, {
    database,
    master,
    log,
    reporterOf: (tenant, id) => minder?.of(tenant, id)?.reporter ?? null,
  });
  begun.defer(() => connections.close());
  const { installation } = connections;
  minder = new ConnectionMinder(database, installation, log);

  const checks: ReadinessCheck[] = [
    { name: 'database', check: async () => void (await database.query('select 1')) },
    { name: 'migrations', check: async () => expectNone(await migrationDifference(database)) },
  ];
  const engine = { database, master, installation, log, node };
  if (roles.has('worker')) {
    const signal = listenForWork(databaseUrl, (error) =>
      log.warn({ error: error.message }, 'not listening for new work; looking for it all the same'),
    );
    begun.defer(() => signal.close());
    const crosswalks = await CrosswalkCache.start(database, installation.tenants, log);
    begun.defer(() => crosswalks.stop());
    const worker = await Worker.start({
      ...engine,
      minder,
      signal,
      processFor: processLookup(retailers),
      crosswalks: (tenant) => crosswalks.of(tenant),
      aliasesOf: (_tenant, event) => aliasesOf(master, event),
      onRefused: ({ tenant, entity }, error) =>
        log.error({ tenant, entity, error: error.message }, 'the database refused a step: a defect'),
      maxLanes: settings.TALLYPORT_MAX_LANES,
      leaseMs: settings.TALLYPORT_LEASE_MS,
    });
    begun.defer(() => worker.stop());
    checks.push({
      name: 'session',
      check: async () => expectNone((await isSessionAlive(database, worker.session)) ? [] : ['session']),
    });
  }
  if (roles.has('scheduler')) {
    const scheduler = await Scheduler.start({
      ...engine,
      patientDatabase,
      publicUrl: settings.TALLYPORT_PUBLIC_URL ?? null,
      retentionDays: settings.TALLYPORT_RETENTION_DAYS,
      pollIntervalScale: settings.TALLYPORT_POLL_INTERVAL_SCALE,
    });
    begun.defer(() => scheduler.stop());
    const alerting = startAlerting(database, retailers, log);
    begun.defer(() => alerting.stop());
    const matching = startCustomerMatching(database, retailers, log);
    begun.defer(() => matching.stop());
  }

  const intake = new IntakeMetrics();
  const app = httpServer(log);
  healthRoutes(app, checks);
  if (roles.has('gateway')) {
    const batcher = new IntakeBatcher({
      database: pool('gateway', gatewayConnections, answerWithinMs),
      master,
      log,
    });
    begun.defer(() => batcher.idle());
    const { TALLYPORT_BODY_LIMIT_BYTES: bodyLimitBytes, TALLYPORT_MAX_REQUESTS: maxRequests } = settings;
    await app.register((scope, _options, done) => {
      const connection = installation.connection.bind(installation);
      webhookGateway(scope, { connection, batcher, metrics: intake, log, bodyLimitBytes, maxRequests });
      done();
    });
  }
  const foundation: Foundation = { database, master, retailers, installation, log, node, intake };
  await options.routes?.(app, foundation);
  begun.defer(() => app.close());
  await app.listen({ host: settings.HOST, port: settings.PORT });
  const url = addressOf(app);
  log.info({ url, roles: [...roles], tenants: installation.tenants }, 'started');

  const kept = begun.move();
  return { ...foundation, url, databaseUrl, stop: () => kept.disposeAsync() };
}

async function bringCrosswalks(
  database: Database,
  { tenant, crosswalks }: Retailer,
  log: MaskedLog,
): Promise<void> {
  const { overruled, ...counts } = await importCrosswalks(database, tenant, crosswalks);
  if (counts.added + counts.changed + counts.retired > 0)
    log.info({ tenant, ...counts }, 'crosswalks imported');
  for (const { connection, table, key, value, operatorValue } of overruled)
    log.warn(
      { tenant, connection, table, key, value, operatorValue },
      "a crosswalk row of the file is overruled by an operator's; make them agree",
    );
}

function expectNone(found: readonly string[]): void {
  if (found.length > 0) throw new Error(found.join(', '));
}

function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
