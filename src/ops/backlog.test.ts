import { afterEach, expect, test } from 'vitest';
import { type EngineUnderTest, engineUnderTest, tenant } from '#tests/engine/engine-under-test.ts';
import { openBreaker } from '#journal/connection-store.ts';
import { readBacklog } from './backlog.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());

test('what was done and what waits is told by connection, and a connection that is away says so', async () => {
  engine = await engineUnderTest();
  expect(await readBacklog(engine.database, tenant, 60_000)).toEqual([]);
  for (let order = 1; order <= 8; order += 1) await engine.send(String(order), 'a');
  const worker = await engine.startWorker();
  await engine.drain();
  const [done] = await readBacklog(engine.database, tenant, 60_000);
  expect(done).toMatchObject({ waiting: 0, underWay: 0, lagMs: 0, workedOffInMs: 0, paused: null });
  expect(done?.donePerSecond).toBeGreaterThan(0);
  expect(done?.comingPerSecond).toBeCloseTo(done?.donePerSecond ?? 0);

  await worker.stop();
  await openBreaker(engine.database, tenant, done?.connection ?? '', 'unavailable', 'gone', 60_000);
  const [away] = await readBacklog(engine.database, tenant, 60_000);
  expect(away).toMatchObject({ paused: 'unavailable', waiting: 0 });
  expect(away?.donePerSecond).toBeGreaterThan(0);
});
