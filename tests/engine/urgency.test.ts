import { afterEach, expect, test } from 'vitest';
import { type EngineUnderTest, engineUnderTest } from './engine-under-test.ts';
import { relayProcess } from './relay-process.ts';
import { stubConnector } from './stub-platform.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());

test('what is urgent goes before what has waited longer, in memory as in the journal', async () => {
  engine = await engineUnderTest({ erp: stubConnector({ concurrency: 2 }) });
  engine.erp.faults.often({ kind: 'delay', ms: 20 }, 1);
  for (let order = 1; order <= 120; order += 1) await engine.send(String(order), 'a');
  await engine.startWorker({
    processFor: (_tenant, entity) => ({
      ...relayProcess,
      isUrgent: () => entity.startsWith('order:shop:9000'),
    }),
  });
  // Far more wait by now than a worker keeps in memory for two permits.
  for (let order = 1; order <= 5; order += 1) await engine.send(`9000${order}`, 'urgent');
  await engine.drain(30_000);
  const positions = engine.erp.journal.effects.flatMap(({ key }, at) => (key.startsWith('9000') ? [at] : []));
  expect(engine.erp.journal.effects).toHaveLength(125);
  expect(positions).toHaveLength(5);
  expect(Math.max(...positions)).toBeLessThan(60);
});
