import { afterEach, expect, test } from 'vitest';
import { type EngineUnderTest, engineUnderTest } from './engine-under-test.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());
const keys = (platform: EngineUnderTest['erp']): string[] => platform.journal.effects.map((effect) => effect.key);

test('what was accepted takes effect once at every system, in the order of its key', async () => {
  engine = await engineUnderTest();
  for (const step of ['a', 'b', 'c']) for (const id of ['1', '2', '3', '4', '5']) await engine.send(id, step);
  await engine.startWorker();
  await engine.drain();
  expect(keys(engine.erp).filter((key) => key.startsWith('3/'))).toEqual(['3/a', '3/b', '3/c']);
  expect(new Set(keys(engine.erp)).size).toBe(15);
  expect(keys(engine.erp)).toHaveLength(15);
  expect(keys(engine.crm)).toHaveLength(15);
  const done = await engine.rows<{ outcome: string }>('select outcome from command_done');
  expect(done.map((row) => row.outcome)).toEqual(Array.from({ length: 30 }, () => 'done'));
});
