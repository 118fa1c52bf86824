import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { productProcesses } from '../nemesis/targets.ts';
import { Clocks } from './clocks.ts';
import { DatabaseWatch } from './database-watch.ts';
import { SmallDisk } from './disk.ts';
import { type Emulators, startEmulators } from './emulators.ts';
import { Links } from './links.ts';
import { PacketFilter } from './packet-filter.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { type Product, startProduct } from './product.ts';

/** Everything that a run has, and every handle by which it can be hurt. Null: not to be had here. */
export type Stand = {
  readonly postgres: Postgres;
  readonly emulators: Emulators;
  readonly product: Product;
  readonly links: Links;
  readonly watch: DatabaseWatch;
  readonly disk: SmallDisk | null;
  readonly clocks: Clocks | null;
  readonly packets: PacketFilter | null;
};

export type StandOptions = {
  /** This repository: the emulators come from here. */
  readonly repository: string;
  /** Where the product comes from. */
  readonly tree: string;
  /** The run's own. */
  readonly directory: string;
  readonly seed: number;
  readonly postgresBinaries: string | undefined;
  /** In namespaces of our own: packets may be lost and file systems mounted. */
  readonly isIsolated: boolean;
  /** Which of the costly handles are wanted. */
  readonly needs: { readonly disk: boolean; readonly clocks: boolean };
};

const diskMegabytes = 1_200;

/** Starts all; what was begun is ended by `begun`, in the reverse order. @throws Error when something does not come up */
export async function startStand(options: StandOptions, begun: AsyncDisposableStack): Promise<Stand> {
  const { directory, isIsolated, needs } = options;
  const postgresFolder = join(directory, 'postgres');
  const [logs, small] = [join(directory, 'product'), join(directory, 'clocks')];
  for (const folder of [postgresFolder, logs, small, join(directory, 'journals'), join(directory, 'history')])
    await mkdir(folder, { recursive: true });

  const disk = needs.disk && isIsolated ? await SmallDisk.mount(postgresFolder, diskMegabytes) : null;
  if (disk !== null) begun.defer(() => disk.unmount());
  const postgres = await startPostgres({
    directory: postgresFolder,
    logFile: join(directory, 'postgres.log'),
    binaries: options.postgresBinaries,
  });
  begun.defer(async () => void (await postgres.process.stop('SIGINT', 20_000)));
  const emulators = await startEmulators(
    join(options.repository, 'sandbox/emulators-main.ts'),
    directory,
    options.seed,
  );
  begun.defer(() => emulators.stop());
  const links = await Links.start(productProcesses, peersOf(postgres, emulators));
  begun.defer(() => links.close());
  const clocks = needs.clocks ? Clocks.find(small) : null;
  const product = await startProduct({ ...options, directory: logs, postgres, emulators, links, clocks });
  begun.defer(async () => void (await product.stop(() => Promise.resolve())));
  await subscribed(emulators);
  const watch = new DatabaseWatch(postgres.superuserUrl);
  begun.defer(() => watch.close());
  const packets = isIsolated ? await PacketFilter.find() : null;
  return { postgres, emulators, product, links, watch, disk, clocks, packets };
}

function peersOf(
  postgres: Postgres,
  { urls }: Emulators,
): ReadonlyMap<string, { host: string; port: number }> {
  const platforms = Object.entries(urls).flatMap(([retailer, each]) =>
    Object.entries(each).map(
      ([system, url]) => [`${retailer}/${system}`, Number(new URL(url).port)] as const,
    ),
  );
  return new Map(
    [['postgres', postgres.port] as const, ...platforms].map(([peer, port]) => [
      peer,
      { host: '127.0.0.1', port },
    ]),
  );
}

/** Every shop has its subscriptions before the first order: what comes earlier, only a poll would find. */
async function subscribed(emulators: Emulators): Promise<void> {
  const shops = Object.keys(emulators.urls).length;
  for (const until = Date.now() + 60_000; (await emulators.status()).subscribed < shops; await sleep(200))
    if (Date.now() > until) throw new Error('the product did not subscribe: see product/scheduler.log');
}
