import { afterEach, expect, test } from 'vitest';
import { IntakeBatcher } from '#intake/intake-batcher.ts';
import { type Database, openDatabase } from '#journal/database.ts';
import { type EngineUnderTest, engineUnderTest, master } from '../engine/engine-under-test.ts';
import { type DatabaseFaults, databaseFaults } from './database-faults.ts';

let engine: EngineUnderTest;
let faults: DatabaseFaults;
let pool: Database;
afterEach(async () => {
  await faults[Symbol.asyncDispose]();
  await engine.stop();
  await pool.end();
});
const keys = (platform: EngineUnderTest['erp']): string[] =>
  platform.journal.effects.map((effect) => effect.key);
const under = async (): Promise<void> => {
  engine = await engineUnderTest();
  faults = await databaseFaults(engine.url);
  pool = openDatabase(engine.url, { lockWithinMs: 300 });
};

test('a long lock on lanes whose calls are under way holds up these alone', async () => {
  await under();
  const letGo: (() => void)[] = [];
  const { platform } = engine.erp;
  const handle = platform.handle.bind(platform);
  platform.handle = async (request) => {
    if (request.method === 'POST') await new Promise<void>((done) => letGo.push(done));
    return handle(request);
  };
  for (let id = 0; id < 3; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker({ database: pool });
  await expect.poll(() => letGo.length, { timeout: 10_000 }).toBe(3);
  const lock = await faults.hold('select from lane for update');
  platform.handle = handle;
  for (const done of letGo) done();
  await expect.poll(() => faults.waitingForLock(), { timeout: 10_000 }).toBeGreaterThan(0);
  for (let id = 100; id < 120; id += 1) await engine.send(String(id), 'a');
  await expect.poll(() => keys(engine.crm).length, { timeout: 15_000 }).toBe(20);
  await lock.release();
  await engine.drain();
  expect(keys(engine.erp)).toHaveLength(23);
  expect(keys(engine.crm)).toHaveLength(23);
});

test('a long lock on the lane of one record holds up its webhooks alone', async () => {
  await under();
  await engine.send('1', 'a');
  const lock = await faults.hold(`select from lane where entity = 'order:shop:1' for update`);
  const batcher = new IntakeBatcher({
    database: pool,
    master,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const add = (id: string, event: string) =>
    batcher.add({
      tenant: 'acme',
      connection: 'shop',
      topic: 'thing/touched',
      sourceEventId: event,
      occurredAtMs: Date.now(),
      via: 'webhook',
      class: 1,
      subject: { entity: 'order', ref: { connection: 'shop', type: 'Thing', id }, founds: true },
      body: Buffer.from(JSON.stringify({ id, reason: event })),
    });
  const answers = await Promise.allSettled([
    add('1', 'b'),
    add('2', 'c'),
    add('3', 'd'),
    add('1', 'e'),
    add('4', 'f'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  await lock.release();
  expect(await add('1', 'b')).toMatchObject({ outcome: 'accepted' });
});
