import { afterEach, expect, test } from 'vitest';
import type { Connector } from '#connector-sdk/connector.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { Scheduler } from '#dispatch/scheduler.ts';
import { type EngineUnderTest, engineUnderTest, master } from '../engine/engine-under-test.ts';
import { startStubPlatform, type StubPlatform } from '../engine/stub-platform.ts';
import { Children } from './child-process.ts';
import { type DatabaseFaults, databaseFaults } from './database-faults.ts';
import { polledInstallation, recordsFrom } from './polled-platform.ts';

const children = new Children();
let engine: EngineUnderTest;
let faults: DatabaseFaults;
let shop: Emulator<StubPlatform>;
let scheduler: Scheduler | null = null;
let logged: string[] = [];
const hear = (_fields: unknown, message: string): void => void logged.push(message);
afterEach(async () => {
  await children.endAll();
  await scheduler?.stop();
  scheduler = null;
  logged = [];
  await faults[Symbol.asyncDispose]();
  await engine.stop();
  await shop.close();
});

const ids = ['1', '2', '3', '4', '5'];
/** How often the shop was read from each cursor. */
let reads: string[];
async function under(records: readonly string[] = ids): Promise<void> {
  engine = await engineUnderTest();
  faults = await databaseFaults(engine.url);
  shop = await startStubPlatform();
  reads = [];
  const { platform } = shop;
  const handle = platform.handle.bind(platform);
  const answer = recordsFrom(records);
  platform.handle = (request) => {
    const body = answer(request.path);
    if (body === null) return handle(request);
    reads.push(request.path.slice('/records/'.length));
    return { status: 200, body };
  };
}
const installation = () => polledInstallation({ shop: shop.url, erp: engine.erp.url, crm: engine.crm.url });
async function startScheduler(maintain?: NonNullable<Connector['maintain']>): Promise<void> {
  const plain = installation();
  const connections = plain.connections.map((each) =>
    maintain === undefined || each.id !== 'shop'
      ? each
      : { ...each, connector: { ...each.connector, maintain } },
  );
  scheduler = await Scheduler.start({
    database: engine.database,
    master,
    installation: { ...plain, connections },
    log: { info: hear, warn: hear, error: hear },
    publicUrl: 'https://tallyport.example',
  });
}
const messages = () =>
  engine.rows<{ source_event_id: string }>('select source_event_id from message order by message_id');
const cursor = async (): Promise<string | null> =>
  (await engine.rows<{ cursor: string | null }>('select cursor from poll_cursor'))[0]?.cursor ?? null;
/** What failed is due again after a rest; the test does not wait for it. */
const hurry = () => engine.rows('update poll_cursor set next_at = now()');
const victim = () => children.start(['tests/resiliency/scheduler-main.ts', engine.url, shop.url], /ready/);

test('a scheduler that is killed between what it read and the commit of its cursor loses nothing: the next reads it again, once', async () => {
  await under();
  // What it read cannot be stored while this table is held: the read is over, the commit is not.
  const lock = await faults.hold('lock table identity_link in access exclusive mode');
  const { child } = await victim();
  await expect.poll(() => faults.waitingForLock('intake_store'), { timeout: 10_000 }).toBe(1);
  expect(reads).toEqual(['0']);
  await children.signal(child, 'SIGKILL');
  await faults.cut('victim');
  await lock.release();
  expect(await messages()).toEqual([]);
  expect(await cursor()).toBeNull();
  await startScheduler();
  await engine.startWorker({ installation: installation() });
  await expect.poll(() => messages(), { timeout: 20_000 }).toHaveLength(5);
  await engine.drain();
  expect(engine.erp.journal.effects.map(({ key }) => key).toSorted()).toEqual(ids.map((id) => `${id}/a`));
  expect(await cursor()).toBe('5');
});

test('a scheduler that is stopped past its lease in the middle of a poll cannot move the cursor when it wakes', async () => {
  await under();
  const lock = await faults.hold('lock table identity_link in access exclusive mode');
  const { child } = await victim();
  await expect.poll(() => faults.waitingForLock('intake_store'), { timeout: 10_000 }).toBe(1);
  await children.signal(child, 'SIGSTOP');
  await engine.rows(`update session set lease_until = now() - interval '1 second'`);
  await faults.cut('victim'); // its transaction is not what is asked about here; it is told so when it wakes
  await lock.release();
  await startScheduler();
  await expect.poll(cursor, { timeout: 20_000 }).toBe('5');
  const before = reads.length;
  await children.signal(child, 'SIGCONT');
  await expect.poll(() => reads.length, { timeout: 10_000 }).toBeGreaterThan(before + 2);
  expect(new Set(reads.slice(before))).toEqual(new Set(['5']));
  expect(await messages()).toHaveLength(5);
  expect(await cursor()).toBe('5');
});

test('a source that is away keeps its cursor, and everything is read when it is back', async () => {
  await under();
  shop.faults.often({ kind: 'answer', status: 503 }, 1);
  await startScheduler();
  await expect.poll(() => shop.faults.injected.get('answer') ?? 0, { timeout: 10_000 }).toBeGreaterThan(2);
  expect(await cursor()).toBeNull();
  shop.faults.clear();
  await expect.poll(() => messages(), { timeout: 20_000 }).toHaveLength(5);
  expect(await cursor()).toBe('5');
});

test.each([
  ['refuses connections', null],
  ['resets', { kind: 'reset' }],
  ['hangs', { kind: 'hang', ms: 3_000 }],
] as const)(
  'a source that %s keeps its cursor, and everything is read when it is back',
  async (_what, fault) => {
    await under();
    const port = Number(new URL(shop.url).port);
    if (fault === null) await shop.close();
    else shop.faults.next(fault, 1);
    await startScheduler();
    await expect
      .poll(() => engine.rows('select from poll_cursor where owner is null and next_at > now()'), {
        timeout: 20_000,
      })
      .toHaveLength(1);
    expect(await cursor()).toBeNull();
    if (fault === null) {
      const { platform } = shop;
      shop = await startStubPlatform({ port });
      shop.platform.handle = (request) => platform.handle(request);
    }
    await hurry();
    await expect.poll(() => messages(), { timeout: 20_000 }).toHaveLength(5);
  },
);

test('one polled record that names nothing we could store it under is parked with its reason, and those around it go on', async () => {
  await under(['1', '2', 'x'.repeat(4_000), '4', '5']);
  await startScheduler();
  await engine.startWorker({ installation: installation() });
  await expect.poll(cursor, { timeout: 20_000 }).toBe('5');
  await engine.drain();
  expect(engine.erp.journal.effects.map(({ key }) => key).toSorted()).toEqual(['1/a', '2/a', '4/a', '5/a']);
  expect(await engine.rows('select kind, cause from parked where closed_at is null')).toEqual([
    { kind: 'message', cause: 'unmappable' },
  ]);
});

test('a source that answers with what nobody can read keeps its cursor, and everything is read when it is itself again', async () => {
  await under();
  shop.faults.next({ kind: 'answer', status: 200, body: '<html>maintenance</html>' }, 1);
  await startScheduler();
  await expect
    .poll(() => logged, { timeout: 10_000 })
    .toContain('a scheduled task failed and will be tried again');
  expect(await cursor()).toBeNull();
  await hurry();
  await expect.poll(() => messages(), { timeout: 20_000 }).toHaveLength(5);
});

test('a source that says "too many" is left alone for the time that it named, and its cursor stays', async () => {
  await under();
  shop.faults.next({ kind: 'answer', status: 429 }, 1);
  await startScheduler();
  await expect
    .poll(
      () =>
        engine.rows(
          `select from poll_cursor where owner is null and next_at > now() + interval '20 minutes'`,
        ),
      {
        timeout: 10_000,
      },
    )
    .toHaveLength(1);
  expect(await cursor()).toBeNull();
  expect(reads).toEqual([]);
  await hurry();
  await expect.poll(() => messages(), { timeout: 20_000 }).toHaveLength(5);
});

test('an upkeep that fails or throws is reported, and tried again at its next turn', async () => {
  await under();
  const urls: string[] = [];
  await startScheduler({
    everyMs: 50,
    run(url) {
      urls.push(url);
      if (urls.length === 1) return Promise.reject(new TypeError('a defect'));
      return Promise.resolve(
        urls.length === 2
          ? { kind: 'unavailable', retryAfterMs: null, detail: 'away' }
          : { kind: 'done', result: null },
      );
    },
  });
  await expect.poll(() => urls.length, { timeout: 10_000 }).toBeGreaterThan(3);
  expect(new Set(urls)).toEqual(new Set(['https://tallyport.example/webhooks/acme/shop']));
  expect(logged.filter((line) => line === 'a scheduled task failed and will be tried again')).toHaveLength(2);
});
