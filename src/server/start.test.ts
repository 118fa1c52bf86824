import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '#journal/database.ts';
import { ConfigurationError } from './config/configuration-error.ts';
import type { Running } from './start.ts';
import { get, installationUnderTest, sendWebhook } from './testing/start-under-test.ts';

let installation: Awaited<ReturnType<typeof installationUnderTest>>;
beforeEach(async () => {
  installation = await installationUnderTest();
});
afterEach(() => installation.stop());

const tenant = 'northwind-apparel';
const deleted = (id: string): object => ({
  id: 820_982_911_946,
  admin_graphql_api_id: `gid://shopify/Order/${id}`,
});
const rows = <Row extends object>(running: Running, sql: string): Promise<Row[]> =>
  inTransaction(running.database, [tenant], async (client) => (await client.query(sql)).rows as Row[]);

test('several processes of different roles share one database: what one takes, another works on', async () => {
  const [gateway, worker] = await Promise.all([
    installation.start(['gateway']),
    installation.start(['worker', 'scheduler']),
  ]);
  expect(await sendWebhook(gateway.url, deleted('1'), 'orders/delete')).toMatchObject({
    status: 200,
    body: { receipt: { outcome: 'accepted' } },
  });
  await expect.poll(() => rows(worker, 'select kind from event_log'), { timeout: 10_000 }).toHaveLength(1);
  expect(await rows(worker, 'select * from inbox')).toEqual([]);
  expect(gateway.intake.counts().accepted).toBe(1);
  expect(await sendWebhook(worker.url, deleted('2'), 'orders/delete')).toMatchObject({ status: 404 });
});

test('the journal is brought up, with partitions, crosswalks of the files, and one session a worker', async () => {
  const running = await installation.start(['gateway', 'worker', 'scheduler']);
  expect(await rows(running, `select value from crosswalk where key = 'standard'`)).toEqual([
    { value: 'SHIP' },
  ]);
  expect(await get(`${running.url}/health/live`)).toEqual({ status: 200, body: { status: 'live' } });
  expect(await get(`${running.url}/health/ready`)).toEqual({
    status: 200,
    body: { status: 'ready', checks: { database: 'ok', migrations: 'ok', session: 'ok' } },
  });
  await running.stop();
  await running.stop();
  const { rows: sessions } = await withClient((client) => client.query('select * from session'));
  expect(sessions).toEqual([]);
});

test('a process is not ready while its database is of another release', async () => {
  const running = await installation.start(['gateway']);
  await withClient((client) =>
    client.query(`insert into migration (name, sha256) values ('9999-of-the-future.sql', 'x')`),
  );
  expect(await get(`${running.url}/health/ready`)).toMatchObject({
    status: 503,
    body: { status: 'not-ready', checks: { database: 'ok', migrations: 'failed' } },
  });
});

test('requests to nowhere are problems, and say nothing of the inside', async () => {
  const { url } = await installation.start(['gateway']);
  for (const path of ['/nowhere', '/webhooks', '/health'])
    expect(await get(`${url}${path}`)).toEqual({
      status: 404,
      body: { type: 'about:blank', title: 'Not Found', status: 404, code: 'not-found' },
    });
  expect(await get(`${url}/%zz`)).toMatchObject({ status: 400, body: { code: 'bad-request' } });
});

test('a role that could step over tenants is refused', async () => {
  await expect(installation.start(['worker'], { DATABASE_URL: installation.superuserUrl })).rejects.toThrow(
    /DATABASE_URL: cannot be trusted: .*superuser/,
  );
});

test('a database that refuses us is named without its password', async () => {
  const wrong = installation.databaseUrl.replace(/:[^:@/]+@/, ':canary@');
  const start = installation.start(['gateway'], { DATABASE_URL: wrong });
  await expect(start).rejects.toBeInstanceOf(ConfigurationError);
  await expect(start).rejects.toThrow(/DATABASE_URL: cannot be used: password authentication failed/);
  await expect(start).rejects.not.toThrow(/canary/);
});

async function withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: installation.superuserUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
