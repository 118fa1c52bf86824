import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { productProcesses, type ProcessName } from '../nemesis/targets.ts';
import { FrontProxy } from '../proxy/front-proxy.ts';
import type { Clocks } from './clocks.ts';
import type { Emulators } from './emulators.ts';
import { freePort } from './free-port.ts';
import type { Links } from './links.ts';
import type { Postgres } from './postgres.ts';
import { Supervised } from './supervised.ts';

export type ProductOptions = {
  /** From where the product's programs are started. */
  readonly tree: string;
  /** Gets the logs. */
  readonly directory: string;
  readonly postgres: Postgres;
  readonly emulators: Emulators;
  readonly links: Links;
  readonly clocks: Clocks | null;
};

/** The product as it is installed: two gateways behind a balancer, two workers, a scheduler. */
export type Product = {
  readonly processes: Readonly<Record<ProcessName, Supervised>>;
  /** Whether a process says of itself that it can do its work. */
  isReady(name: ProcessName): Promise<boolean>;
  /** For the command line tool beside it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops all in good order; before the workers it waits for `isSettled`. Answers who had to be killed. */
  stop(isSettled: () => Promise<void>): Promise<readonly string[]>;
};

/** A worker that is gone is missed after this time; a stopped one wakes up later than that. */
const leaseMs = 6_000;
const restartAfterMs = 2_000;
/** Pollers run so much oftener than at a real platform, so that a lost webhook is found within the run. */
const pollIntervalScale = 0.15;
const stopWithinMs = 40_000;

/** Northwind's second secret: its shop may sign with either. */
export const previousWebhookSecret = 'previous-secret-of-northwind';

const roleOf = (name: ProcessName): string => name.replace(/-\d$/, '');

/** Starts all processes and waits until each is ready. @throws Error when one does not come up */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { tree, directory, postgres, emulators, links, clocks } = options;
  const ports = Object.fromEntries(
    await Promise.all(productProcesses.map(async (name) => [name, await freePort()] as const)),
  ) as Record<ProcessName, number>;
  const front = await FrontProxy.start(
    (['gateway-1', 'gateway-2'] as const).map((name) => ({ host: '127.0.0.1', port: ports[name] })),
  );
  const shared = {
    ...emulators.environment,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    NORTHWIND_SHOPIFY_PREVIOUS_CLIENT_SECRET: previousWebhookSecret,
    TALLYPORT_MASTER_KEY: randomBytes(32).toString('base64'),
    TALLYPORT_RETAILERS_DIR: join(tree, 'retailers'),
    TALLYPORT_RETAILERS: Object.keys(emulators.urls).join(','),
    TALLYPORT_LEASE_MS: String(leaseMs),
    TALLYPORT_POLL_INTERVAL_SCALE: String(pollIntervalScale),
    LOG_LEVEL: 'warn',
  };
  const environmentOf = (name: ProcessName): Record<string, string> => ({
    ...shared,
    ...throughLinks(emulators, links, name),
    ...clocks?.environment(name),
    DATABASE_URL: postgres.engineUrl(links.of(`${name}>postgres`).port),
    TALLYPORT_NODE: name,
    PORT: String(ports[name]),
    ...(name === 'scheduler' && { TALLYPORT_PUBLIC_URL: front.url }),
  });
  const processes = Object.fromEntries(
    productProcesses.map((name) => [
      name,
      new Supervised({
        name,
        command: process.execPath,
        args: [join(tree, 'src/server/main.ts'), '--role', roleOf(name)],
        environment: environmentOf(name),
        logFile: join(directory, `${name}.log`),
        restartAfterMs,
        directory: tree,
      }),
    ]),
  ) as Record<ProcessName, Supervised>;

  const urlOf = (name: ProcessName): string => `http://127.0.0.1:${ports[name]}`;
  const stop = async (isSettled: () => Promise<void>): Promise<readonly string[]> => {
    const stubborn: string[] = [];
    const end = async (names: readonly ProcessName[]): Promise<void> => {
      const byThemselves = await Promise.all(
        names.map((name) => processes[name].stop('SIGTERM', stopWithinMs)),
      );
      stubborn.push(...names.filter((_, index) => byThemselves[index] === false));
    };
    // No new polls and no new webhooks; then what they brought is worked off.
    await end(['scheduler', 'gateway-1', 'gateway-2']);
    await isSettled();
    await end(['worker-1', 'worker-2']);
    await front.close();
    return stubborn;
  };
  try {
    // The gateways first, since subscriptions lead to them; one makes the tables, the others find them.
    for (const name of ['gateway-1', 'gateway-2', 'worker-1', 'worker-2', 'scheduler'] as const) {
      processes[name].start();
      await ready(urlOf(name), processes[name]);
    }
  } catch (error) {
    for (const each of Object.values(processes)) await each.stop('SIGKILL', 1_000);
    await front.close();
    throw error;
  }
  const environment = { ...shared, DATABASE_URL: postgres.engineUrl(postgres.port) };
  return { processes, environment, stop, isReady: (name) => isReady(urlOf(name)) };
}

/** The variables that hold an emulated system's address, with the process's own link to it instead. */
function throughLinks(emulators: Emulators, links: Links, name: string): Record<string, string> {
  const peerAt = new Map(
    Object.entries(emulators.urls).flatMap(([retailer, urls]) =>
      Object.entries(urls).map(([system, url]) => [url, `${retailer}/${system}`] as const),
    ),
  );
  return Object.fromEntries(
    Object.entries(emulators.environment).flatMap(([variable, value]) => {
      const peer = peerAt.get(value);
      return peer === undefined ? [] : [[variable, links.url(name, peer)]];
    }),
  );
}

/** @throws Error when it does not answer, or dies again and again */
async function ready(url: string, process: Supervised): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until && process.restarts < 3; await sleep(100))
    if (await isReady(url)) return;
  throw new Error(`${process.name} did not come up: see product/${process.name}.log`);
}

const isReady = async (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
