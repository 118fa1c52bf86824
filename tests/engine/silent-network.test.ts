import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from '#journal/database.ts';
import { type EngineUnderTest, engineUnderTest } from './engine-under-test.ts';

let engine: EngineUnderTest;
const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await engine.stop();
  for (const end of endings.splice(0)) await end();
});
const keys = (platform: EngineUnderTest['erp']): string[] =>
  platform.journal.effects.map((effect) => effect.key);

test('a worker whose database falls silent without a word finds back by itself, and repeats no effect', async () => {
  engine = await engineUnderTest();
  const network = await silentNetwork(new URL(engine.url));
  const database = openDatabase(network.url, { answerWithinMs: 800, onError: () => undefined });
  endings.push(
    () => database.end(),
    () => network.close(),
  );
  engine.erp.faults.often({ kind: 'delay', ms: 20 }, 1, (request) => request.method === 'POST');
  for (let id = 0; id < 40; id += 1) await engine.send(String(id), 'a');
  const worker = await engine.startWorker({ database, leaseMs: 2_000 });
  const firstSession = worker.session;
  await expect.poll(() => keys(engine.erp).length, { timeout: 10_000 }).toBeGreaterThan(0);
  network.fallSilent();
  // Longer than the lease: it has lost its lanes, and cannot even hear of that.
  await expect
    .poll(() => engine.rows('select from session where lease_until > now()'), { timeout: 10_000 })
    .toEqual([]);
  for (let id = 40; id < 60; id += 1) await engine.send(String(id), 'a');
  network.speak();
  await engine.drain(25_000);
  expect(worker.session).not.toBe(firstSession);
  expect(keys(engine.erp).toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b))).toEqual(
    Array.from({ length: 60 }, (_, id) => `${id}/a`),
  );
});

/** A way to the database that can swallow every byte while its connections stay open: no reset, no end, no answer. */
async function silentNetwork(
  target: URL,
): Promise<{ readonly url: string; fallSilent(): void; speak(): void; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    // What was open when silence fell stays silent for good, as after a NAT forgot it.
    let isForgotten = isSilent;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        isForgotten ||= isSilent;
        if (!isForgotten) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    fallSilent: () => (isSilent = true),
    speak: () => (isSilent = false),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
