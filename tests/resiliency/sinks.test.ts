import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type EngineUnderTest, engineUnderTest } from '../engine/engine-under-test.ts';
import { startStubPlatform, stubConnector } from '../engine/stub-platform.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());
const keys = (platform: EngineUnderTest['erp']): string[] =>
  platform.journal.effects.map((effect) => effect.key);
const away = { kind: 'answer', status: 503 } as const;
const isWrite = ({ method }: { readonly method: string }): boolean => method === 'POST';
const states = () =>
  engine.rows<{ state: string; cause: string | null }>('select state, cause from connection_state');

test('a dead platform is paused for all workers, asked at most once a second whether it lives, and resumed without anybody', async () => {
  engine = await engineUnderTest();
  const asked: ('probe' | 'call')[] = [];
  const beganMs = performance.now();
  engine.erp.faults.often(away, 1, ({ path }) => asked.push(path === '/ping' ? 'probe' : 'call') > 0);
  for (let id = 0; id < 60; id += 1) await engine.send(String(id), 'a');
  await Promise.all([engine.startWorker({ node: 'one' }), engine.startWorker({ node: 'two' })]);
  const probes = (): number => asked.filter((each) => each === 'probe').length;
  // Within this second the other worker hears of it, too.
  await expect.poll(probes, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
  expect(await states()).toEqual([{ state: 'open', cause: 'unavailable' }]);
  const before = asked.length;
  await expect.poll(probes, { timeout: 15_000 }).toBeGreaterThanOrEqual(6);
  // An upper bound, so that a slow machine cannot break it: the first is asked a second after the pause began.
  expect(probes()).toBeLessThanOrEqual((performance.now() - beganMs) / 1_000);
  expect(asked.slice(before)).not.toContain('call');
  engine.erp.faults.clear();
  await engine.drain(20_000);
  expect(await states()).toEqual([{ state: 'closed', cause: null }]);
  expect(keys(engine.erp)).toHaveLength(60);
  expect(await engine.rows('select * from parked')).toEqual([]);
});

test('a platform that refuses connections pauses like one that answers with errors, and its orders go on when it listens again', async () => {
  engine = await engineUnderTest();
  const { url, platform } = engine.crm;
  await engine.crm.close();
  for (let id = 0; id < 30; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker();
  await expect.poll(states, { timeout: 10_000 }).toEqual([{ state: 'open', cause: 'unavailable' }]);
  await expect.poll(() => keys(engine.erp).length, { timeout: 10_000 }).toBe(30);
  const back = await startStubPlatform({ port: Number(new URL(url).port) });
  try {
    back.platform.handle = (request) => platform.handle(request); // with the journal of before
    await engine.drain(20_000);
    expect(keys(engine.crm)).toHaveLength(30);
    expect(await engine.rows('select * from parked')).toEqual([]);
  } finally {
    await back.close();
  }
});

test('a platform that no longer takes our credentials is paused as unauthorized and goes on by itself when it takes them', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.often({ kind: 'answer', status: 401 }, 1);
  for (let id = 0; id < 30; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker();
  await expect.poll(states, { timeout: 10_000 }).toEqual([{ state: 'open', cause: 'unauthorized' }]);
  expect(keys(engine.erp)).toEqual([]);
  engine.erp.faults.clear();
  await engine.drain(20_000);
  expect(keys(engine.erp)).toHaveLength(30);
  expect(await engine.rows('select * from parked')).toEqual([]);
});

test('a sink that fails half of the time is called at most 1.2 times for each order that is offered, and loses none', async () => {
  engine = await engineUnderTest();
  let calls = 0;
  engine.crm.faults.often(away, 0.5, (request) => isWrite(request) && (calls += 1) > 0);
  await engine.startWorker();
  const offered = 250;
  // Many at a time, so that a slow machine offers them no more slowly.
  for (let id = 0; id < offered; id += 25) {
    await Promise.all(Array.from({ length: 25 }, (_, each) => engine.send(String(id + each), 'a')));
    await sleep(150);
  }
  expect(calls).toBeGreaterThan(offered / 50);
  expect(calls).toBeLessThanOrEqual(1.2 * offered);
  engine.crm.faults.clear();
  await engine.drain(25_000);
  expect(new Set(keys(engine.crm)).size).toBe(offered);
  expect(await engine.rows('select * from parked')).toEqual([]);
});

test('a sink that hangs holds up none of the work for another, though more orders wait for it than a worker can hold', async () => {
  engine = await engineUnderTest({ crm: stubConnector({ timeoutMs: 20_000 }) });
  const letGo: (() => void)[] = [];
  const { platform } = engine.crm;
  const handle = platform.handle.bind(platform);
  platform.handle = async (request) => {
    if (isWrite(request)) await new Promise<void>((done) => letGo.push(done));
    return handle(request);
  };
  for (let id = 0; id < 300; id += 1) await engine.send(String(id), 'a');
  const worker = await engine.startWorker({ maxLanes: 80 });
  let most = 0;
  await expect
    .poll(
      () => {
        most = Math.max(most, worker.lanesHeld);
        return keys(engine.erp).length;
      },
      { timeout: 15_000 },
    )
    .toBe(300);
  expect(keys(engine.crm)).toEqual([]);
  expect(letGo).toHaveLength(20);
  expect(most).toBeLessThanOrEqual(80);
  platform.handle = handle;
  for (const done of letGo) done();
  await engine.drain(25_000);
  expect(new Set(keys(engine.crm)).size).toBe(300);
  expect(keys(engine.erp)).toHaveLength(300);
});

test('a slow sink is given as much work as it takes at once and no more, and none of it counts as failed', async () => {
  engine = await engineUnderTest({ crm: stubConnector({ concurrency: 4 }) });
  engine.crm.faults.often({ kind: 'delay', ms: 100 }, 1, isWrite);
  for (let id = 0; id < 60; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker();
  await engine.drain(25_000);
  expect(keys(engine.crm)).toHaveLength(60);
  expect(await engine.rows(`select outcome from attempt where outcome <> 'done'`)).toEqual([]);
  expect(await engine.rows('select * from connection_state')).toEqual([]);
});

test('each attempt of a command carries the same key and the same bytes', async () => {
  const crm = stubConnector();
  const read = crm.commands['storefront.order.read']!;
  const sent: string[] = [];
  engine = await engineUnderTest({
    crm: {
      ...crm,
      commands: {
        ...crm.commands,
        'storefront.order.read': {
          ...read,
          send(request, call, client) {
            sent.push(JSON.stringify([call.idempotencyKey, request]));
            return read.send(request, call, client);
          },
        },
      },
    },
  });
  engine.crm.faults.next(away, 1, isWrite);
  engine.crm.faults.next({ kind: 'reset-after' }, 1, isWrite);
  engine.crm.faults.next({ kind: 'answer', status: 429 }, 1, isWrite);
  await engine.send('1', 'a');
  await engine.startWorker();
  await engine.drain();
  expect(sent).toHaveLength(4);
  expect(new Set(sent).size).toBe(1);
});
