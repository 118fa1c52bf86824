import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '#canonical/event.ts';
import { relayProcess } from './relay-process.ts';
import { balanceLimit } from '#journal/connection-store.ts';
import { openSession, reapSessions } from '#journal/session-store.ts';
import { stubConnector } from './stub-platform.ts';
import { claimLanes } from '#journal/lane-store.ts';
import { type EngineUnderTest, engineUnderTest } from './engine-under-test.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());
const keys = (platform: EngineUnderTest['erp']): string[] =>
  platform.journal.effects.map((effect) => effect.key);

test('what was accepted takes effect once at every system, in the order of its key', async () => {
  engine = await engineUnderTest();
  for (const step of ['a', 'b', 'c']) for (const id of ['1', '2', '3', '4', '5']) await engine.send(id, step);
  await engine.startWorker();
  await engine.drain();
  expect(keys(engine.erp).filter((key) => key.startsWith('3/'))).toEqual(['3/a', '3/b', '3/c']);
  expect(new Set(keys(engine.erp)).size).toBe(15);
  expect(keys(engine.erp)).toHaveLength(15);
  expect(keys(engine.crm)).toHaveLength(15);
  const done = await engine.rows<{ outcome: string }>('select outcome from command_done');
  expect(done.map((row) => row.outcome)).toEqual(Array.from({ length: 30 }, () => 'done'));
});

test('a message that comes twice is taken once', async () => {
  engine = await engineUnderTest();
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => engine.send('1', 'a')));
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
  await engine.startWorker();
  await engine.drain();
  expect(keys(engine.erp)).toEqual(['1/a']);
});

test('an effect whose answer was lost is found by look-up and not repeated', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.next({ kind: 'reset-after' }, 1, (request) => request.method === 'POST');
  await engine.send('1', 'a');
  await engine.startWorker();
  await engine.drain();
  expect(keys(engine.erp)).toEqual(['1/a']);
  const attempts = await engine.rows<{ step: string; outcome: string }>(
    'select step, outcome from attempt order by finished_at',
  );
  expect(attempts.slice(0, 2)).toEqual([
    { step: 'send', outcome: 'outcome-unknown' },
    { step: 'find', outcome: 'done' },
  ]);
});

test('a request that never arrived is sent again after a look-up said so', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.next({ kind: 'reset' }, 1, (request) => request.method === 'POST');
  await engine.send('1', 'a');
  await engine.startWorker();
  await engine.drain();
  expect(keys(engine.erp)).toEqual(['1/a']);
});

test('answers of 429 and 409 are waited out; nothing is dropped and nothing is parked', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.often({ kind: 'answer', status: 429 }, 0.3);
  engine.erp.faults.often({ kind: 'answer', status: 409 }, 0.3);
  for (let id = 0; id < 20; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker();
  await engine.drain(25_000);
  expect(keys(engine.erp)).toHaveLength(20);
  expect(await engine.rows('select * from parked')).toEqual([]);
});

test('a platform that is away stops only its own work, and everything goes on by itself when it is back', async () => {
  engine = await engineUnderTest();
  engine.crm.faults.often({ kind: 'answer', status: 503 }, 1);
  for (let id = 0; id < 50; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker();
  await expect.poll(() => keys(engine.erp).length, { timeout: 10_000 }).toBe(50);
  await expect
    .poll(
      async () =>
        (
          await engine.rows<{ state: string }>(`select state from connection_state where connection = 'crm'`)
        )[0]?.state,
      { timeout: 10_000 },
    )
    .toBe('open');
  const attemptsWhileOpen = await engine.rows(`select * from attempt where outcome = 'unavailable'`);
  expect(attemptsWhileOpen.length).toBeLessThan(60);
  expect(keys(engine.crm)).toHaveLength(0);
  engine.crm.faults.clear();
  await engine.drain(20_000);
  // An upsert whose answer came too late may be there twice, in the same bytes.
  expect(new Set(keys(engine.crm)).size).toBe(50);
  expect(await engine.rows('select * from parked')).toEqual([]);
});

test('a command that the platform rejects is parked with its reason, and done after an operator retries it', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.next({ kind: 'answer', status: 422 }, 1, (request) => request.method === 'POST');
  await engine.send('1', 'a');
  await engine.startWorker();
  await engine.drain();
  const [parked] = await engine.rows<{ parked_id: number; cause: string; detail: string; entity: string }>(
    'select * from parked where closed_at is null',
  );
  expect(parked).toMatchObject({
    cause: 'rejected-by-platform',
    detail: 'http-422: no',
    entity: 'order:shop:1',
  });
  await engine.rows(`select parked_release('acme', array[$1::bigint], 'ann', 'fixed there')`, [
    parked?.parked_id,
  ]);
  await engine.drain();
  expect(keys(engine.erp)).toEqual(['1/a']);
  expect(await engine.rows('select * from parked where closed_at is null')).toEqual([]);
});

test('an unmapped value parks its command with a proposed row, and the command goes on by itself when the row appears', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'mapped:x');
  await engine.startWorker();
  await engine.drain();
  expect(await engine.rows('select cause, entity from parked where closed_at is null')).toEqual([
    { cause: 'unmappable', entity: 'order:shop:1' },
  ]);
  expect(await engine.rows('select crosswalk_table, key, status, proposal from crosswalk')).toEqual([
    { crosswalk_table: 'reason', key: 'mapped:x', status: 'proposed', proposal: 'a guess' },
  ]);
  engine.crosswalks.erp = { reason: { 'mapped:x': 'the word' } };
  await engine.rows(`select wake('acme', 'crosswalk:erp:reason:mapped:x', 'import')`);
  await engine.drain();
  expect(engine.erp.journal.effects.map((effect) => effect.data)).toEqual([{ word: 'the word' }]);
  expect(await engine.rows('select * from parked where closed_at is null')).toEqual([]);
});

test('events never park behind commands: a parked command can be taken back by its process', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'mapped:x');
  await engine.startWorker();
  await engine.drain();
  await engine.send('1', 'withdraw');
  await engine.drain();
  expect(await engine.rows('select outcome from command_done')).toEqual([{ outcome: 'withdrawn' }]);
  expect(await engine.rows('select * from parked where closed_at is null')).toEqual([]);
  expect(keys(engine.erp)).toEqual([]);
});

test('a parked command without effect does not hold up the next one of its order', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'mapped:x');
  await engine.send('1', 'b');
  await engine.startWorker();
  await engine.drain();
  expect(keys(engine.erp)).toEqual(['1/b']);
});

test('orders that share a parent record are never written at the same time', async () => {
  engine = await engineUnderTest();
  let running = 0;
  let most = 0;
  const { platform } = engine.erp;
  const handle = platform.handle.bind(platform);
  engine.erp.faults.often(
    { kind: 'delay', ms: 30 },
    1,
    (request) => request.method === 'POST' && (running += 1) > 0,
  );
  engine.erp.platform.handle = (request) => {
    if (request.method === 'POST') {
      most = Math.max(most, running);
      running -= 1;
    }
    return handle(request);
  };
  for (let id = 0; id < 8; id += 1) await engine.send(String(id), 'parent:1');
  await Promise.all([engine.startWorker(), engine.startWorker()]);
  await engine.drain(25_000);
  expect(keys(engine.erp)).toHaveLength(8);
  expect(most).toBe(1);
});

test("two workers together keep to one account's concurrency", async () => {
  engine = await engineUnderTest({ erp: stubConnector({ concurrency: 3 }) });
  let running = 0;
  let most = 0;
  const { platform } = engine.erp;
  const handle = platform.handle.bind(platform);
  engine.erp.platform.handle = async (request) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 10));
    running -= 1;
    return handle(request);
  };
  for (let id = 0; id < 60; id += 1) await engine.send(String(id), 'a');
  await Promise.all([engine.startWorker({ node: 'one' }), engine.startWorker({ node: 'two' })]);
  await engine.drain(25_000);
  expect(keys(engine.erp)).toHaveLength(60);
  expect(most).toBe(3);
});

test('a worker that was taken for dead can change nothing, and its lanes go on elsewhere', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.next({ kind: 'delay', ms: 600 }, 1, (request) => request.method === 'POST');
  await engine.send('1', 'a');
  const first = await engine.startWorker({ node: 'first' });
  await expect
    .poll(() => engine.rows(`select * from command where state = 'attempting'`), { timeout: 5_000 })
    .toHaveLength(1);
  // What the reaper does when a lease runs out.
  await engine.rows(`update session set lease_until = now() - interval '1 second' where session_id = $1`, [
    first.session,
  ]);
  await engine.startWorker({ node: 'second' });
  await engine.drain(20_000);
  expect(keys(engine.erp)).toEqual(['1/a']);
  expect(await engine.rows(`select step, outcome from attempt where step = 'lost'`)).toEqual([
    { step: 'lost', outcome: 'outcome-unknown' },
  ]);
});

test('a deadline fires into its lane', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'deadline:now');
  await engine.startWorker();
  await engine.drain();
  await engine.rows(`select timer_fire('acme', 10)`);
  await engine.drain();
  expect(await engine.rows(`select state::json->'results'->>0 as result from instance`)).toEqual([
    { result: 'deadline:deadline:now' },
  ]);
});

test('a demand that known supply cannot cover is answered with what is short', async () => {
  engine = await engineUnderTest();
  await engine.rows(
    `insert into stock_position (tenant, sku, location, supply) values ('acme', 'SKU', 'MAIN', 5)`,
  );
  await engine.send('1', 'reserve:4');
  await engine.send('2', 'reserve:3');
  await engine.startWorker();
  await engine.drain();
  expect(await engine.rows(`select reserved::int from stock_position`)).toEqual([{ reserved: 7 }]);
  expect(
    await engine.rows(
      `select count(*)::int as short from instance where state::json->'results'->>0 = 'reservation'`,
    ),
  ).toEqual([{ short: 1 }]);
  await engine.send('1', 'reserve:0');
  await engine.drain();
  expect(await engine.rows(`select reserved::int from stock_position`)).toEqual([{ reserved: 3 }]);
});

test('a lane whose counter drifted is mended and does not spin', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'a');
  await engine.rows('update lane set todo = todo + 1');
  await engine.startWorker();
  await engine.drain();
  expect(keys(engine.erp)).toEqual(['1/a']);
  expect(engine.log.filter((line) => JSON.stringify(line).includes('drifted'))).toHaveLength(1);
});

test('one step that the database refuses does not stop the others of its batch', async () => {
  engine = await engineUnderTest();
  await engine.rows(`alter table instance add constraint planted check (state not like '%poison%')`);
  const refused: string[] = [];
  for (const id of ['1', '2', '3', '4']) await engine.send(id, id === '3' ? 'poison' : 'a');
  await engine.startWorker({ onRefused: (lane) => refused.push(lane.entity) });
  await expect.poll(() => keys(engine.crm).length, { timeout: 10_000 }).toBe(3);
  await expect.poll(() => refused[0], { timeout: 10_000 }).toBe('order:shop:3');
  await engine.rows('alter table instance drop constraint planted');
});

test('a worker of an older release leaves the lanes of a newer one alone', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'a');
  const newer = await engine.startWorker({ processFor: () => ({ ...relayProcess, version: 2 }) });
  await engine.drain();
  await newer.stop();
  await engine.send('1', 'b');
  const older = await engine.startWorker();
  await expect
    .poll(
      async () =>
        (await engine.rows<{ claim: number }>('select claim from lane where owner is null'))[0]?.claim ?? 0,
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);
  expect(engine.erp.journal.effects.map((effect) => effect.key)).toEqual(['1/a']);
  await older.stop();
  await engine.startWorker({ processFor: () => ({ ...relayProcess, version: 2 }) });
  await engine.drain();
  expect(engine.erp.journal.effects.map((effect) => effect.key)).toEqual(['1/a', '1/b']);
});

test('a record that was read, not told of whole, is found by its names too', async () => {
  const crm = stubConnector();
  const read = crm.commands['storefront.order.read']!;
  const telling: typeof crm = {
    ...crm,
    commands: {
      ...crm.commands,
      'storefront.order.read': {
        ...read,
        async send(request, call, client) {
          const outcome = await read.send(request, call, client);
          if (outcome.kind !== 'done') return outcome;
          const ref = { connection: 'shop', type: 'Thing', id: '1' };
          const version = { at: new Date().toISOString(), hash: 'a' };
          const subject = { entity: 'order', ref, founds: true } as const;
          return {
            ...outcome,
            events: [{ type: 'order.touched', subject, version, data: { reason: 'whole', listed: false } }],
          };
        },
      },
    },
  };
  engine = await engineUnderTest({ crm: telling });
  await engine.send('1', 'part');
  const named = (event: CanonicalEvent): readonly string[] =>
    event.type === 'order.touched' && event.data.reason === 'whole' ? ['#1001'] : [];
  await engine.startWorker({ aliasesOf: (_tenant, event) => named(event) });
  await engine.drain();
  expect(await engine.rows('select alias, entity from alias')).toEqual([
    { alias: '#1001', entity: 'order:shop:1' },
  ]);
});

test('a budget that is asked for in the name of a session that is gone holds no permit', async () => {
  engine = await engineUnderTest();
  const [alive, gone] = [
    await openSession(engine.database, 'alive', 60_000),
    await openSession(engine.database, 'gone', 60_000),
  ];
  const share = (session: number) =>
    balanceLimit(engine.database, {
      tenant: 'acme',
      connection: 'erp',
      session,
      wanted: 2,
      inUse: 0,
      tokens: 0,
      limits: { concurrency: 2, bucket: null },
    });
  await reapSessions(engine.database, ['acme'], gone);
  expect(await share(gone)).toMatchObject({ permits: 0 });
  expect(await share(alive)).toMatchObject({ permits: 2 });
});

test('a worker that learns twice at once that its session is over opens one new session', async () => {
  engine = await engineUnderTest();
  const worker = await engine.startWorker();
  const locker = new pg.Client({ connectionString: engine.url });
  await locker.connect();
  try {
    // Claim and heartbeat wait for the table until both are to find the session gone.
    await locker.query('begin; lock table session in access exclusive mode');
    await engine.send('1', 'a');
    await sleep(1_500);
    await locker.query('delete from session');
    await locker.query('commit');
    await engine.drain();
    expect(engine.log.filter(({ message }) => message.startsWith('session over'))).toHaveLength(1);
    expect(await engine.rows('select session_id::text as id from session')).toEqual([
      { id: String(worker.session) },
    ]);
  } finally {
    await locker.end();
  }
});

test('a lane that went and came again has another fence, so that a late commit of its former life is refused', async () => {
  engine = await engineUnderTest();
  const session = await openSession(engine.database, 'test', 60_000);
  const claims: number[] = [];
  for (const reason of ['a', 'b']) {
    await engine.send('1', reason);
    const [lane] = await claimLanes(engine.database, ['acme'], session, [9, 9, 9, 9]);
    claims.push(lane?.claim ?? 0);
    await engine.rows('delete from inbox');
    await engine.rows('delete from lane');
  }
  expect(claims[1]).toBeGreaterThan(claims[0] ?? Number.NaN);
});
