import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { endsWithUs, hasEnded } from '../system/ends-with-us.ts';
import { freePort } from '../system/node-process.ts';

export type RedisServer = { readonly port: number; readonly pid: number; stop(): Promise<void> };

/** A Redis of its own that is as durable as the journal: every write is on disk before it is answered. @throws Error without redis-server */
export async function startRedis(directory: string): Promise<RedisServer> {
  const data = join(directory, 'redis');
  await mkdir(data, { recursive: true });
  const port = await freePort();
  const flags = {
    port: String(port),
    bind: '127.0.0.1',
    dir: data,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  const child: ChildProcess = spawn(
    'redis-server',
    Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: 'ignore' },
  );
  child.on('error', () => undefined);
  endsWithUs(child.pid);
  child.once('exit', () => hasEnded(child.pid));
  const client = new Redis({ port, lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  for (let tries = 0; ; tries += 1) {
    const isUp = await client.connect().then(
      () => true,
      () => false,
    );
    if (isUp) break;
    if (tries > 100)
      throw new Error('redis-server did not start: is it installed (apt-get install redis-server)?');
    await sleep(50);
  }
  client.disconnect();
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL'); // its data is thrown away
      await gone;
    },
  };
}

/** Its version, or null where it is not installed. */
export function redisVersion(): string | null {
  try {
    return /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? null;
  } catch {
    return null;
  }
}
