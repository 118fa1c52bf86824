import { join } from 'node:path';
import type { SinkUrls } from '../sinks/sink-messages.ts';
import { freePort, NodeProcess } from '../system/node-process.ts';
import { benchSecret, shopDomain } from '../system/retailers-folder.ts';
import type { MeteredProcess, SystemUnderTest } from '../system/system-under-test.ts';
import type { PeerSettings } from './peer-settings.ts';
import { startRedis } from './redis-server.ts';

export type PeerOptions = { readonly directory: string; readonly urls: SinkUrls; readonly retailers: number };

const script = (name: string): string => new URL(`./${name}.ts`, import.meta.url).pathname;

/** Fastify + BullMQ on a Redis with `appendfsync always`; gateway and worker as processes of their own, as ours are. */
export async function startBullmq(options: PeerOptions): Promise<SystemUnderTest> {
  const redis = await startRedis(options.directory);
  const settings = peerSettings(options, redis.port);
  const gateway = await peerProcess('gateway', 'bullmq-gateway', settings, options.directory);
  const worker = await peerProcess('worker', 'bullmq-worker', settings, options.directory);
  return {
    ...common(options, gateway.port),
    processes: () => [
      ...alive([gateway.process, worker.process]),
      { name: 'redis', pid: redis.pid, isFamily: false },
    ],
    killWorker: () => worker.process.kill(),
    startWorker: () => worker.process.start(),
    stopWorker: () => worker.process.stop(),
    async stop() {
      await gateway.process.kill();
      await worker.process.kill();
      await redis.stop();
    },
  };
}

/** A script without a queue, in one process: its gateway is its worker. */
export async function startDirect(options: PeerOptions): Promise<SystemUnderTest> {
  const { process, port } = await peerProcess(
    'worker',
    'direct-main',
    peerSettings(options, 0),
    options.directory,
  );
  return {
    ...common(options, port),
    processes: () => alive([process]),
    killWorker: () => process.kill(),
    startWorker: () => process.start(),
    stopWorker: () => process.stop(),
    stop: () => process.kill(),
  };
}

const common = ({ retailers }: PeerOptions, port: number) => ({
  port,
  paths: Array.from({ length: retailers }, (_, index) => `/webhooks/${index}`),
  secret: benchSecret,
  shopDomain,
  database: null,
});

const peerSettings = ({ urls, retailers }: PeerOptions, redisPort: number): Omit<PeerSettings, 'port'> => ({
  secret: benchSecret,
  redisPort,
  erpUrls: Array.from({ length: retailers }, (_, index) =>
    index === retailers - 1 ? urls.otherErp : urls.erp,
  ),
  crmUrl: urls.crm,
});

const alive = (processes: readonly NodeProcess[]): readonly MeteredProcess[] =>
  processes.filter(({ isAlive }) => isAlive).map(({ name, pid }) => ({ name, pid, isFamily: false }));

async function peerProcess(
  name: string,
  file: string,
  settings: Omit<PeerSettings, 'port'>,
  directory: string,
): Promise<{ readonly process: NodeProcess; readonly port: number }> {
  const port = await freePort();
  const process = new NodeProcess({
    name,
    command: [script(file), JSON.stringify({ ...settings, port })],
    environment: { NODE_ENV: 'production' },
    logFile: join(directory, `${name}.log`),
    readyUrl: `http://127.0.0.1:${port}/health/ready`,
  });
  await process.start();
  return { process, port };
}
