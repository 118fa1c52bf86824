import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { type Database, inTransaction, openDatabase } from './database.ts';
import { pullWaiting } from './connection-store.ts';
import { storeMessages } from './intake-store.ts';
import { claimLanes, disownLanes, loadInbox } from './lane-store.ts';
import { endPollTurn, storePoll, takePollTurn } from './poll-store.ts';
import { masterKeyFrom } from './sealed-box.ts';
import { openSession, reapSessions } from './session-store.ts';
import { fireTimers, keepPartitions, sweepLanes } from './upkeep-store.ts';
import { listenForWork, workChannel } from './work-signal.ts';

const master = masterKeyFrom(Buffer.alloc(32, 3).toString('base64'));
let place: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let other: pg.Client;
beforeEach(async () => {
  place = await testDatabase();
  database = openDatabase(place.url);
  other = new pg.Client({ connectionString: place.url });
  await other.connect();
  await other.query(`set tallyport.tenants = 'acme,globex'`);
});
afterEach(async () => {
  await other.end();
  await database.end();
  await place.drop();
});

const rows = async <Row extends object>(sql: string, tenants = ['acme', 'globex']): Promise<Row[]> =>
  inTransaction(database, tenants, async (client) => (await client.query<Row>(sql)).rows);
const work = (tenant: string, ...entities: string[]) =>
  rows(
    `select inbox_add('${tenant}', e, 'operator', '{}') from unnest('{${entities.join(',')}}'::text[]) as e`,
  );
const claim = (session: number, tenants = ['acme', 'globex']) =>
  claimLanes(database, tenants, session, [50, 50, 50, 50]);
const free = () => rows<{ entity: string }>('select entity from lane where owner is null order by 1');
const waitsForLock = async (): Promise<void> => {
  await expect
    .poll(async () => {
      const sql = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return (await other.query(sql)).rowCount;
    })
    .toBeGreaterThan(0);
};

describe('no lane is left to nobody', () => {
  test('those of a worker that was reaped by one who knows fewer tenants are freed by one who knows them', async () => {
    await work('acme', 'a');
    await work('globex', 'b');
    const dead = await openSession(database, 'dead', 60_000);
    await claim(dead);
    await reapSessions(database, ['acme'], dead);
    expect(await free()).toEqual([{ entity: 'a' }]);
    expect(await reapSessions(database, ['acme', 'globex'], null)).toEqual([{ sessionId: dead, lanes: 1 }]);
    expect(await free()).toEqual([{ entity: 'a' }, { entity: 'b' }]);
  });

  test('a session is not reaped in the middle of its claim', async () => {
    await work('acme', 'a');
    const session = await openSession(database, 'slow', 60_000);
    await other.query('begin');
    await other.query('select * from lane_claim($1, $2, $3)', ['acme', session, [5, 5, 5, 5]]);
    const reaping = reapSessions(database, ['acme'], session);
    await waitsForLock();
    await other.query('commit');
    expect(await reaping).toEqual([{ sessionId: session, lanes: 1 }]);
    expect(await free()).toEqual([{ entity: 'a' }]);
  });

  test('those that their owner does not hold are given back, the others stay', async () => {
    await work('acme', 'a', 'b', 'c');
    await work('globex', 'a');
    const session = await openSession(database, 'worker', 60_000);
    await claim(session);
    const held = [
      { tenant: 'acme', entity: 'a' },
      { tenant: 'acme', entity: 'c' },
    ];
    expect(await disownLanes(database, ['acme', 'globex'], session, held)).toBe(2);
    expect(await rows('select tenant, entity from lane where owner is null order by 1')).toEqual([
      { tenant: 'acme', entity: 'b' },
      { tenant: 'globex', entity: 'a' },
    ]);
  });
});

describe('functions lock in one order', () => {
  // A step of lane `a` is being committed: it has the lane, and now wants what hangs on it.
  const stepHolds = async (): Promise<void> => {
    await work('acme', 'a');
    await other.query(`begin; select from lane where entity = 'a' for update`);
  };
  test('a deadline that fires while its lane changes it waits for the lane', async () => {
    await rows(`insert into timer (tenant, entity, name, at) values ('acme', 'a', 'late', now())`);
    await stepHolds();
    const firing = fireTimers(database, ['acme'], 10);
    await waitsForLock();
    await other.query(`delete from timer where entity = 'a'`);
    await other.query('commit');
    expect(await firing).toBe(0);
  });
  test('a release of something parked waits for the lane that closes it', async () => {
    await rows(
      `insert into parked (tenant, kind, entity, key, cause, detail) values ('acme', 'command', 'a', '1', 'x', 'y')`,
    );
    await stepHolds();
    const releasing = rows(
      `select parked_release('acme', (select array_agg(parked_id) from parked), 'ann', 'ok')`,
    );
    await waitsForLock();
    await other.query(`update parked set closed_at = now()`);
    await other.query('commit');
    expect(await releasing).toEqual([{ parked_release: 0 }]);
    expect(await rows('select todo from lane')).toEqual([{ todo: 1 }]);
  });
});

test('of lanes that wait for a connection those that went on meanwhile do not hide the others', async () => {
  await work('acme', 'z');
  await rows(
    `insert into wait (tenant, topic, entity, since) select 'acme', 'connection:erp', 'gone ' || n, now() - interval '1 hour' from generate_series(1, 3) as n`,
  );
  await rows(`insert into wait (tenant, topic, entity) values ('acme', 'connection:erp', 'z')`);
  await rows(`update lane set due = now() + interval '1 minute'`);
  // As many as were asked for: there may be more.
  expect(await pullWaiting(database, 'acme', 'erp', 3)).toBe(3);
  expect(await pullWaiting(database, 'acme', 'erp', 3)).toBe(1);
  expect(await rows('select entity from lane where due <= now()')).toEqual([{ entity: 'z' }]);
});

describe('a message that cannot be read', () => {
  const store = (id: string) =>
    storeMessages(database, master, [
      {
        tenant: 'acme',
        connection: 'shop',
        topic: 't',
        sourceEventId: id,
        occurredAtMs: Number.NaN,
        via: 'poll',
        class: 1,
        subject: { entity: 'order', ref: { connection: 'shop', type: 'Order', id }, founds: true },
        body: Buffer.from('{}'),
      },
    ]);
  test('says so, and does not keep those of other lanes from being read', async () => {
    for (const id of ['1', '2', '3', '4']) await store(id);
    await rows(
      `delete from vault.message_key where message_id = (select message_id from message where source_event_id = '1')`,
    );
    await rows(`update message set body = 'x' where source_event_id = '2'`);
    await rows(`delete from message where source_event_id = '3'`);
    const lanes = await claim(await openSession(database, 'worker', 60_000));
    const events = await loadInbox(database, master, lanes, 10);
    expect(
      events.map((event) => event.kind === 'message' && [event.entity.at(-1), event.unreadable]),
    ).toEqual([
      ['1', 'its key was deleted, so that nobody can read it'],
      ['2', 'it does not open with the key of this installation'],
      ['3', 'the message is not kept any more'],
      ['4', undefined],
    ]);
  });
  test('is not counted as work when it is released after its time', async () => {
    await rows(
      `insert into parked (tenant, kind, entity, key, cause, detail) values ('acme', 'message', 'a', '77', 'x', 'y')`,
    );
    await rows(`select parked_release('acme', (select array_agg(parked_id) from parked), 'ann', 'again')`);
    expect(await rows('select * from lane')).toEqual([]);
    expect(await rows('select resolution from parked')).toEqual([
      { resolution: 'again; its message is not kept any more' },
    ]);
  });
});

test('work whose lane is gone gets one again, whoever’s it is; what has a lane or stands still is left alone', async () => {
  await work('acme', 'a', 'b');
  await work('globex', 'a');
  const command = (entity: string, number: number, parked: boolean) =>
    rows(
      `insert into command (tenant, entity, number, name, connection, slot, state, parked, caused_by)
       values ('acme', '${entity}', ${number}, 'x', 'erp', 's', 'pending', ${parked}, 'event:1')`,
    );
  await command('b', 1, false);
  await command('c', 1, false);
  await command('d', 1, true);
  await rows(`delete from lane where (tenant, entity) <> ('acme', 'a')`);
  const swept = await sweepLanes(database, ['acme', 'globex']);
  expect(swept.map(({ tenant, entity }) => `${tenant} ${entity}`).toSorted()).toEqual([
    'acme b',
    'acme c',
    'globex a',
  ]);
  expect(await rows('select tenant, entity, todo from lane order by 1, 2')).toEqual([
    { tenant: 'acme', entity: 'a', todo: 1 },
    { tenant: 'acme', entity: 'b', todo: 2 },
    { tenant: 'acme', entity: 'c', todo: 1 },
    { tenant: 'globex', entity: 'a', todo: 1 },
  ]);
  expect(await sweepLanes(database, ['acme', 'globex'])).toEqual([]);
});

describe('retention', () => {
  const old = `create table message_202001 partition of message for values from ('2020-01-01') to ('2020-02-01')`;
  const keep = () => keepPartitions(database, ['acme', 'globex'], 400);
  const message = `insert into message (tenant, message_id, received_at, connection, topic, source_event_id, via, entity, body, body_hash)
    values ('globex', 77, '2020-01-09', 'shop', 't', 'e', 'poll', 'a', '', '')`;
  test.each([
    [
      'lies in an inbox',
      `insert into inbox (tenant, entity, kind, message_id, received_at) values ('globex', 'a', 'message', 77, '2020-01-09')`,
      'delete from inbox',
    ],
    [
      'stands parked',
      `insert into parked (tenant, kind, entity, key, cause, detail) values ('globex', 'message', 'a', '77', 'x', 'y')`,
      'update parked set closed_at = now()',
    ],
  ])('spares a month in which a message still %s', async (_what, unfinished, end) => {
    await database.query(old);
    await rows(message);
    await rows(unfinished);
    expect(await keep()).toEqual([]);
    await rows(end);
    expect(await keep()).toEqual(['message_202001']);
  });
  test('gives up rather than make everybody wait behind a long reader', async () => {
    await database.query(old);
    await other.query('begin; lock table message in access share mode');
    await expect(keep()).rejects.toMatchObject({ code: '55P03' });
    await other.query('commit');
    expect(await keep()).toEqual(['message_202001']);
  });
});

describe('a turn to poll', () => {
  const take = (session: number) => takePollTurn(database, 'acme', 'shop', 'orders', session);
  const store = (session: number, over: { cursor?: string; readAtMs?: number | null } = {}) =>
    storePoll(database, master, {
      tenant: 'acme',
      connection: 'shop',
      poller: 'orders',
      session,
      cursor: 'c1',
      readAtMs: null,
      nextInMs: 1,
      messages: [],
      ...over,
    });
  test('is one scheduler’s at a time, and the other’s when that is gone', async () => {
    const [one, two] = [
      await openSession(database, 'one', 60_000),
      await openSession(database, 'two', 60_000),
    ];
    expect(await take(one)).toEqual({ cursor: null });
    expect(await take(two)).toBeNull();
    await reapSessions(database, ['acme'], one);
    expect(await take(two)).toEqual({ cursor: null });
    await expect(store(one)).rejects.toThrow('was lost');
    expect(await rows('select cursor from poll_cursor')).toEqual([{ cursor: null }]);
  });
  test('that could not be given back is taken again by its own scheduler', async () => {
    const session = await openSession(database, 'one', 60_000);
    await take(session);
    // The database went away in the middle: neither the page nor the end of the turn arrived.
    expect(await take(session)).toEqual({ cursor: null });
    await endPollTurn(database, 'acme', 'shop', 'orders', session, 60_000);
    expect(await take(session)).toBeNull();
  });
  test('says how far was read by the database’s clock, never later than it was', async () => {
    const session = await openSession(database, 'one', 60_000);
    await take(session);
    const [before] = await rows<{ at: Date }>('select clock_timestamp() as at');
    await store(session, { readAtMs: performance.now() - 5_000 });
    const [after] = await rows<{ at: Date; read_to: Date }>(
      'select clock_timestamp() as at, read_to from poll_cursor',
    );
    expect(after!.read_to.getTime()).toBeGreaterThanOrEqual(
      before!.at.getTime() - 5_000 - (after!.at.getTime() - before!.at.getTime()),
    );
    expect(after!.read_to.getTime()).toBeLessThanOrEqual(after!.at.getTime() - 5_000);
  });
});

describe('the signal that there is work', () => {
  test('survives what others say on its channel', async () => {
    const heard: unknown[] = [];
    const signal = listenForWork(place.url, () => undefined);
    signal.subscribe((lanes) => heard.push(lanes));
    await expect.poll(() => heard.length).toBe(1);
    for (const said of ['{', '7', '[[1,2],["acme","a"],null]', '[["acme","b"]]'])
      await other.query('select pg_notify($1, $2)', [workChannel, said]);
    await expect.poll(() => heard.slice(1)).toEqual([[], [], [['acme', 'a']], [['acme', 'b']]]);
    await signal.close();
  });
  test('ends when it is closed, also before it was ever connected', async () => {
    const errors: Error[] = [];
    await listenForWork(place.url, (error) => errors.push(error)).close();
    await listenForWork('postgresql://nobody@127.0.0.1:1/none', (error) => errors.push(error)).close();
  });
});
