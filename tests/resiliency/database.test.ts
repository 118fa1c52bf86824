import { afterEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '#journal/database.ts';
import { listenForWork } from '#journal/work-signal.ts';
import { type EngineUnderTest, engineUnderTest } from '../engine/engine-under-test.ts';
import { type DatabaseFaults, databaseFaults } from './database-faults.ts';

let engine: EngineUnderTest;
let faults: DatabaseFaults;
const under = async (): Promise<void> => {
  engine = await engineUnderTest();
  faults = await databaseFaults(engine.url);
};
const pools: Database[] = [];
afterEach(async () => {
  await faults[Symbol.asyncDispose]();
  await engine.stop();
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});
const keys = (platform: EngineUnderTest['erp']): string[] =>
  platform.journal.effects.map((effect) => effect.key);
const said = (text: string): number => engine.log.filter(({ message }) => message.includes(text)).length;
const sendAll = async (count: number, from = 0): Promise<void> => {
  for (let id = from; id < from + count; id += 1) await engine.send(String(id), 'a');
};
/** A way to the database of the worker's own, so that what happens to it is not the test's matter. */
const ownWay = (options: Parameters<typeof openDatabase>[1] = {}): Database => {
  const pool = openDatabase(engine.url, { applicationName: 'worker', onError: () => undefined, ...options });
  pools.push(pool);
  return pool;
};

test('while the disk is full nothing is sent to a platform, since no attempt can be put on record first; then it goes on by itself', async () => {
  await under();
  await sendAll(10);
  await faults.fillDisk('command');
  await engine.startWorker();
  await expect.poll(() => faults.failedCommits(), { timeout: 10_000 }).toBeGreaterThan(3);
  expect(keys(engine.erp)).toEqual([]);
  expect(said('a commit got no answer')).toBeGreaterThan(0);
  expect(await engine.rows('select from parked')).toEqual([]);
  await faults.freeDisk();
  await engine.drain();
  expect(keys(engine.erp).toSorted()).toEqual(Array.from({ length: 10 }, (_, id) => `${id}/a`));
});

test('an outcome that cannot be recorded because the disk is full is recorded when there is room, and nothing is sent again for it', async () => {
  await under();
  await sendAll(10);
  await faults.fillDisk('command_done');
  await engine.startWorker();
  await expect.poll(() => faults.failedCommits(), { timeout: 10_000 }).toBeGreaterThan(3);
  expect(keys(engine.erp)).not.toEqual([]);
  expect(await engine.rows('select from command_done')).toEqual([]);
  await faults.freeDisk();
  await engine.drain();
  expect(keys(engine.erp)).toHaveLength(10);
  expect(keys(engine.crm)).toHaveLength(10);
});

test('a worker whose pool has no free connection until its lease is over loses its lanes, not its orders', async () => {
  await under();
  const database = ownWay({ max: 3 });
  engine.erp.faults.often({ kind: 'delay', ms: 20 }, 1, (request) => request.method === 'POST');
  const worker = await engine.startWorker({ database, leaseMs: 1_500 });
  const session = worker.session;
  await sendAll(40);
  await expect.poll(() => keys(engine.erp).length, { timeout: 10_000 }).toBeGreaterThan(0);
  const taken = await Promise.all(Array.from({ length: 3 }, () => database.connect()));
  await expect
    .poll(() => engine.rows('select from session where lease_until > now()'), { timeout: 10_000 })
    .toEqual([]);
  for (const client of taken) client.release();
  await engine.drain(25_000);
  expect(worker.session).not.toBe(session);
  expect(keys(engine.erp).toSorted()).toEqual(Array.from({ length: 40 }, (_, id) => `${id}/a`).toSorted());
});

test('a database that lets no worker in is waited for, and every effect is there once when it does', async () => {
  await under();
  engine.erp.faults.often({ kind: 'delay', ms: 20 }, 1, (request) => request.method === 'POST');
  await sendAll(40);
  const database = ownWay();
  await engine.startWorker({ database, leaseMs: 1_500 });
  await expect.poll(() => keys(engine.erp).length, { timeout: 10_000 }).toBeGreaterThan(0);
  await faults.shutOut();
  await expect
    .poll(() => said('the worker could not reach the database'), { timeout: 15_000 })
    .toBeGreaterThan(1);
  await faults.letIn();
  await engine.drain(25_000);
  expect(keys(engine.erp)).toHaveLength(40);
  expect(await engine.rows('select from parked')).toEqual([]);
});

test('a stand-by that only reads is waited for: commits are sent again, and every effect is there once when it is promoted', async () => {
  await under();
  engine.erp.faults.often({ kind: 'delay', ms: 20 }, 1, (request) => request.method === 'POST');
  await sendAll(40);
  const database = ownWay();
  await engine.startWorker({ database, leaseMs: 1_500 });
  await expect.poll(() => keys(engine.erp).length, { timeout: 10_000 }).toBeGreaterThan(0);
  await faults.demote();
  await expect.poll(() => said('a commit got no answer'), { timeout: 15_000 }).toBeGreaterThan(1);
  await faults.promote();
  await engine.drain(25_000);
  expect(keys(engine.erp)).toHaveLength(40);
});

test('a long lock on lanes that wait holds up these alone, and they go on when it ends', async () => {
  await under();
  await sendAll(30);
  const locked = ['3', '7', '11'];
  const lock = await faults.hold(
    `select from lane where entity in (${locked.map((id) => `'order:shop:${id}'`).join()}) for update`,
  );
  await engine.startWorker();
  await expect.poll(() => keys(engine.crm).length, { timeout: 10_000 }).toBe(27);
  expect(keys(engine.erp).filter((key) => locked.includes(key.slice(0, -2)))).toEqual([]);
  await lock.release();
  await engine.drain();
  expect(keys(engine.crm)).toHaveLength(30);
});

test('a long lock on lanes whose calls are under way loses no answer and repeats no effect', async () => {
  await under();
  const letGo: (() => void)[] = [];
  const { platform } = engine.erp;
  const handle = platform.handle.bind(platform);
  platform.handle = async (request) => {
    if (request.method === 'POST') await new Promise<void>((done) => letGo.push(done));
    return handle(request);
  };
  await sendAll(3);
  await engine.startWorker();
  await expect.poll(() => letGo.length, { timeout: 10_000 }).toBe(3);
  const lock = await faults.hold('select from lane for update');
  platform.handle = handle;
  for (const done of letGo) done();
  await expect.poll(() => faults.waitingForLock(), { timeout: 10_000 }).toBeGreaterThan(0);
  await lock.release();
  await engine.drain();
  expect(keys(engine.erp).toSorted()).toEqual(['0/a', '1/a', '2/a']);
});

test('the word that there is work never comes, and the work is found all the same', async () => {
  await under();
  await engine.startWorker();
  await sendAll(20);
  await engine.drain();
  expect(keys(engine.crm)).toHaveLength(20);
});

test('the connection that listens for work is cut again and again: it comes back by itself, and no work is left lying', async () => {
  await under();
  const errors: string[] = [];
  const signal = listenForWork(engine.url, (error) => errors.push(error.message));
  await engine.startWorker({ signal });
  let cuts = 0;
  for (let id = 0; id < 20; id += 1) {
    await engine.send(String(id), 'a');
    if (id % 5 === 0)
      await expect.poll(async () => (cuts += await faults.cut('tallyport-listen'))).toBeGreaterThan(id / 5);
  }
  await engine.drain();
  expect(errors.length).toBeGreaterThanOrEqual(4);
  // It listens again: what is said now is heard.
  const heard: unknown[] = [];
  signal.subscribe((lanes) => heard.push(...lanes));
  await expect
    .poll(
      async () => {
        await engine.database.query(`select pg_notify('tallyport_work', '[["acme","order:shop:1"]]')`);
        return heard.length;
      },
      { timeout: 5_000 },
    )
    .toBeGreaterThan(0);
  expect(keys(engine.crm)).toHaveLength(20);
  await signal.close();
});
