import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type EmbeddedCluster, startEmbeddedCluster } from '#server/postgres/embedded-cluster.ts';
import { DatabaseMeter } from '../measure/database-meter.ts';
import type { SinkUrls } from '../sinks/sink-messages.ts';
import { endsWithUs, hasEnded } from './ends-with-us.ts';
import { freePort, NodeProcess } from './node-process.ts';
import {
  benchSecret,
  type ConnectorChoice,
  secretVariables,
  shopDomain,
  writeRetailers,
} from './retailers-folder.ts';
import type { SystemUnderTest } from './system-under-test.ts';

export type ProductOptions = {
  /** Gets the database, the retailers and the logs; another user must be able to enter it. */
  readonly directory: string;
  readonly urls: SinkUrls;
  readonly connectors: ConnectorChoice;
  readonly retailers: number;
  readonly startsWorker: boolean;
  /** Further settings of PostgreSQL. */
  readonly postgres?: Readonly<Record<string, string>>;
  /** Further variables of the product. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Flags of Node.js by role, e.g. for a profile. */
  readonly nodeFlags?: (role: string, directory: string) => readonly string[];
};

export type RunningProduct = SystemUnderTest & {
  readonly cluster: EmbeddedCluster;
  readonly database: DatabaseMeter;
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly tenants: readonly string[];
};

const root = new URL('../../', import.meta.url).pathname;
const databaseName = 'bench';
/** The product with modules replaced by the bench's own: what a choice of connectors puts before its script. */
const flagsOf: { readonly [C in ConnectorChoice]: readonly string[] } = {
  real: [],
  'one-call': ['--import', join(root, 'bench/one-call/register.ts')],
  relay: ['--import', join(root, 'bench/one-call/register-relay.ts')],
};

/** The product as it is installed: PostgreSQL with fsync on, a gateway, a worker and a scheduler, each a process of its own. */
export async function startProduct(options: ProductOptions): Promise<RunningProduct> {
  const { directory, connectors } = options;
  const cluster = await startEmbeddedCluster({
    directory: join(directory, 'postgres'),
    settings: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', ...options.postgres },
  });
  await using begun = new AsyncDisposableStack();
  begun.defer(async () => {
    const { pid } = cluster;
    await cluster.stop();
    hasEnded(pid);
  });
  endsWithUs(cluster.pid);
  await cluster.createDatabase(databaseName);
  const retailersDirectory = join(directory, 'retailers');
  const tenants = await writeRetailers(retailersDirectory, options.urls, options);
  const databaseUrl = cluster.url(databaseName);
  const masterKey = randomBytes(32).toString('base64');

  const process = async (role: string): Promise<{ readonly process: NodeProcess; readonly port: number }> => {
    const port = await freePort();
    const flags = [...(options.nodeFlags?.(role, directory) ?? []), ...flagsOf[connectors]];
    return {
      port,
      process: new NodeProcess({
        name: role,
        command: [...flags, join(root, 'src/server/main.ts'), '--role', role],
        environment: {
          ...secretVariables,
          DATABASE_URL: databaseUrl,
          TALLYPORT_MASTER_KEY: masterKey,
          TALLYPORT_RETAILERS_DIR: retailersDirectory,
          // The ERP's own changes are no part of the run: its pollers look once, at the start.
          TALLYPORT_POLL_INTERVAL_SCALE: '100',
          TALLYPORT_NODE: role,
          LOG_LEVEL: 'warn',
          PORT: String(port),
          ...options.variables,
        },
        logFile: join(directory, `${role}.log`),
        readyUrl: `http://127.0.0.1:${port}/health/ready`,
      }),
    };
  };
  const [gateway, worker, scheduler] = [
    await process('gateway'),
    await process('worker'),
    await process('scheduler'),
  ];
  const all = [gateway, worker, scheduler];
  for (const each of all.toReversed()) begun.defer(() => each.process.stop());
  // One after the other: the first of them brings the schema.
  await gateway.process.start();
  await scheduler.process.start();
  if (options.startsWorker) await worker.process.start();
  const database = await DatabaseMeter.connect(
    cluster.superuserUrl.replace(/\/postgres$/, `/${databaseName}`),
  );
  begun.defer(() => database.end());

  const kept = begun.move();
  return {
    port: gateway.port,
    paths: tenants.map((tenant) => `/webhooks/${tenant}/shop`),
    secret: benchSecret,
    shopDomain,
    cluster,
    database,
    databaseUrl,
    masterKey,
    tenants,
    processes: () => [
      ...all
        .filter((each) => each.process.isAlive)
        .map((each) => ({ name: each.process.name, pid: each.process.pid, isFamily: false })),
      { name: 'postgres', pid: cluster.pid ?? 0, isFamily: true },
    ],
    killWorker: () => worker.process.kill(),
    startWorker: () => worker.process.start(),
    stopWorker: () => worker.process.stop(),
    stop: () => kept.disposeAsync(),
  };
}
