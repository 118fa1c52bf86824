import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testServices } from '#connector-testkit/test-services.ts';
import { type Database, inTransaction, openDatabase } from '#journal/database.ts';
import { commitSteps } from '#journal/lane-commit.ts';
import type { CommandWrite, LaneStep } from '#journal/lane-step.ts';
import { claimLanes } from '#journal/lane-store.ts';
import { openSession } from '#journal/session-store.ts';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { CommitQueue, isConnectionFailure } from './commit-queue.ts';

let place: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let admin: pg.Client;
let session: number;
beforeEach(async () => {
  place = await testDatabase();
  database = openDatabase(place.url);
  admin = new pg.Client({ connectionString: place.superuserUrl });
  await admin.connect();
  session = await openSession(database, 'test', 60_000);
});
afterEach(async () => {
  await admin.end();
  await database.end();
  await place.drop();
});

const rows = async <Row extends object>(sql: string): Promise<Row[]> =>
  inTransaction(database, ['acme'], async (client) => (await client.query<Row>(sql)).rows);
const queue = (): CommitQueue =>
  new CommitQueue(database, { id: session, isOver: false }, testServices().log);

/** The fence of each claimed lane. */
const claims = new Map<string, number>();
async function claimed(count: number): Promise<void> {
  await rows(
    `select inbox_add('acme', 'order:' || n, 'operator', '{}') from generate_series(1, ${count}) as n`,
  );
  const lanes = await claimLanes(database, ['acme'], session, [count, count, count, count]);
  expect(lanes).toHaveLength(count);
  for (const { entity, claim } of lanes) claims.set(entity, claim);
}
const begun = (over: Partial<CommandWrite> = {}): CommandWrite => ({
  number: 1,
  name: 'erp.order.cancel',
  connection: 'erp',
  slot: 'erp.order',
  request: {},
  state: 'attempting',
  parked: false,
  attempt: 1,
  startTimeoutMs: 60_000,
  conflictKeys: [],
  conflicts: 0,
  delayMs: 0,
  settleMs: 0,
  handle: null,
  causedBy: 'event:1',
  ...over,
});
const step = (entity: string, over: Partial<LaneStep> = {}): LaneStep => ({
  tenant: 'acme',
  entity,
  claim: claims.get(entity) ?? 0,
  sequence: 0,
  instance: { process: 'test', version: 1, state: {}, nextCommand: 2 },
  todoDelta: 1,
  expectedTodo: 2,
  release: null,
  consumed: [],
  commands: [begun()],
  finished: [],
  attempts: [],
  extras: {},
  ...over,
});

test('a commit whose answer was lost is recognised when it is sent again, and its attempts count from the first time', async () => {
  await claimed(1);
  // The commit is through and its client is killed before it hears of it.
  let kills = 0;
  const query = database.query.bind(database);
  const cut = Object.create(database) as Database;
  cut.query = (async (config: { name?: string }) => {
    if (config.name !== 'lane_commit' || kills > 0) return query(config as never);
    kills += 1;
    const client = await database.connect();
    const { rows: own } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await client.query<never>(config as pg.QueryConfig);
    const waiting = client.query('select pg_sleep(30)').finally(() => client.release(true));
    waiting.catch(() => undefined); // it fails while we still wait for the word of the one who ended it
    await admin.query('select pg_terminate_backend($1)', [own[0]?.pid]);
    return waiting;
  }) as never;
  const committing = new CommitQueue(cut, { id: session, isOver: false }, testServices().log);
  const beforeMs = performance.now();
  const fate = await committing.commit(step('order:1'));
  expect(kills).toBe(1);
  expect(fate).toMatchObject({ kind: 'committed', answer: { hasMore: true } });
  const [stored] = await rows<{ todo: number; steps: number; number: number; leftMs: number }>(
    `select l.todo, l.steps, c.number, (extract(epoch from c.attempt_deadline - clock_timestamp()) * 1000)::float8 as "leftMs" from lane l join command c using (tenant, entity)`,
  );
  expect(stored).toMatchObject({ todo: 2, steps: 1, number: 1 });
  // The worker's deadline must not be later than the one on record.
  const sentAtMs = fate.kind === 'committed' ? fate.answer.sentAtMs : Number.NaN;
  expect(sentAtMs).toBeGreaterThanOrEqual(beforeMs);
  expect(sentAtMs + 60_000 - performance.now()).toBeLessThanOrEqual(stored?.leftMs ?? 0);
});

test('a connection that is killed in mid-commit is no answer: the step is applied once', async () => {
  await claimed(1);
  const locker = new pg.Client({ connectionString: place.url });
  await locker.connect();
  await locker.query(`begin; set local tallyport.tenants = 'acme'; select from lane for update`);
  const fate = queue().commit(step('order:1'));
  await expect
    .poll(
      async () =>
        (
          await admin.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%lane_commit%' and wait_event_type = 'Lock'`,
          )
        ).rowCount,
    )
    .toBe(1);
  await locker.query('commit');
  await locker.end();
  expect(await fate).toMatchObject({ kind: 'committed', answer: { hasMore: false } });
  expect(await rows('select todo, steps from lane')).toEqual([{ todo: 2, steps: 1 }]);
});

test('lanes that are not ours any more are told so, and the others of their batch are committed', async () => {
  await claimed(3);
  await rows(`update lane set claim = claim + 1 where entity = 'order:2'`);
  const queued = queue();
  const fates = await Promise.all(['order:1', 'order:2', 'order:3'].map((id) => queued.commit(step(id))));
  expect(fates.map(({ kind }) => kind)).toEqual(['committed', 'fenced', 'committed']);
  expect(await rows('select entity from command order by entity')).toEqual([
    { entity: 'order:1' },
    { entity: 'order:3' },
  ]);
});

test('a step that the database refuses, and one that cannot even be written down, fail alone', async () => {
  await claimed(5);
  const bad: Record<string, Partial<LaneStep>> = {
    'order:2': { todoDelta: -7 },
    'order:4': { commands: [begun({ delayMs: Number.NaN })] },
    'order:5': { commands: [begun({ attempt: 2 ** 40 })] },
  };
  const queued = queue();
  const fates = await Promise.all(
    [1, 2, 3, 4, 5].map((id) => queued.commit(step(`order:${id}`, bad[`order:${id}`]))),
  );
  expect(fates.map(({ kind }) => kind)).toEqual(['committed', 'refused', 'committed', 'refused', 'refused']);
});

test('text that PostgreSQL cannot hold is shown as what it is, and nothing is refused for it', async () => {
  await claimed(1);
  const nasty = 'nul \u0000 half \ud800 other half \udc00 whole \u{1f600} typed \\u0000 \\ud800 \\';
  const fate = await queue().commit(
    step('order:1', { extras: { aliases: [{ alias: nasty }] }, commands: [begun({ causedBy: nasty })] }),
  );
  expect(fate).toMatchObject({ kind: 'committed' });
  const shown = 'nul \u2400 half \ufffd other half \ufffd whole \u{1f600} typed \\u0000 \\ud800 \\';
  expect(await rows('select alias, caused_by from alias cross join command')).toEqual([
    { alias: shown, caused_by: shown },
  ]);
});

test.each(['ambiguous', 'accepted'] as const)(
  'a command that is %s and does not get its conflict key stays so',
  async (state) => {
    await claimed(2);
    const keys = { conflictKeys: ['account 1'] };
    const queued = queue();
    expect(await queued.commit(step('order:1', { commands: [begun(keys)] }))).toMatchObject({
      answer: { held: [] },
    });
    const second = step('order:2', { commands: [begun({ ...keys, state, attempt: 2, handle: 'job 7' })] });
    expect(await queued.commit(second)).toMatchObject({ answer: { held: [1] } });
    expect(
      await rows(
        `select state, attempt, handle, attempt_deadline is not null as dated from command where entity = 'order:2'`,
      ),
    ).toEqual([{ state, attempt: 1, handle: '"job 7"', dated: true }]);
  },
);

test('commits that wait for each other are untangled, and each is applied once', async () => {
  await claimed(2);
  // Each holds a key that the other asks for in the same moment as it gives its own away.
  const queued = queue();
  const keys = (key: string) => ({ commands: [begun({ conflictKeys: [key] })] });
  await Promise.all([queued.commit(step('order:1', keys('a'))), queued.commit(step('order:2', keys('b')))]);
  const swap = (entity: string, key: string): LaneStep =>
    step(entity, {
      sequence: 1,
      todoDelta: 0,
      finished: [{ number: 1, outcome: 'done', result: null }],
      commands: [begun({ number: 2, conflictKeys: [key] })],
      extras: { release: [{ number: 1 }] },
    });
  const [one, two] = [queue(), queue()];
  const fates = await Promise.all([one.commit(swap('order:1', 'b')), two.commit(swap('order:2', 'a'))]);
  expect(fates.map(({ kind }) => kind)).toEqual(['committed', 'committed']);
  expect(await rows('select entity, steps, todo from lane order by entity')).toEqual([
    { entity: 'order:1', steps: 2, todo: 2 },
    { entity: 'order:2', steps: 2, todo: 2 },
  ]);
});

test('a queue whose session is over gives up what it cannot commit', async () => {
  await claimed(1);
  const gone = new pg.Pool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' });
  const ending = { id: session, isOver: false };
  const fate = new CommitQueue(gone, ending, testServices().log).commit(step('order:1'));
  await sleep(150);
  ending.isOver = true;
  expect(await fate).toEqual({ kind: 'fenced' });
  await gone.end();
});

test.each([
  ['08006', true],
  ['57P01', true],
  ['53300', true],
  ['40P01', true],
  ['40001', true],
  ['25006', true],
  ['ECONNRESET', true],
  ['23514', false],
  ['54000', false],
  ['57014', false],
])('SQLSTATE %s is sent again: %s', (code, expected) => {
  expect(isConnectionFailure(Object.assign(new Error('x'), { code }))).toBe(expected);
});
test('a value that cannot be written down is no lost connection', () => {
  expect(isConnectionFailure(new RangeError('not an integer'))).toBe(false);
  expect(isConnectionFailure(Object.assign(new RangeError('x'), { code: 'ERR_OUT_OF_RANGE' }))).toBe(false);
});

test('of two lanes of one batch that want the same conflict key one gets it, and the other is told', async () => {
  await claimed(3);
  const wanting = (entity: string): LaneStep =>
    step(entity, { commands: [begun({ conflictKeys: ['account:7', `order:${entity}`] })] });
  const { held } = await commitSteps(database, session, [
    wanting('order:1'),
    wanting('order:2'),
    step('order:3', { commands: [begun({ conflictKeys: ['account:8'] })] }),
  ]);
  expect(held.map(({ entity, number }) => [entity, number])).toEqual([['order:2', 1]]);
  expect(await rows('select entity, key from conflict_hold order by 1, 2')).toEqual([
    { entity: 'order:1', key: 'account:7' },
    { entity: 'order:1', key: 'order:order:1' },
    { entity: 'order:3', key: 'account:8' },
  ]);
});

test('who holds a conflict key keeps it, whoever asks for it in the same batch', async () => {
  await claimed(2);
  const wanting = (
    entity: string,
    over: Partial<LaneStep> = {},
    command: Partial<CommandWrite> = {},
  ): LaneStep => step(entity, { commands: [begun({ conflictKeys: ['account:7'], ...command })], ...over });
  expect((await commitSteps(database, session, [wanting('order:2')])).held).toEqual([]);
  const { held } = await commitSteps(database, session, [
    wanting('order:1'),
    wanting('order:2', { sequence: 1, todoDelta: 0 }, { state: 'ambiguous', attempt: 2 }),
  ]);
  expect(held.map(({ entity }) => entity)).toEqual(['order:1']);
  expect(await rows('select entity from conflict_hold')).toEqual([{ entity: 'order:2' }]);
});
