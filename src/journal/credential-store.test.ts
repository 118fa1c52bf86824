import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { DatabaseCredentials } from './credential-store.ts';
import { type Database, inTransaction, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { masterKeyFrom } from './sealed-box.ts';

const master = masterKeyFrom(Buffer.alloc(32, 7).toString('base64'));
const hourMs = 3_600_000;

let place: Awaited<ReturnType<typeof testDatabase>>;
let pools: Database[];
let renewals: number;
let nowMs: number;

beforeEach(async () => {
  place = await testDatabase();
  pools = [1, 2].map((number) => openDatabase(place.url, { max: 4, applicationName: `pool ${number}` }));
  renewals = 0;
  nowMs = Date.now();
  await migrate(pools[0]!);
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await place.drop();
});

/** A worker's own view: two of them share nothing but the database. */
const store = (pool: number, key = master): DatabaseCredentials =>
  new DatabaseCredentials(
    { database: pools[pool]!, master: key, tenant: 'acme', connection: 'shop' },
    () => nowMs,
  );
const wish = {
  marginMs: 60_000,
  renew: async () => {
    renewals += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { value: { token: `token-${renewals}` }, expiresAtMs: nowMs + hourMs };
  },
};

test('fifty workers that need a token at once get the same one, renewed once', async () => {
  const stores = [store(0), store(1), store(0), store(1)];
  const got = await Promise.all(
    Array.from({ length: 50 }, (_, index) => stores[index % 4]!.get('token', wish)),
  );
  expect(renewals).toBe(1);
  expect(new Set(got.map(({ value }) => JSON.stringify(value)))).toEqual(new Set(['{"token":"token-1"}']));
});

test('a token that expires every hour is renewed once an hour for all workers', async () => {
  const stores = [store(0), store(1)];
  for (let hour = 1; hour <= 3; hour += 1) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => stores[index % 2]!.get('token', wish)));
    expect(renewals).toBe(hour);
    nowMs += hourMs;
  }
});

test('a token is renewed before it expires, by the margin that is asked for', async () => {
  await store(0).get('token', wish);
  nowMs += hourMs - 61_000;
  await store(1).get('token', wish);
  expect(renewals).toBe(1);
  nowMs += 2_000;
  await store(1).get('token', wish);
  expect(renewals).toBe(2);
});

test('a refused token is renewed once, however many were refused with it', async () => {
  const stores = [store(0), store(1)];
  const { value } = await stores[0]!.get('token', wish);
  await stores[1]!.get('token', wish);
  const again = await Promise.all(
    Array.from({ length: 20 }, (_, index) => stores[index % 2]!.get('token', { ...wish, refused: value })),
  );
  expect(renewals).toBe(2);
  expect(new Set(again.map((each) => JSON.stringify(each.value)))).toEqual(new Set(['{"token":"token-2"}']));
});

test('who was refused an old token gets the new one without renewing', async () => {
  const [early, late] = [store(0), store(1)];
  const { value } = await early.get('token', wish);
  await late.get('token', wish);
  await early.get('token', { ...wish, refused: value });
  expect((await late.get('token', { ...wish, refused: value })).value).toEqual({ token: 'token-2' });
  expect(renewals).toBe(2);
});

test('a renewal that fails is thrown to all who waited, and tried again by the next', async () => {
  const failure = new Error('the platform says no');
  const shared = store(0);
  const fails = { ...wish, renew: () => Promise.reject(failure) };
  const fates = await Promise.allSettled([shared.get('token', fails), shared.get('token', fails)]);
  expect(fates).toEqual([
    { status: 'rejected', reason: failure },
    { status: 'rejected', reason: failure },
  ]);
  expect((await shared.get('token', wish)).value).toEqual({ token: 'token-1' });
});

test('the renewal gets the credential that it replaces, and each name has its own', async () => {
  const seen: unknown[] = [];
  const rotating = {
    ...wish,
    marginMs: 2 * hourMs,
    renew: (current: { value: unknown } | null) => {
      seen.push(current?.value ?? null);
      return wish.renew();
    },
  };
  await store(0).get('refresh', rotating);
  await store(1).get('refresh', rotating);
  await store(0).get('other', rotating);
  expect(seen).toEqual([null, { token: 'token-1' }, null]);
});

test('what was renewed is stored before it is used, although the database goes away in between', async () => {
  const admin = new pg.Client({ connectionString: place.superuserUrl });
  await admin.connect();
  const cut = {
    ...wish,
    renew: async () => {
      const credential = await wish.renew();
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pool 1' and datname = current_database()`,
      );
      return credential;
    },
  };
  expect((await store(0).get('token', cut)).value).toEqual({ token: 'token-1' });
  expect((await store(1).get('token', wish)).value).toEqual({ token: 'token-1' });
  expect(renewals).toBe(1);
  await admin.end();
});

test('nothing readable is in the database, and another master key is told as such', async () => {
  await store(0).get('token', wish);
  const rows = await inTransaction(
    pools[0]!,
    ['acme'],
    async (client) => (await client.query<{ sealed: Buffer }>('select sealed from credential')).rows,
  );
  expect(rows[0]?.sealed.includes('token-1')).toBe(false);
  const other = masterKeyFrom(Buffer.alloc(32, 8).toString('base64'));
  await expect(store(1, other).get('token', wish)).rejects.toThrow('sealed under another master key');
});
