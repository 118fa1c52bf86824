import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { Database } from '#journal/database.ts';
import { type EngineUnderTest, engineUnderTest } from './engine-under-test.ts';
import { relayProcess } from './relay-process.ts';
import { stubConnector } from './stub-platform.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());
const keys = (platform: EngineUnderTest['erp']): string[] =>
  platform.journal.effects.map((effect) => effect.key);

test('a process that throws stops its own record only, and is tried again', async () => {
  engine = await engineUnderTest();
  let isBroken = true;
  const failed: string[] = [];
  for (const id of ['1', '2', '3']) await engine.send(id, id === '2' ? 'trap' : 'a');
  await engine.startWorker({
    processFor: () => ({
      ...relayProcess,
      decide(state, input) {
        if (isBroken && input.kind === 'event' && JSON.stringify(input.event).includes('trap'))
          throw new TypeError('a defect');
        return relayProcess.decide(state, input);
      },
    }),
    onRefused: (lane) => failed.push(lane.entity),
  });
  await expect.poll(() => keys(engine.crm).toSorted(), { timeout: 10_000 }).toEqual(['1/a', '3/a']);
  expect(new Set(failed)).toEqual(new Set(['order:shop:2']));
  // Nobody is left in the dark while it rests, and a release without the defect needs no help.
  expect(failed.length).toBeLessThan(4);
  isBroken = false;
  await engine.drain(25_000);
  expect(keys(engine.crm)).toContain('2/trap');
});

test('a process that throws on the answer of a call loses neither the effect nor the worker', async () => {
  engine = await engineUnderTest();
  let throws = 1;
  await engine.send('1', 'a');
  await engine.startWorker({
    processFor: () => ({
      ...relayProcess,
      decide(state, input) {
        if (input.kind === 'result' && throws-- > 0) throw new TypeError('a defect');
        return relayProcess.decide(state, input);
      },
    }),
  });
  await engine.drain(28_000);
  expect(keys(engine.erp)).toEqual(['1/a']);
  expect(keys(engine.crm)).toEqual(['1/a']);
});

test('a message that nobody can read is parked with its reason; those claimed with it go on', async () => {
  engine = await engineUnderTest();
  for (const id of ['1', '2', '3']) await engine.send(id, 'a');
  await engine.rows(
    `delete from vault.message_key where message_id = (select message_id from message where source_event_id = '2/a')`,
  );
  await engine.startWorker();
  await engine.drain();
  expect(keys(engine.crm).toSorted()).toEqual(['1/a', '3/a']);
  expect(await engine.rows('select entity, cause, detail from parked where closed_at is null')).toEqual([
    {
      entity: 'order:shop:2',
      cause: 'unmappable',
      detail: '$: its key was deleted, so that nobody can read it',
    },
  ]);
});

test.each(['lane_claim', 'lane_inbox'])(
  'lanes of a claim whose %s got no answer are not left to nobody',
  async (lost) => {
    engine = await engineUnderTest();
    for (const id of ['1', '2', '3']) await engine.send(id, 'a');
    let cuts = 1;
    const database = Object.create(engine.database) as Database;
    database.query = (async (config: { name?: string }, ...rest: never[]) => {
      const answer: unknown = await engine.database.query(config as never, ...rest);
      if (config.name === lost && cuts-- > 0)
        throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
      return answer;
    }) as never;
    await engine.startWorker({ database });
    await engine.drain();
    expect(keys(engine.erp).toSorted()).toEqual(['1/a', '2/a', '3/a']);
  },
);

test('a platform that names a time nobody can read holds up nobody', async () => {
  const crm = stubConnector();
  const read = crm.commands['storefront.order.read']!;
  let asks = 0;
  engine = await engineUnderTest({
    crm: {
      ...crm,
      commands: {
        ...crm.commands,
        'storefront.order.read': {
          ...read,
          check: (): Promise<Outcome> => Promise.resolve({ kind: 'done', result: (asks += 1) }),
          send: () => Promise.resolve({ kind: 'accepted', handle: 'job', checkAfterMs: Number.NaN }),
        },
      },
    },
  });
  for (const id of ['1', '2', '3']) await engine.send(id, 'a');
  await engine.startWorker();
  await engine.drain();
  expect(asks).toBe(3);
});

test('a worker that stops begins no further call, and leaves the rest to others at once', async () => {
  engine = await engineUnderTest({ erp: stubConnector({ concurrency: 2 }) });
  engine.erp.faults.often({ kind: 'delay', ms: 150 }, 1, (request) => request.method === 'POST');
  for (let id = 0; id < 12; id += 1) await engine.send(String(id), 'a');
  const first = await engine.startWorker({ node: 'first' });
  await expect.poll(() => keys(engine.erp).length, { timeout: 10_000 }).toBeGreaterThan(1);
  const begun = await engine.rows(
    `select from command where connection = 'erp' and attempt > 0 union all select from command_done where connection = 'erp'`,
  );
  await first.stop();
  // Those whose attempt was being committed in that moment may still have gone out.
  expect(keys(engine.erp).length).toBeLessThanOrEqual(begun.length + 2);
  expect(keys(engine.erp).length).toBeLessThan(12);
  expect(await engine.rows(`select from command where state <> 'pending'`)).toEqual([]);
  await engine.startWorker({ node: 'second' });
  await engine.drain(20_000);
  expect(keys(engine.erp)).toHaveLength(12);
});

test('a worker whose lease ran out does not tell the others that its platforms are away', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.often({ kind: 'delay', ms: 400 }, 1, (request) => request.method === 'POST');
  for (let id = 0; id < 10; id += 1) await engine.send(String(id), 'a');
  const first = await engine.startWorker({ node: 'first' });
  await expect
    .poll(() => engine.rows(`select from command where state = 'attempting'`), { timeout: 5_000 })
    .toHaveLength(10);
  await engine.rows(`update session set lease_until = now() - interval '1 second' where session_id = $1`, [
    first.session,
  ]);
  await engine.startWorker({ node: 'second' });
  await engine.drain(25_000);
  expect(await engine.rows('select * from connection_state')).toEqual([]);
  expect(keys(engine.erp)).toHaveLength(10);
});

test('a thousand events of one record are decided in their order by one lane', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'a');
  await engine.rows(
    `select inbox_add('acme', 'order:shop:1', 'deadline', json_build_object('name', n)::text) from generate_series(1, 1000) as n`,
  );
  await engine.startWorker();
  await engine.drain(25_000);
  const [instance] = await engine.rows<{ results: string[] }>(
    `select state::json->'results' as results from instance`,
  );
  const fired = instance?.results.filter((result) => result.startsWith('deadline:')) ?? [];
  expect(fired).toEqual(Array.from({ length: 1_000 }, (_, index) => `deadline:${index + 1}`));
});

test('a drifted counter of a lane that waits for a retry is mended, not claimed again and again', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.next({ kind: 'answer', status: 429 }, 200, (request) => request.method === 'POST');
  await engine.send('1', 'a');
  const first = await engine.startWorker();
  await expect.poll(() => engine.rows('select from attempt'), { timeout: 5_000 }).not.toHaveLength(0);
  await first.stop();
  await engine.rows(`update lane set todo = todo + 1`);
  await engine.rows(`update command set not_before = now() + interval '2 seconds'`);
  await engine.startWorker();
  const claims = async (): Promise<number> =>
    (await engine.rows<{ claim: number }>('select claim from lane'))[0]?.claim ?? 0;
  await expect
    .poll(async () => (await engine.rows<{ todo: number }>('select todo from lane'))[0]?.todo, {
      timeout: 5_000,
    })
    .toBe(1);
  expect(await claims()).toBeLessThan(8);
  engine.erp.faults.clear();
  await engine.drain();
});

test('the connection to the database dies again and again, and every effect is there once', async () => {
  engine = await engineUnderTest();
  for (let id = 0; id < 60; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker();
  const admin = new pg.Client({ connectionString: engine.superuserUrl });
  await admin.connect();
  try {
    while (keys(engine.crm).length < 60) {
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and random() < 0.5`,
      );
      await new Promise((done) => setTimeout(done, 60));
    }
  } finally {
    await admin.end();
  }
  await engine.drain(25_000);
  expect(new Set(keys(engine.erp)).size).toBe(60);
  expect(keys(engine.erp)).toHaveLength(60);
});
