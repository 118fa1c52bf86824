import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCursor } from '#connectors/salesforce/changes/cursor.ts';
import { salesforce } from '#connectors/salesforce/connector.ts';
import { salesforceEmulator } from '#connectors/salesforce/emulator.ts';
import { type Agent, agentOf } from '#connectors/salesforce/testing/agent.ts';
import { benchConfig } from '#connectors/salesforce/testing/org-bench.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import type { OpenConnection } from '#dispatch/open-connection.ts';
import { Scheduler } from '#dispatch/scheduler.ts';
import { type Database, inTransaction, openDatabase } from '#journal/database.ts';
import { masterKeyFrom } from '#journal/sealed-box.ts';
import { testDatabase } from '#tests/postgres/test-database.ts';

const master = masterKeyFrom(Buffer.alloc(32, 3).toString('base64'));
const quiet = { info() {}, warn() {}, error() {} };

let place: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let emulator: Awaited<ReturnType<typeof salesforceEmulator>>;
let services: ReturnType<typeof testServices>;
let agent: Agent;
const running: Scheduler[] = [];

beforeEach(async () => {
  place = await testDatabase();
  database = openDatabase(place.url);
  emulator = await salesforceEmulator({ pubSub: {}, keepAliveMs: 50 });
  services = testServices({ connection: 'crm' });
  agent = await agentOf(emulator);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((scheduler) => scheduler.stop()));
  await services.close();
  await emulator.close();
  await database.end();
  await place.drop();
});

/** A scheduler in a process of its own: what it remembers of the stream is its own. */
async function schedule(): Promise<{ stop(): Promise<void> }> {
  const endpoint = emulator.platform.pubSub?.endpoint;
  const config = benchConfig(
    emulator,
    {},
    { changes: { endpoint, plaintext: true, gatherMs: 0, overlapMs: 0 } },
  );
  const client = salesforce.open(config, services);
  const connection: OpenConnection = { tenant: 'acme', id: 'crm', connector: salesforce, client, config };
  const scheduler = await Scheduler.start({
    database,
    master,
    installation: { tenants: ['acme'], connections: [connection], connection: () => connection },
    log: quiet,
    publicUrl: null,
    pollIntervalScale: 0.01,
  });
  running.push(scheduler);
  return {
    async stop() {
      running.splice(running.indexOf(scheduler), 1);
      await scheduler.stop();
      client.changes.close();
    },
  };
}

const rows = <Row extends object>(sql: string): Promise<Row[]> =>
  inTransaction(database, ['acme'], async (client) => (await client.query<Row>(sql)).rows);
const messages = () =>
  rows<{ topic: string; via: string }>('select topic, via from message order by message_id');
async function position(): Promise<string | null> {
  const [row] = await rows<{ cursor: string | null }>('select cursor from poll_cursor');
  return row === undefined || row.cursor === null ? null : readCursor(row.cursor).replayId;
}

test('a change that the platform pushes is stored with the position behind it, or neither is', async () => {
  const first = await schedule();
  await expect.poll(position, { timeout: 15_000 }).not.toBeNull();
  const before = await position();
  // The position cannot be stored: then the record that it would stand behind must not be, either.
  await inTransaction(database, ['acme'], async (client) => {
    await client.query(`create function refuse() returns trigger language plpgsql as
      $$ begin if new.cursor is distinct from old.cursor then raise exception 'no room'; end if; return new; end $$`);
    await client.query(
      'create trigger refuse before update on poll_cursor for each row execute function refuse()',
    );
  });
  await agent.create('Account', { Name: 'Byron Ltd' });
  await expect
    .poll(() => emulator.platform.deliveries.left, { timeout: 15_000 })
    .toBeLessThan(emulator.platform.deliveries.max);
  await first.stop();
  expect([await messages(), await position()]).toEqual([[], before]);

  await inTransaction(database, ['acme'], (client) => client.query('drop trigger refuse on poll_cursor'));
  await schedule();
  await expect.poll(messages, { timeout: 15_000 }).toEqual([{ topic: 'Account', via: 'poll' }]);
  expect(await position()).not.toBe(before);
});

test('of two schedulers one reads at a time, nothing is missed when it stops, and nothing is stored twice', async () => {
  const [one] = [await schedule(), await schedule()];
  await expect.poll(position, { timeout: 15_000 }).not.toBeNull();
  for (let count = 0; count < 5; count += 1) await agent.create('Account', { Name: `Account ${count}` });
  await expect.poll(async () => (await messages()).length, { timeout: 15_000 }).toBe(5);
  await one.stop();
  for (let count = 5; count < 10; count += 1) await agent.create('Account', { Name: `Account ${count}` });
  await expect.poll(async () => (await messages()).length, { timeout: 15_000 }).toBe(10);
});

test('a stop does not wait for news', async () => {
  const scheduler = await schedule();
  await expect.poll(position, { timeout: 15_000 }).not.toBeNull();
  Object.assign(emulator.platform.options, { keepAliveMs: 60_000 });
  const stopped = scheduler.stop().then(() => 'stopped');
  const late = new Promise((resolve) => setTimeout(resolve, 4_500, 'still waiting'));
  expect(await Promise.race([stopped, late])).toBe('stopped');
});
