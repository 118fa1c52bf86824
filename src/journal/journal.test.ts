import fc from 'fast-check';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { boolArray, byteaArray, int4Array, int8Array, textArray } from './binary-arrays.ts';
import { assertSafeDatabase, type Database, inTransaction, openDatabase } from './database.ts';
import { type IncomingMessage, storeMessages } from './intake-store.ts';
import { claimLanes, loadInbox } from './lane-store.ts';
import { migrate } from './migrate.ts';
import { masterKeyFrom, openBody, sealBody } from './sealed-box.ts';
import { openSession } from './session-store.ts';
import { fireTimers, forgetSeen, healWaits, keepPartitions } from './upkeep-store.ts';

const master = masterKeyFrom(Buffer.alloc(32, 3).toString('base64'));
let place: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
beforeEach(async () => {
  place = await testDatabase();
  database = openDatabase(place.url);
  await migrate(database);
});
afterEach(async () => {
  await database.end();
  await place.drop();
});

const message = (over: Partial<IncomingMessage> = {}): IncomingMessage => ({
  tenant: 'acme',
  connection: 'shop',
  topic: 'orders/create',
  sourceEventId: 'e1',
  occurredAtMs: 1_700_000_000_000,
  via: 'webhook',
  class: 1,
  subject: {
    entity: 'order',
    ref: { connection: 'shop', type: 'Order', id: '820982911946154508' },
    founds: true,
  },
  body: Buffer.from('{"id":820982911946154508}'),
  ...over,
});
const rows = async <Row extends object>(sql: string, tenants = ['acme']): Promise<Row[]> =>
  inTransaction(database, tenants, async (client) => (await client.query<Row>(sql)).rows);

describe('migrations', () => {
  test('run once each, and a second start changes nothing', async () => {
    expect(await migrate(database)).toEqual([]);
  });
  test('a migration that was edited after it ran is refused by name', async () => {
    await database.query(`update migration set sha256 = 'other' where name = '0002-intake.sql'`);
    await expect(migrate(database)).rejects.toThrow('0002-intake.sql ran before with other content');
  });
  test('a database of a newer release is refused', async () => {
    await database.query(`insert into migration (name, sha256) values ('9999-future.sql', 'x')`);
    await expect(migrate(database)).rejects.toThrow('migrated by a newer release (9999-future.sql)');
  });
});

describe('tenants', () => {
  test('a transaction sees the tenants it named, and none if it named none', async () => {
    await storeMessages(database, master, [message(), message({ tenant: 'other' })]);
    expect(await rows('select tenant from message')).toEqual([{ tenant: 'acme' }]);
    expect(await rows('select tenant from message', ['other'])).toEqual([{ tenant: 'other' }]);
    expect(await rows('select tenant from message', [])).toEqual([]);
    expect(await rows('select tenant from vault.message_key', ['nobody'])).toEqual([]);
  });
  test('a row of a tenant that was not named cannot be written either', async () => {
    await expect(
      rows(`insert into alias (tenant, alias, entity) values ('other', 'a', 'b')`),
    ).rejects.toThrow('row-level security');
  });
  test('every table with a tenant has forced row-level security, its partitions too', async () => {
    const open = await database.query(
      `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped
       where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'vault'::regnamespace) and not (c.relrowsecurity and c.relforcerowsecurity)`,
    );
    expect(open.rows).toEqual([]);
  });
  test('a role that is above row-level security is refused at the start', async () => {
    const superuser = openDatabase(place.superuserUrl);
    await expect(assertSafeDatabase(superuser)).rejects.toThrow('superuser or has BYPASSRLS');
    await superuser.end();
    await assertSafeDatabase(database);
  });
});

describe('intake', () => {
  test('stores bytes that only its key opens, and gives them back unchanged', async () => {
    const body = Buffer.from('{"name":"Zoë \\u0000 �"}');
    await storeMessages(database, master, [message({ body })]);
    const [stored] = await rows<{ body: Buffer }>('select body from message');
    expect(stored?.body.includes(Buffer.from('name'))).toBe(false);
    const session = await openSession(database, 'test', 5_000);
    const lanes = await claimLanes(database, ['acme'], session, [10, 10, 10, 10]);
    const [event] = await loadInbox(database, master, lanes, 10);
    expect(event?.kind === 'message' && event.body.equals(body)).toBe(true);
  });
  test('the same delivery is a duplicate; the same id with another body is a record of its own', async () => {
    const receipts = await storeMessages(database, master, [
      message(),
      message(),
      message({ body: Buffer.from('{"id":820982911946154508,"note":"x"}') }),
    ]);
    expect(receipts.map((receipt) => receipt.outcome)).toEqual(['accepted', 'duplicate', 'accepted']);
    expect((await storeMessages(database, master, [message()]))[0]?.outcome).toBe('duplicate');
    expect(await rows('select entity, todo from lane')).toEqual([
      { entity: 'order:shop:820982911946154508', todo: 2 },
    ]);
  });
  test('a record of a platform that belongs to nothing waits with a reason, and goes on when it is linked', async () => {
    const sale = message({
      connection: 'erp',
      topic: 'shipment',
      subject: { entity: 'shipment', ref: { connection: 'erp', type: 'sale.sale', id: '77' }, founds: false },
    });
    const [receipt] = await storeMessages(database, master, [sale]);
    expect(receipt).toMatchObject({ outcome: 'parked', entity: null });
    expect(await rows('select cause, detail from parked where closed_at is null')).toEqual([
      { cause: 'unlinked-record', detail: 'no sale.sale 77 of erp is known here' },
    ]);
    // Linked by a transaction that could not see the wait: the sweep finds it.
    await rows(
      `insert into identity_link (tenant, connection, type, external_id, entity) values ('acme', 'erp', 'sale.sale', '77', 'order:shop:1')`,
    );
    expect(await healWaits(database, ['acme'])).toBe(1);
    expect(await rows('select entity, todo from lane')).toEqual([{ entity: 'order:shop:1', todo: 1 }]);
    expect(await rows('select resolution from parked')).toEqual([
      { resolution: 'healed: link:erp:sale.sale:77' },
    ]);
  });
  test('delivery ids are forgotten after their time, the identity is not', async () => {
    await storeMessages(database, master, [message()]);
    await rows(`update seen set seen_at = now() - interval '91 days'`);
    expect(await forgetSeen(database, ['acme'], 90)).toBe(1);
    expect(await rows('select entity from identity_link')).toHaveLength(1);
  });
});

describe('upkeep', () => {
  test('history older than the retention goes with its partition, the rest stays', async () => {
    await database.query(
      `create table message_202001 partition of message for values from ('2020-01-01') to ('2020-02-01')`,
    );
    expect(await keepPartitions(database, ['acme'], 400)).toEqual(['message_202001']);
    expect(await keepPartitions(database, ['acme'], 400)).toEqual([]);
  });
  test('a deadline waits until its source was read past it', async () => {
    await rows(
      `insert into timer (tenant, entity, name, at, source) values ('acme', 'order:shop:1', 'late', now() - interval '1 minute', 'shop')`,
    );
    await rows(
      `insert into poll_cursor (tenant, connection, poller, read_to) values ('acme', 'shop', 'orders', now() - interval '2 minutes')`,
    );
    expect(await fireTimers(database, ['acme'], 10)).toBe(0);
    await rows('update poll_cursor set read_to = now()');
    expect(await fireTimers(database, ['acme'], 10)).toBe(1);
    expect(await rows('select kind from inbox')).toEqual([{ kind: 'deadline' }]);
  });
});

test('a sealed body that was changed does not open', () => {
  const { sealed, sealedKey } = sealBody(master, Buffer.from('secret'));
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  expect(() => openBody(master, sealed, sealedKey)).toThrow('unable to authenticate data');
});

test('arrays arrive in PostgreSQL as they were sent', async () => {
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  const sent = fc.record({
    texts: fc.array(fc.option(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\u0000', '')))),
    ints: fc.array(fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))),
    bigs: fc.array(fc.option(fc.maxSafeInteger())),
    flags: fc.array(fc.option(fc.boolean())),
    bytes: fc.array(fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes)))),
  });
  await fc.assert(
    fc.asyncProperty(sent, async ({ texts, ints, bigs, flags, bytes }) => {
      const { rows: got } = await client.query<Record<string, unknown>>(
        'select $1::text[] as texts, $2::int[] as ints, $3::text[]::bigint[]::text[] as big_texts, $4::bool[] as flags, $5::bytea[] as bytes, $6::bigint[]::text[] as bigs',
        [
          textArray(texts),
          int4Array(ints),
          textArray([]),
          boolArray(flags),
          byteaArray(bytes),
          int8Array(bigs),
        ],
      );
      expect(got[0]).toMatchObject({
        texts,
        ints,
        flags,
        bytes,
        bigs: bigs.map((big) => (big === null ? null : String(big))),
      });
    }),
    { numRuns: 40 },
  );
  await client.end();
});
