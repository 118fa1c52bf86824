import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Supervised } from './supervised.ts';

export type ProductOptions = {
  /** Gets the logs. */
  readonly directory: string;
  readonly databaseUrl: string;
  readonly retailers: readonly string[];
  /** The variables that the retailers' folders refer to. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pollIntervalScale: number;
  /** The repository's own `retailers/` unless said otherwise. */
  readonly retailersDirectory?: string;
  /** How long a gateway that was killed stays away. */
  readonly gatewayRestartAfterMs?: number;
};

/** The product as it is installed: a process with gateway and scheduler, and two workers. */
export type Product = {
  readonly gatewayUrl: string;
  readonly gateway: Supervised;
  readonly workers: readonly Supervised[];
  /** What a shell needs to use the command line tool beside it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

const root = new URL('../../', import.meta.url).pathname;
const restartAfterMs = 4_000;
/** Emulators, database and product share this machine's cores: a worker that gets none for some seconds is not dead. */
const leaseMs = 15_000;

/** Starts all processes and waits until the gateway takes webhooks. @throws Error when it does not come up */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const port = await freePort();
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const environment = {
    ...options.environment,
    DATABASE_URL: options.databaseUrl,
    TALLYPORT_MASTER_KEY: randomBytes(32).toString('base64'),
    TALLYPORT_RETAILERS_DIR: options.retailersDirectory ?? join(root, 'retailers'),
    TALLYPORT_RETAILERS: options.retailers.join(','),
    TALLYPORT_LEASE_MS: String(leaseMs),
  };
  const process = (name: string, role: string, more: Readonly<Record<string, string>>): Supervised =>
    new Supervised({
      name,
      command: [join(root, 'src/server/main.ts'), '--role', role],
      environment: { ...environment, TALLYPORT_NODE: name, LOG_LEVEL: 'warn', PORT: '0', ...more },
      logFile: join(options.directory, `${name}.log`),
      restartAfterMs: (name === 'gateway' ? options.gatewayRestartAfterMs : undefined) ?? restartAfterMs,
    });
  const gateway = process('gateway', 'gateway,scheduler', {
    PORT: String(port),
    TALLYPORT_PUBLIC_URL: gatewayUrl,
    TALLYPORT_POLL_INTERVAL_SCALE: String(options.pollIntervalScale),
  });
  const workers = ['worker-1', 'worker-2'].map((name) => process(name, 'worker', {}));
  const stop = async (): Promise<void> => {
    await gateway.stop(); // no new webhooks, then the work is handed back
    await Promise.all(workers.map((worker) => worker.stop()));
  };
  gateway.start();
  if (!(await isReady(gatewayUrl, gateway))) {
    await stop();
    throw new Error(`the gateway did not come up: see ${join(options.directory, 'gateway.log')}`);
  }
  for (const worker of workers) worker.start();
  return { gatewayUrl, gateway, workers, environment, stop };
}

async function isReady(url: string, process: Supervised): Promise<boolean> {
  for (const until = Date.now() + 60_000; Date.now() < until && process.isAlive; await sleep(100)) {
    const response = await fetch(`${url}/health/ready`).catch(() => null);
    if (response?.ok) return true;
  }
  return false;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
