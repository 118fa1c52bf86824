import { afterEach, expect, test, vi } from 'vitest';
import { type EngineUnderTest, engineUnderTest } from '../engine/engine-under-test.ts';

let engine: EngineUnderTest;
afterEach(async () => {
  vi.restoreAllMocks();
  await engine.stop();
});
const keys = (platform: EngineUnderTest['erp']): string[] =>
  platform.journal.effects.map((effect) => effect.key);
const hourMs = 3_600_000;
/** This machine's clock steps, as when somebody sets it; what runs on is the monotonic clock and the database's. */
function step(ms: number): void {
  vi.restoreAllMocks();
  const now = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ms);
}

test.each([hourMs, -hourMs])(
  'a clock that steps by %i ms in the middle of calls, pauses and lost answers keeps every effect once and parks nothing',
  async (ms) => {
    engine = await engineUnderTest();
    engine.erp.faults.next({ kind: 'answer', status: 429 }, 3, (request) => request.method === 'POST');
    engine.erp.faults.next({ kind: 'reset-after' }, 3, (request) => request.method === 'POST');
    engine.erp.faults.often({ kind: 'delay', ms: 40 }, 1, (request) => request.method === 'POST');
    for (let id = 0; id < 60; id += 1) await engine.send(String(id), 'a');
    await engine.startWorker();
    await expect.poll(() => keys(engine.erp).length, { timeout: 10_000 }).toBeGreaterThan(3);
    step(ms);
    await expect.poll(() => keys(engine.crm).length, { timeout: 15_000 }).toBe(60);
    vi.restoreAllMocks();
    await engine.drain();
    expect(keys(engine.erp)).toHaveLength(60);
    expect(await engine.rows('select * from parked')).toEqual([]);
  },
);

test('a pause that a platform asked for ends when it should, although the clock steps back an hour meanwhile', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.next({ kind: 'answer', status: 429 }, 1, (request) => request.method === 'POST');
  await engine.send('1', 'a');
  await engine.startWorker();
  await expect
    .poll(() => engine.rows(`select from attempt where outcome = 'rate-limited'`), {
      timeout: 5_000,
      interval: 5,
    })
    .toHaveLength(1);
  step(-hourMs);
  await expect.poll(() => keys(engine.crm), { timeout: 10_000 }).toEqual(['1/a']);
});

test('a worker whose clock is an hour off from the beginning works as any other', async () => {
  engine = await engineUnderTest();
  step(hourMs);
  engine.erp.faults.next({ kind: 'reset-after' }, 2, (request) => request.method === 'POST');
  for (let id = 0; id < 20; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker();
  await expect.poll(() => keys(engine.crm).length, { timeout: 15_000 }).toBe(20);
  expect(keys(engine.erp)).toHaveLength(20);
  vi.restoreAllMocks();
  await engine.drain();
  expect(await engine.rows('select * from parked')).toEqual([]);
});
