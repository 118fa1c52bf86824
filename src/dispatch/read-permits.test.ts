import { afterEach, beforeEach, expect, test } from 'vitest';
import { testServices } from '#connector-testkit/test-services.ts';
import { type Database, inTransaction, openDatabase } from '#journal/database.ts';
import { openSession } from '#journal/session-store.ts';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { Budget } from './budget.ts';
import type { OpenConnection } from './open-connection.ts';
import { ReadPermits } from './read-permits.ts';

const concurrency = 3;
const connection = {
  tenant: 'acme',
  id: 'erp',
  connector: { limits: () => ({ concurrency, bucket: null }) },
  client: {},
  config: {},
} as unknown as OpenConnection;

let place: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let session: number;
let worker: Budget;
/** Calls of the worker, and reads, under way. */
let calls: number;
let reads: number;
let most: number;
beforeEach(async () => {
  place = await testDatabase();
  database = openDatabase(place.url);
  [calls, reads, most] = [0, 0, 0];
  session = await openSession(database, 'scheduler', 60_000);
  worker = new Budget(database, connection, testServices().log);
  worker.begin(await openSession(database, 'worker', 60_000));
});
afterEach(async () => {
  await database.end();
  await place.drop();
});

/** A backlog that has taken every slot it may have: each lane calls as soon as it may. */
async function backlog(lanes: number): Promise<void> {
  for (let lane = 0; lane < lanes; lane += 1) {
    const touch = (): void => {
      if (worker.take(touch) === 'go') {
        calls += 1;
        most = Math.max(most, calls + reads);
      }
    };
    touch();
  }
  const wanted = Math.min(lanes, concurrency);
  await expect.poll(async () => (await worker.balance(), calls), { timeout: 5_000 }).toBe(wanted);
}
/** A call ends, and the worker looks at its budget, as it does twenty times a second. */
async function callEnds(): Promise<void> {
  calls -= 1;
  worker.give();
  await worker.balance();
}
/** A read that goes on until it is told to end. */
function read(permits: ReadPermits): { readonly done: Promise<void>; end(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = permits.during(connection, session, async () => {
    reads += 1;
    most = Math.max(most, calls + reads);
    await promise;
    reads -= 1;
  });
  return { done, end: resolve };
}
const leases = () =>
  inTransaction(
    database,
    ['acme'],
    async (client) =>
      (
        await client.query<{ permits: number }>('select permits from limit_lease where session_id = $1', [
          session,
        ])
      ).rows,
  );

test('a poll waits for a call to end, takes its slot, and hands it back at once: never more than the account has', async () => {
  await backlog(12);
  const permits = new ReadPermits(database);
  const poll = read(permits);
  await expect
    .poll(async () => (await worker.balance(), worker.isWanting && (await leases()).length), {
      timeout: 5_000,
    })
    .toBe(1);
  expect(reads).toBe(0);
  await callEnds();
  await expect.poll(() => reads, { timeout: 5_000 }).toBe(1);
  poll.end();
  await poll.done;
  expect(await leases()).toEqual([]);
  await worker.balance();
  expect(calls).toBe(concurrency);
  expect(most).toBe(concurrency);
});

test('polls of one account count together, and go on one after the other where there is one slot for them', async () => {
  await backlog(concurrency - 1);
  const permits = new ReadPermits(database);
  const [first, second] = [read(permits), read(permits)];
  await expect.poll(() => reads, { timeout: 5_000 }).toBe(1);
  first.end();
  second.end();
  await Promise.all([first.done, second.done]);
  expect(most).toBeLessThanOrEqual(concurrency);
  expect(await leases()).toEqual([]);
});

test('a poll that gets no slot for too long reads all the same: one request too many is refused, a source that nobody reads is blind', async () => {
  await backlog(12);
  const poll = read(new ReadPermits(database, 50));
  await expect.poll(() => reads, { timeout: 5_000 }).toBe(1);
  poll.end();
  await poll.done;
});
