import { afterEach, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '#journal/database.ts';
import type { Running } from '#server/start.ts';
import {
  get,
  installationUnderTest,
  northwindVariables,
  sendWebhook,
} from '#server/testing/start-under-test.ts';
import { Children } from './child-process.ts';
import { type DatabaseFaults, databaseFaults } from './database-faults.ts';

const children = new Children();
let installation: Awaited<ReturnType<typeof installationUnderTest>>;
let faults: DatabaseFaults;
beforeEach(async () => {
  installation = await installationUnderTest();
  faults = await databaseFaults(installation.databaseUrl);
});
afterEach(async () => {
  await children.endAll();
  await faults[Symbol.asyncDispose]();
  await installation.stop();
});
const rows = <Row extends object>(running: Running, sql: string): Promise<Row[]> =>
  inTransaction(
    running.database,
    ['northwind-apparel'],
    async (client) => (await client.query(sql)).rows as Row[],
  );
const deleted = (id: string): object => ({
  id: Number(id),
  admin_graphql_api_id: `gid://shopify/Order/${id}`,
});
const send = (url: string, id: string) => sendWebhook(url, deleted(id), 'orders/delete', `event-${id}`);
/** A gateway as a process of its own. */
const victim = async () => {
  const { child, said } = await children.start(
    ['src/server/main.ts', '--role', 'gateway'],
    /"url":"(http[^"]+)"/,
    northwindVariables(installation.databaseUrl),
  );
  return { child, url: said[1] ?? '' };
};

test('webhooks are answered while every platform is dead and the workers are busy failing', async () => {
  const running = await installation.start(['gateway', 'worker', 'scheduler']);
  const answers = [];
  for (let round = 0; round < 10; round += 1)
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 20 }, (_, index) => send(running.url, String(1 + round * 20 + index))),
      )),
    );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(running.intake.counts()).toMatchObject({ accepted: 200, failed: {} });
  expect(await rows(running, 'select count(*)::int as stored from message')).toEqual([{ stored: 200 }]);
});

test('a gateway that is killed before the commit gave no 2xx; the repeat is taken once', async () => {
  const { child, url } = await victim();
  const lock = await faults.hold('lock table seen in access exclusive mode');
  let status: number | null = null;
  const answer = send(url, '1').then(
    (answered) => (status = answered.status),
    () => null,
  );
  await expect.poll(() => faults.waitingForLock('intake_store'), { timeout: 10_000 }).toBe(1);
  await children.signal(child, 'SIGKILL');
  await answer;
  expect(status).toBeNull();
  await lock.release();
  const second = await installation.start(['gateway']);
  expect((await send(second.url, '1')).status).toBe(200);
  await expect.poll(() => faults.waitingForLock(), { timeout: 10_000 }).toBe(0);
  expect(await rows(second, 'select count(*)::int as stored from message')).toEqual([{ stored: 1 }]);
});

test('a gateway that is killed after the commit loses nothing: the repeat finds a duplicate', async () => {
  const { child, url } = await victim();
  expect((await send(url, '1')).status).toBe(200);
  await children.signal(child, 'SIGKILL');
  const second = await installation.start(['gateway']);
  expect(await send(second.url, '1')).toMatchObject({
    status: 200,
    body: { receipt: { outcome: 'duplicate' } },
  });
  expect(await rows(second, 'select count(*)::int as stored from message')).toEqual([{ stored: 1 }]);
});

test('a gateway that is stopped in mid-request and woken later stores nothing twice', async () => {
  const { child, url } = await victim();
  const lock = await faults.hold('lock table seen in access exclusive mode');
  const late = send(url, '1');
  await expect.poll(() => faults.waitingForLock('intake_store'), { timeout: 10_000 }).toBe(1);
  await children.signal(child, 'SIGSTOP');
  await lock.release();
  const second = await installation.start(['gateway']);
  expect((await send(second.url, '1')).status).toBe(200);
  await children.signal(child, 'SIGCONT');
  expect((await late).status).toBe(200);
  expect(await rows(second, 'select count(*)::int as stored from message')).toEqual([{ stored: 1 }]);
});

test('a process that loses its database says so to its load balancer, and is ready again by itself', async () => {
  const running = await installation.start(['gateway', 'worker']);
  expect(await get(`${running.url}/health/ready`)).toMatchObject({ status: 200 });
  await faults.shutOut();
  await expect
    .poll(async () => (await get(`${running.url}/health/ready`)).body, { timeout: 10_000 })
    .toMatchObject({ status: 'not-ready', checks: { database: 'failed' } });
  expect(await get(`${running.url}/health/live`)).toMatchObject({ status: 200 });
  await faults.letIn();
  await expect
    .poll(async () => (await get(`${running.url}/health/ready`)).body, { timeout: 20_000 })
    .toMatchObject({ status: 'ready' });
});

test('a process that is started under another master key than its journal is sealed with refuses to start, and parks nothing', async () => {
  const running = await installation.start(['gateway']);
  expect((await send(running.url, '1')).status).toBe(200);
  const start = installation.start(['worker'], {
    TALLYPORT_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
  });
  await expect(start).rejects.toThrow(
    /TALLYPORT_MASTER_KEY: is not the key that the messages of northwind-apparel/,
  );
  expect(await rows(running, 'select * from parked')).toEqual([]);
  const worker = await installation.start(['worker']);
  await expect.poll(() => rows(worker, 'select kind from event_log'), { timeout: 10_000 }).toHaveLength(1);
});
