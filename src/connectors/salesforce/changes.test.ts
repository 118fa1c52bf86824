import { expect, test } from 'vitest';
import type { Json } from '#canonical/json.ts';
import { newCall } from '#connector-sdk/call.ts';
import type { PolledRecord } from '#connector-sdk/connector.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import { changesPoller } from './changes/changes-poller.ts';
import { readCursor } from './changes/cursor.ts';
import type { SalesforceClient } from './client.ts';
import { salesforce } from './connector.ts';
import { salesforceEmulator } from './emulator.ts';
import type { SalesforceEmulatorOptions } from './emulator/org-options.ts';
import { tlsIdentity } from './emulator/tls-identity.ts';
import { agentOf } from './testing/agent.ts';
import { benchConfig } from './testing/org-bench.ts';
import { until } from './testing/until.ts';

/** An org with a subscriber whose cursor is stored, or lost, as the test says. */
async function subscriber(options: SalesforceEmulatorOptions = {}, changes: object = {}) {
  // The platform says soon that the stream lives, as it does after four and a half minutes.
  const emulator = await salesforceEmulator({ pubSub: {}, keepAliveMs: 50, ...options });
  const org = emulator.platform;
  const services = testServices({
    connection: 'crm',
    ...(options.now !== undefined && { now: options.now }),
  });
  const config = benchConfig(
    emulator,
    {},
    {
      changes: { endpoint: org.pubSub?.endpoint, plaintext: true, gatherMs: 0, overlapMs: 2_000, ...changes },
    },
  );
  const open = (): SalesforceClient => salesforce.open(config, services);
  const state = { client: open(), cursor: null as string | null, stored: [] as PolledRecord[] };
  const turn = async (): Promise<string> => {
    const call = newCall({ timeoutMs: 10_000 });
    await changesPoller.awaitNews?.(state.cursor, call, state.client);
    const result = await changesPoller.poll(state.cursor, call, state.client);
    if (result.kind !== 'read') return `${result.kind}: ${'detail' in result ? result.detail : ''}`;
    state.stored.push(...result.records);
    state.cursor = result.cursor;
    return 'read';
  };
  return {
    emulator,
    org,
    state,
    services,
    config,
    agent: await agentOf(emulator),
    turn,
    cursor: () => readCursor(state.cursor ?? ''),
    /** Turns until something holds. */
    async turnsUntil(holds: () => boolean): Promise<void> {
      for (let turns = 0; !holds(); turns += 1) {
        expect(turns, 'turns without what was awaited').toBeLessThan(60);
        expect(await turn()).toBe('read');
      }
    },
    /** Another process, or this one after a crash: the stored cursor and nothing else. */
    restart: () => {
      state.client.changes.close();
      state.client = open();
    },
    names: (): Json[] => state.stored.map(({ body }) => (body as { Name: Json }).Name ?? null),
    calls: () => org.allowance.used,
    async [Symbol.asyncDispose]() {
      state.client.changes.close();
      await services.close();
      await emulator.close();
    },
  };
}
type Subscriber = Awaited<ReturnType<typeof subscriber>>;

/** A subscriber in steady state: its begin is proved and it has a position. */
async function steady(options: SalesforceEmulatorOptions = {}, changes: object = {}): Promise<Subscriber> {
  const bench = await subscriber(options, changes);
  await bench.turn();
  await bench.turnsUntil(
    () => bench.cursor().replayId !== null && Object.keys(bench.cursor().gaps).length === 0,
  );
  bench.state.stored = [];
  return bench;
}

test('what somebody changes in the org is read, whole, with the position behind it', async () => {
  await using bench = await steady();
  const account = await bench.agent.create('Account', { Name: 'Byron Ltd', BillingCity: 'London' });
  await bench.turnsUntil(() => bench.state.stored.length > 0);
  expect(bench.state.stored).toMatchObject([
    {
      topic: 'Account',
      body: { Id: account, Name: 'Byron Ltd', BillingCity: 'London', IsDeleted: false, Key: null },
    },
  ]);
  const contact = await bench.agent.create('Contact', { LastName: 'Byron', AccountId: account });
  const served = await bench.agent.create('Case', { Subject: 'Broken', ContactId: contact });
  await bench.agent.update('Case', served, { Status: 'Closed' });
  await bench.agent.remove('Contact', contact);
  await bench.turnsUntil(() =>
    bench.state.stored.some(({ body }) => (body as { IsDeleted: boolean }).IsDeleted),
  );
  expect(bench.state.stored.findLast(({ topic }) => topic === 'Case')?.body).toMatchObject({
    IsClosed: true,
  });
});

test('a position is used only once it was stored: what a crash left unstored comes again', async () => {
  await using bench = await steady();
  await bench.agent.create('Account', { Name: 'One' });
  const before = bench.state.cursor;
  await bench.turnsUntil(() => bench.state.stored.length > 0);
  // The transaction failed: neither the record nor the position behind it was stored.
  bench.state.cursor = before;
  bench.state.stored = [];
  await bench.turnsUntil(() => bench.state.stored.length > 0);
  expect(bench.names()).toEqual(['One']);
  await bench.agent.create('Account', { Name: 'Two' });
  bench.restart();
  await bench.turnsUntil(() => bench.state.stored.length > 1);
  expect(bench.names()).toEqual(['One', 'Two']);
});

test('no more is asked for than was stored: of 150 changes 100 come, the rest after the commit', async () => {
  await using bench = await steady({ eventsPerResponse: 100 });
  const records = Array.from({ length: 150 }, (_, index) => ({ Name: `Account ${index}` }));
  await bench.agent.createAll('Account', records);
  await until(() => bench.org.deliveries.max - bench.org.deliveries.left >= 100);
  await bench.turn();
  expect(bench.state.stored).toHaveLength(100);
  expect(bench.org.deliveries.max - bench.org.deliveries.left).toBe(100);
  await bench.turnsUntil(() => bench.state.stored.length === 150);
  expect(new Set(bench.names()).size).toBe(150);
});

test('our own writes are not read back, others in the same stream are', async () => {
  await using bench = await steady();
  const ours = await agentOf(bench.emulator, 'Tallyport');
  await ours.create('Account', { Name: 'Ours' });
  await bench.agent.create('Account', { Name: 'Theirs' });
  await bench.turnsUntil(() => bench.state.stored.length > 0);
  await bench.turn();
  expect(bench.names()).toEqual(['Theirs']);
});

test('a change of what nobody reads costs no call', async () => {
  await using bench = await steady({
    customFields: { Account: [{ name: 'Score__c', type: 'double' }] },
  });
  const account = await bench.agent.create('Account', { Name: 'A' });
  await bench.turnsUntil(() => bench.state.stored.length === 1);
  await bench.agent.update('Account', account, { Score__c: 5 });
  await until(() => bench.org.deliveries.max - bench.org.deliveries.left >= 2);
  const before = bench.calls();
  await bench.turn();
  expect([bench.state.stored.length, bench.calls() - before]).toEqual([1, 0]);
});

test('a replay id beyond the retention: the stream goes on at the tip, what was missed is queried for, and the gap is proved closed', async () => {
  await using bench = await steady();
  await bench.agent.create('Account', { Name: 'Seen' });
  await bench.turnsUntil(() => bench.state.stored.length === 1);
  bench.restart();
  await bench.agent.create('Account', { Name: 'Missed' });
  await bench.agent.create('Case', { Subject: 'Missed too' });
  bench.org.changes.bus.expireAll();
  await bench.turnsUntil(() =>
    Object.values(bench.cursor().gaps).some((gap) => gap.reason === 'position-lost'),
  );
  await bench.turnsUntil(() => Object.keys(bench.cursor().gaps).length === 0);
  expect(bench.names()).toContain('Missed');
  expect(bench.state.stored.map(({ topic }) => topic)).toContain('Case');
  await bench.agent.create('Account', { Name: 'After' });
  await bench.turnsUntil(() => bench.names().includes('After'));
});

test('a gap is not taken for closed before the platform has said where the new stream begins', async () => {
  await using bench = await steady({ keepAliveMs: 50 });
  bench.restart();
  bench.org.changes.bus.expireAll();
  await bench.agent.create('Account', { Name: 'Missed' });
  bench.org.changes.bus.expireAll();
  // From here on the platform takes its time to say that the new stream lives.
  Object.assign(bench.org.options, { keepAliveMs: 60_000 });
  await bench.turnsUntil(() => bench.cursor().replayId === null);
  const call = newCall({ timeoutMs: 5_000 });
  const result = await changesPoller.poll(bench.state.cursor, call, bench.state.client);
  if (result.kind !== 'read') throw new Error(result.kind);
  // Read to its end, and still in doubt: the answer had not come when this reading began.
  expect(result.records.map(({ body }) => (body as { Name: Json }).Name)).toContain('Missed');
  expect(Object.values(readCursor(result.cursor).gaps).map((gap) => gap.proves)).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});

test('an event that never arrived is found by the comparison with what was modified', async () => {
  let nowMs = Date.parse('2026-11-24T10:00:00.000Z');
  await using bench = await steady({ now: () => nowMs }, { checkEveryMs: 60_000 });
  bench.org.changes.dropNext(1);
  const lost = await bench.agent.create('Account', { Name: 'Dropped' });
  await bench.agent.create('Account', { Name: 'Told' });
  await bench.turnsUntil(() => bench.names().includes('Told'));
  expect(bench.names()).not.toContain('Dropped');
  nowMs += 61_000;
  await bench.turnsUntil(() => bench.names().includes('Dropped'));
  await bench.turnsUntil(() => Object.keys(bench.cursor().gaps).length === 0);
  // What both ways bring is one message.
  const told = bench.state.stored.filter(({ body }) => (body as { Name: Json }).Name === 'Told');
  expect(new Set(told.map(({ sourceEventId }) => sourceEventId)).size).toBe(1);
  expect(lost).toMatch(/^001/);
});

test('gap events are read by id, an overflow by a query over all that was modified', async () => {
  await using bench = await steady({ changesPerTransaction: 2 });
  await bench.agent.createAll(
    'Contact',
    [1, 2, 3, 4, 5].map((n) => ({ LastName: `Contact ${n}` })),
  );
  await bench.turnsUntil(
    () => new Set(bench.state.stored.map(({ body }) => (body as { LastName: Json }).LastName)).size === 5,
  );
  bench.state.stored = [];
  const account = await bench.agent.create('Account', { Name: 'Quiet' });
  await bench.turnsUntil(() => bench.state.stored.length > 0);
  bench.state.stored = [];
  bench.org.tamper('Account', account, { Name: 'Changed in the database' });
  bench.org.changes.gap('Account', 'UPDATE', [account], { client: null, userId: '005', version: 67 });
  await bench.turnsUntil(() => bench.names().includes('Changed in the database'));
});

test('with the deliveries of the day used up changes are queried for, and the stream goes on later where it stopped', async () => {
  let nowMs = Date.parse('2026-11-24T10:00:00.000Z');
  await using bench = await steady({
    now: () => nowMs,
    dailyEventDeliveries: 1,
    sessionLifetimeMs: 48 * 3_600_000,
  });
  await bench.agent.create('Account', { Name: 'One' });
  await bench.agent.create('Account', { Name: 'Two' });
  await bench.turnsUntil(() => bench.names().includes('Two'));
  expect(bench.services.logs.map(({ message }) => message)).toContain(
    "the org's event deliveries of 24 h are used up; changes are queried for meanwhile",
  );
  nowMs += 61_000;
  await bench.agent.create('Account', { Name: 'Three' });
  await bench.turnsUntil(() => bench.names().includes('Three'));
  nowMs += 25 * 3_600_000;
  await bench.agent.create('Account', { Name: 'Four' });
  await bench.turnsUntil(() => bench.names().includes('Four'));
});

test('a broken stream is unavailable, and goes on behind its position; a session that ended is renewed', async () => {
  await using bench = await steady();
  bench.org.pubSub?.breakStreams();
  await bench.agent.create('Account', { Name: 'Meanwhile' });
  expect(await bench.turn()).toMatch(/^unavailable: service.unavailable/);
  await bench.turnsUntil(() => bench.names().includes('Meanwhile'));
  bench.org.oauth.expireSessions();
  bench.restart();
  await bench.turnsUntil(() => bench.cursor().replayId !== null);
  const agent = await agentOf(bench.emulator);
  await agent.create('Account', { Name: 'With a new session' });
  await bench.turnsUntil(() => bench.names().includes('With a new session'));
});

test('a topic that is not there is told as a lack of permission', async () => {
  await using bench = await subscriber({}, { topic: '/data/Nope__chn' });
  const told = [await bench.turn(), await bench.turn(), await bench.turn()];
  expect(told.find((text) => text !== 'read')).toMatch(/^unauthorized: topic.not.found/);
});

test('over TLS the stream is read where its certificate is trusted, and nowhere else', async () => {
  const { certificate } = tlsIdentity;
  const tls = (changes: object) => subscriber({ pubSub: { tls: true } }, { plaintext: false, ...changes });
  await using trusting = await tls({ certificateAuthority: certificate });
  await trusting.turn();
  await trusting.turnsUntil(() => trusting.cursor().replayId !== null);
  await using doubting = await tls({});
  const told = [await doubting.turn(), await doubting.turn(), await doubting.turn()];
  expect(told.find((text) => text !== 'read')).toMatch(/^unavailable/);
});

test('doctor names a topic that is not there, and deliveries that run out', async () => {
  const checks = async (bench: Subscriber) =>
    Object.fromEntries(
      (await salesforce.doctor(newCall({ timeoutMs: 10_000 }), bench.state.client)).map(
        ({ check, level }) => [check, level],
      ),
    );
  await using good = await subscriber();
  expect(await checks(good)).toMatchObject({ 'change-topic': 'ok', 'event-deliveries': 'ok' });
  await using bad = await subscriber({ dailyEventDeliveries: 0 }, { topic: '/data/Nope__chn' });
  expect(await checks(bad)).toMatchObject({ 'change-topic': 'error', 'event-deliveries': 'error' });
});
