import { afterEach, expect, test } from 'vitest';
import { type EngineUnderTest, engineUnderTest } from '../engine/engine-under-test.ts';
import { Children } from './child-process.ts';

const children = new Children();
let engine: EngineUnderTest;
afterEach(async () => {
  await children.endAll();
  await engine.stop();
});
const keys = (platform: EngineUnderTest['erp']): string[] =>
  platform.journal.effects.map((effect) => effect.key);
/** A worker as a process of its own, with the stub's connectors. */
const victim = () =>
  children.start(
    ['tests/kill/worker-main.ts', engine.url, engine.erp.url, engine.crm.url, 'victim'],
    /ready/,
  );
/** Holds the ERP's answers, after their effect or before it, until they are let go. */
function holdAnswers(when: 'before the effect' | 'after the effect'): { held(): number; letGo(): void } {
  const waiting: (() => void)[] = [];
  const { platform } = engine.erp;
  const handle = platform.handle.bind(platform);
  platform.handle = async (request) => {
    if (request.method !== 'POST') return handle(request);
    const wait = () => new Promise<void>((done) => waiting.push(done));
    if (when === 'before the effect') await wait();
    const answer = await handle(request);
    if (when === 'after the effect') await wait();
    return answer;
  };
  return {
    held: () => waiting.length,
    letGo() {
      platform.handle = handle;
      for (const done of waiting) done();
    },
  };
}
const lost = () => engine.rows(`select from attempt where step = 'lost' and outcome = 'outcome-unknown'`);

test.each(['before the effect', 'after the effect'] as const)(
  'a worker that is killed in the middle of its calls, %s, is taken over from, and each effect is there once',
  async (when) => {
    engine = await engineUnderTest();
    const answers = holdAnswers(when);
    for (const id of ['1', '2', '3', '4', '5']) await engine.send(id, 'a');
    const { child } = await victim();
    await expect.poll(() => answers.held(), { timeout: 10_000 }).toBe(5);
    await children.signal(child, 'SIGKILL');
    answers.letGo();
    await engine.startWorker({ node: 'second' });
    await engine.drain(25_000);
    expect(keys(engine.erp).toSorted()).toEqual(['1/a', '2/a', '3/a', '4/a', '5/a']);
    expect(keys(engine.crm)).toHaveLength(5);
    expect(await lost()).toHaveLength(5);
    expect(await engine.rows('select * from parked')).toEqual([]);
  },
);

test('a worker that is stopped past its lease is fenced when it wakes, repeats nothing, and works on with a new session', async () => {
  engine = await engineUnderTest();
  const answers = holdAnswers('after the effect');
  for (const id of ['1', '2', '3']) await engine.send(id, 'a');
  const { child } = await victim();
  await expect.poll(() => answers.held(), { timeout: 10_000 }).toBe(3);
  await children.signal(child, 'SIGSTOP');
  const second = await engine.startWorker({ node: 'second' });
  await expect.poll(lost, { timeout: 15_000 }).toHaveLength(3);
  // Its answers are in its socket when it wakes: it must not be able to record them.
  answers.letGo();
  await children.signal(child, 'SIGCONT');
  await engine.drain(25_000);
  expect(keys(engine.erp).toSorted()).toEqual(['1/a', '2/a', '3/a']);
  expect(keys(engine.crm)).toHaveLength(3);
  await second.stop();
  await engine.send('4', 'a');
  await engine.drain(25_000);
  expect(keys(engine.crm)).toContain('4/a');
});

test('a worker holds no more lanes in memory than it may, however many wait', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.often({ kind: 'delay', ms: 30 }, 1, (request) => request.method === 'POST');
  for (let id = 0; id < 200; id += 1) await engine.send(String(id), 'a');
  const worker = await engine.startWorker({ maxLanes: 15 });
  let most = 0;
  await expect
    .poll(
      () => {
        most = Math.max(most, worker.lanesHeld);
        return keys(engine.crm).length;
      },
      { timeout: 25_000, interval: 5 },
    )
    .toBe(200);
  expect(most).toBeGreaterThan(5);
  expect(most).toBeLessThanOrEqual(15);
});
