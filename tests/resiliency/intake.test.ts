import { afterEach, expect, test } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from '#intake/testing/gateway-under-test.ts';
import { type DatabaseFaults, databaseFaults } from './database-faults.ts';

let gateway: GatewayUnderTest;
let faults: DatabaseFaults;
const under = async (...options: Parameters<typeof gatewayUnderTest>): Promise<void> => {
  gateway = await gatewayUnderTest(...options);
  faults = await databaseFaults(gateway.database.options.connectionString ?? '');
};
afterEach(async () => {
  await faults[Symbol.asyncDispose]();
  await gateway.stop();
});
const thing = (id: string): string => JSON.stringify({ id });
const post = (id: string) => gateway.post(thing(id), { 'x-event-id': id });
const away = { status: 503, headers: { 'retry-after': '5' }, body: { code: 'database-away' } };
const accepted = { status: 200, body: { receipt: { outcome: 'accepted' } } };

test('a commit that fails because the disk is full is a 503 and stores nothing; the repeat is taken when there is room', async () => {
  await under();
  await faults.fillDisk('seen');
  const answers = await Promise.all(['1', '2', '3'].map(post));
  for (const answer of answers) expect(answer).toMatchObject(away);
  expect(await faults.failedCommits()).toBeGreaterThan(0);
  expect(await gateway.count('message')).toBe(0);
  await faults.freeDisk();
  for (const id of ['1', '2', '3']) expect(await post(id)).toMatchObject(accepted);
  expect(await gateway.count('message')).toBe(3);
});

test('a database that lets nobody in is a 503, and webhooks are taken when it does', async () => {
  await under();
  await faults.shutOut();
  expect(await post('1')).toMatchObject(away);
  expect(await post('1')).toMatchObject(away);
  await faults.letIn();
  expect(await post('1')).toMatchObject(accepted);
  expect(await gateway.count('message')).toBe(1);
});

test('a stand-by that only reads is a 503, and webhooks are taken when it is promoted', async () => {
  await under();
  await faults.demote();
  await expect.poll(async () => (await post('1')).body, { timeout: 5_000 }).toMatchObject(away.body);
  expect((await post('1')).status).toBe(503);
  await faults.promote();
  await expect.poll(async () => (await post('1')).status, { timeout: 5_000 }).toBe(200);
  expect(await gateway.count('message')).toBe(1);
});

test('a pool without a free connection is a 503 in time; what was waiting is stored once when there is one', async () => {
  await under({ ackWithinMs: 100 });
  const taken = await Promise.all(Array.from({ length: 4 }, () => gateway.database.connect()));
  expect(await post('1')).toMatchObject(away);
  expect(await gateway.count('message')).toBe(0);
  for (const client of taken) client.release();
  await gateway.batcher.idle();
  expect(await post('1')).toMatchObject({ status: 200, body: { receipt: { outcome: 'duplicate' } } });
  expect(await gateway.count('message')).toBe(1);
});

test('a long lock on the lane of a record delays answers and gives none before the commit; nothing is lost', async () => {
  await under({ ackWithinMs: 300 });
  expect(await post('1')).toMatchObject(accepted);
  const lock = await faults.hold(`select from lane where entity = 'order:shop:1' for update`);
  const again = (): ReturnType<GatewayUnderTest['post']> =>
    gateway.post(JSON.stringify({ id: '1', news: 1 }), { 'x-event-id': 'news' });
  expect(await again()).toMatchObject(away);
  expect(await gateway.count('message')).toBe(1);
  await lock.release();
  await gateway.batcher.idle();
  expect(await again()).toMatchObject({ body: { receipt: { outcome: 'duplicate' } } });
  expect(await gateway.count('message')).toBe(2);
});

test('a hundred deliveries of one message while the database is cut again and again are one message, whatever each was answered', async () => {
  await under();
  const statuses = new Set<number>();
  let isOver = false;
  const cutting = (async () => {
    for (let round = 0; round < 4 || !isOver; round += 1) {
      await gateway.cutDatabase();
      if (round > 40) break;
    }
  })();
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      for (let status = 0; status !== 200;) {
        ({ status } = await gateway.post(thing('1')));
        statuses.add(status);
      }
    }),
  );
  isOver = true;
  await cutting;
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(await gateway.count('message')).toBe(1);
  expect(await gateway.count('inbox')).toBe(1);
});
