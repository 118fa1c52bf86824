import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Limits } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import { type Database, inTransaction, openDatabase } from '#journal/database.ts';
import { openSession } from '#journal/session-store.ts';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { Budget } from './budget.ts';
import { ConnectionMinder } from './connection-minder.ts';
import type { OpenConnection } from './open-connection.ts';

let place: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
beforeEach(async () => {
  place = await testDatabase();
  database = openDatabase(place.url);
});
afterEach(async () => {
  await database.end();
  await place.drop();
});

const rows = async <Row extends object>(sql: string): Promise<Row[]> =>
  inTransaction(database, ['acme'], async (client) => (await client.query<Row>(sql)).rows);
const open = (
  limits: Limits,
  id = 'erp',
  probe: () => Promise<Outcome> = () => Promise.resolve({ kind: 'done', result: null }),
): OpenConnection =>
  ({ tenant: 'acme', id, connector: { limits: () => limits, probe }, client: {}, config: {} }) as never;
const { log } = testServices();

async function worker(limits: Limits): Promise<Budget> {
  const budget = new Budget(database, open(limits), log);
  budget.begin(await openSession(database, 'test', 60_000));
  return budget;
}
/** As many lanes as one likes; each takes a permit as soon as it may. */
function crowd(budget: Budget, lanes: number): { running: () => number } {
  let running = 0;
  for (let lane = 0; lane < lanes; lane += 1) {
    const touch = (): void => {
      if (budget.take(touch) === 'go') running += 1;
    };
    touch();
  }
  return { running: () => running };
}
const noop = (): void => undefined;

test('two workers together never hold more permits than the account has', async () => {
  const limits = { concurrency: 5, bucket: null };
  const [one, two] = [await worker(limits), await worker(limits)];
  crowd(one, 10);
  crowd(two, 10);
  for (let round = 0; round < 6; round += 1) {
    await Promise.all([one.balance(), two.balance()]);
    expect(one.inUse + two.inUse).toBeLessThanOrEqual(5);
    if (one.inUse > 0 && round % 2 === 0) one.give();
  }
  expect(one.inUse + two.inUse).toBe(5);
});

test('a worker that is busy without a pause still gives a second one its share', async () => {
  const limits = { concurrency: 4, bucket: null };
  const [one, two] = [await worker(limits), await worker(limits)];
  // Of the first, each call that ends is followed by another at once.
  const again = (): void => void one.take(again);
  for (let lane = 0; lane < 8; lane += 1) one.take(() => again());
  await one.balance();
  await one.balance();
  expect(one.inUse).toBe(4);
  for (let lane = 0; lane < 8; lane += 1) two.take(noop);
  for (let round = 0; round < 8; round += 1) {
    await two.balance();
    await one.balance();
    for (let lane = 0; lane < 4; lane += 1) one.take(() => again());
    one.give();
    expect(one.inUse + two.inUse).toBeLessThanOrEqual(4);
    two.take(noop);
  }
  expect(two.inUse).toBeGreaterThan(0);
});

test('what the others do not want is ours', async () => {
  const limits = { concurrency: 10, bucket: null };
  const [one, two] = [await worker(limits), await worker(limits)];
  two.take(noop);
  await two.balance();
  const busy = crowd(one, 20);
  await one.balance();
  await one.balance();
  expect(busy.running()).toBe(9);
});

test('a limit that is configured anew holds from then on, also when it is higher', async () => {
  await (await worker({ concurrency: 2, bucket: null })).balance();
  const first = await worker({ concurrency: 2, bucket: null });
  first.take(noop);
  await first.balance();
  const higher = await worker({ concurrency: 6, bucket: { capacity: 100, refillPerSecond: 10 } });
  higher.take(noop);
  await higher.balance();
  expect(await rows('select concurrency, capacity, refill_per_second as refill from limit_account')).toEqual([
    { concurrency: 6, capacity: 100, refill: 10 },
  ]);
});

test('what the platform reported stands while the configuration stays as it is', async () => {
  const budget = await worker({ concurrency: 6, bucket: null });
  budget.take(noop);
  await budget.balance();
  budget.reporter.report({ concurrency: 3 });
  await expect.poll(() => rows('select concurrency from limit_account')).toEqual([{ concurrency: 3 }]);
  await budget.balance();
  expect(await rows('select concurrency from limit_account')).toEqual([{ concurrency: 3 }]);
});

test('tokens are never overdrawn, over two workers', async () => {
  const limits = { concurrency: 50, bucket: { capacity: 8, refillPerSecond: 0.000_1 } };
  const [one, two] = [await worker(limits), await worker(limits)];
  const all = [crowd(one, 40), crowd(two, 40)];
  for (let round = 0; round < 6; round += 1) await Promise.all([one.balance(), two.balance()]);
  expect(all.reduce((sum, { running }) => sum + running(), 0)).toBeLessThanOrEqual(8);
  expect(await rows('select tokens >= 0 as "isSound" from limit_account')).toEqual([{ isSound: true }]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e18])(
  'a pause of %s from a header that could not be read does not stop the connection for ever',
  async (pausedForMs) => {
    const budget = await worker({ concurrency: 2, bucket: null });
    budget.take(noop);
    await budget.balance();
    budget.record({ kind: 'rate-limited', retryAfterMs: pausedForMs, detail: 'slow down' });
    budget.reporter.report({ pausedForMs, available: pausedForMs });
    await sleep(50);
    const [account] = await rows<{ hours: number | null }>(
      `select (extract(epoch from max(paused_until) - now()) / 3600)::float8 as hours from limit_account`,
    );
    expect(account?.hours ?? 0).toBeLessThanOrEqual(1);
    if (Number.isNaN(pausedForMs)) expect(budget.take(noop)).not.toBe('park');
  },
);

test('a paused account lets nobody begin, on either worker', async () => {
  const limits = { concurrency: 2, bucket: null };
  const [one, two] = [await worker(limits), await worker(limits)];
  one.take(noop);
  await one.balance();
  one.record({ kind: 'rate-limited', retryAfterMs: 60_000, detail: 'slow down' });
  expect(one.take(noop)).toBe('park');
  await expect.poll(() => rows('select from limit_account where paused_until > now()')).toHaveLength(1);
  two.take(noop);
  await two.balance();
  expect(two.take(noop)).toBe('park');
});

test('a connection whose probe throws, or never ends, keeps no other from being minded', async () => {
  const limits = { concurrency: 2, bucket: null };
  const connections = [
    open(limits, 'throws', () => Promise.reject(new TypeError('a defect'))),
    open(limits, 'hangs', () => new Promise<never>(noop)),
    open(limits, 'lives'),
  ];
  const minder = new ConnectionMinder(
    database,
    { tenants: ['acme'], connections, connection: () => null },
    log,
  );
  minder.begin(await openSession(database, 'test', 60_000));
  const down = { kind: 'unauthorized', detail: 'who' } as const;
  for (const { id } of connections) minder.of('acme', id)?.record(down);
  await expect.poll(() => rows(`select from connection_state where state = 'open'`)).toHaveLength(3);
  await rows(`update connection_state set next_probe_at = now()`);
  await Promise.race([minder.mind(), sleep(3_000)]);
  await expect
    .poll(() => rows(`select connection from connection_state where state = 'closed'`))
    .toEqual([{ connection: 'lives' }]);
  expect(minder.of('acme', 'lives')?.isOpen).toBe(false);
});

test('an account that others use too gets fewer calls from the first refusals on, and all of them again when it takes them', async () => {
  const budget = await worker({ concurrency: 8, bucket: null });
  const { running } = crowd(budget, 40);
  const balanced = (): Promise<number> => budget.balance().then(running);
  await expect.poll(balanced).toBe(8);
  const usable = async (): Promise<number | null> =>
    (await rows<{ usable: number | null }>('select usable from limit_account'))[0]?.usable ?? null;
  const aMomentLater = (seconds: number) =>
    rows(`update limit_account set refused_at = refused_at - interval '${seconds} seconds'`);
  const refuse = async (from: number | null): Promise<void> => {
    budget.record({ kind: 'rate-limited', retryAfterMs: null, detail: 'HTTP 429' });
    await expect.poll(usable).not.toBe(from);
  };
  await refuse(null);
  expect(await usable()).toBe(7);
  // Another one of the same moment tells nothing new; the moment is drawn out, so that a slow machine does not leave it.
  await aMomentLater(-60);
  budget.record({ kind: 'rate-limited', retryAfterMs: null, detail: 'HTTP 429' });
  await budget.balance();
  expect(await usable()).toBe(7);
  await aMomentLater(61);
  await refuse(7);
  expect(await usable()).toBe(6);
  await budget.balance();
  for (let call = 0; call < 5; call += 1) budget.give();
  expect(budget.inUse).toBe(6);

  await aMomentLater(3);
  await budget.balance();
  expect(await usable()).toBe(7);
  await aMomentLater(3);
  await budget.balance();
  expect(await usable()).toBeNull();
  await expect.poll(() => budget.balance().then(() => budget.inUse)).toBe(8);
});
