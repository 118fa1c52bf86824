import PubSubApiClient from 'salesforce-pubsub-api-client';
import { expect, test } from 'vitest';
import { salesforceEmulator } from './emulator.ts';
import { defaultOrgAuth } from './emulator/org-options.ts';
import { agentOf } from './testing/agent.ts';
import { until } from './testing/until.ts';

type Received = {
  readonly replayId: number;
  readonly payload: Record<string, unknown> & {
    readonly ChangeEventHeader: Record<string, unknown> & { readonly changedFields: readonly string[] };
  };
};
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** A subscriber that knows nothing of us, as npm publishes it: over TLS, logged in by client credentials. */
async function publicClient(options: Parameters<typeof salesforceEmulator>[0] = {}) {
  const emulator = await salesforceEmulator({ pubSub: { tls: true }, ...options });
  const client = new PubSubApiClient(
    {
      authType: 'oauth-client-credentials',
      loginUrl: emulator.url,
      clientId: defaultOrgAuth.consumerKey,
      clientSecret: defaultOrgAuth.consumerSecret,
      pubSubEndpoint: emulator.platform.pubSub?.endpoint ?? '',
      rejectUnauthorizedSsl: false,
    },
    quiet,
  );
  await client.connect();
  const events: Received[] = [];
  const errors: { code?: number; metadata?: { get(name: string): unknown[] } }[] = [];
  const listen = (_info: unknown, kind: string, data: unknown): void => {
    if (kind === 'event') events.push(data as Received);
    if (kind === 'error') errors.push(data as (typeof errors)[number]);
  };
  return {
    emulator,
    client,
    events,
    errors,
    listen,
    agent: await agentOf(emulator),
    async [Symbol.asyncDispose]() {
      client.close();
      await emulator.close();
    },
  };
}

test('a public Pub/Sub client reads what real writes changed: values, changed fields, nested ones, and who did it', async () => {
  await using bench = await publicClient();
  const { client, agent, events } = bench;
  client.subscribeFromEarliestEvent('/data/ChangeEvents', bench.listen, null);

  const id = await agent.create('Account', { Name: 'Byron Ltd', BillingCity: 'London', Phone: '1' });
  await agent.update('Account', id, { Name: 'Byron & Co', BillingCity: 'Paris', Phone: null });
  await agent.remove('Account', id);
  await until(() => events.length === 3);

  const [created, updated, deleted] = events;
  expect(created?.payload.ChangeEventHeader).toMatchObject({
    entityName: 'Account',
    recordIds: [id],
    changeType: 'CREATE',
    changeOrigin: 'com/salesforce/api/rest/67.0;client=Desk',
    commitUser: '0055e0000000002AAA',
    changedFields: [],
  });
  expect(created?.payload).toMatchObject({ Name: 'Byron Ltd', BillingAddress: { City: 'London' } });
  expect(updated?.payload.ChangeEventHeader).toMatchObject({ changeType: 'UPDATE', nulledFields: ['Phone'] });
  expect([...(updated?.payload.ChangeEventHeader.changedFields ?? [])].sort()).toEqual([
    'BillingAddress.City',
    'LastModifiedDate',
    'Name',
    'Phone',
  ]);
  expect(updated?.payload['Name']).toBe('Byron & Co');
  expect(deleted?.payload.ChangeEventHeader).toMatchObject({ changeType: 'DELETE', recordIds: [id] });
  expect(created?.replayId).toBeLessThan(updated?.replayId ?? 0);
});

test('it gets as many events as it asked for, and goes on behind any replay id', async () => {
  await using bench = await publicClient();
  for (let count = 0; count < 5; count += 1)
    await bench.agent.create('Account', { Name: `Account ${count}` });
  bench.client.subscribeFromEarliestEvent('/data/AccountChangeEvent', bench.listen, 2);
  await until(() => bench.events.length >= 2);
  expect(bench.events.map((event) => event.payload['Name'])).toEqual(['Account 0', 'Account 1']);
  bench.client.requestAdditionalEvents('/data/AccountChangeEvent', 1);
  await until(() => bench.events.length >= 3);

  const later: Received[] = [];
  const second = bench.events[1]?.replayId ?? 0;
  bench.client.subscribeFromReplayId(
    '/data/ChangeEvents',
    (_info: unknown, kind: string, data: unknown) => {
      if (kind === 'event') later.push(data as Received);
    },
    100,
    second,
  );
  await until(() => later.length === 3);
  expect(later.map((event) => event.payload['Name'])).toEqual(['Account 2', 'Account 3', 'Account 4']);
});

test('a replay id beyond the retention is refused, with the reason in a trailer', async () => {
  await using bench = await publicClient();
  await bench.agent.create('Account', { Name: 'Old' });
  await bench.agent.create('Account', { Name: 'Older than three days' });
  bench.emulator.platform.changes.bus.expireAll();
  bench.client.subscribeFromReplayId('/data/ChangeEvents', bench.listen, 1, 4_001);
  await until(() => bench.errors.length > 0);
  expect(bench.errors[0]?.code).toBe(3);
  expect(bench.errors[0]?.metadata?.get('error-code')).toEqual([
    'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.validation.failed',
  ]);
});

test('what the platform cannot tell comes as gap and overflow events, and the daily deliveries run out', async () => {
  await using bench = await publicClient({
    changesPerTransaction: 1,
    changeEventBytes: 900,
    dailyEventDeliveries: 3,
    customFields: { Account: [{ name: 'Note__c', type: 'textarea', length: 32_000 }] },
  });
  bench.client.subscribeFromEarliestEvent('/data/ChangeEvents', bench.listen, null);
  const id = await bench.agent.create('Account', { Name: 'Big', Note__c: 'x'.repeat(1_000) });
  await bench.agent.createAll('Contact', [{ LastName: 'One' }, { LastName: 'Two' }, { LastName: 'Three' }]);
  await until(() => bench.events.length === 3);
  expect(bench.events.map((event) => event.payload.ChangeEventHeader)).toMatchObject([
    { changeType: 'GAP_CREATE', entityName: 'Account', recordIds: [id] },
    { changeType: 'CREATE', entityName: 'Contact' },
    { changeType: 'GAP_OVERFLOW', entityName: 'Contact', recordIds: ['000000000000000AAA'] },
  ]);
  await bench.agent.create('Account', { Name: 'One too many' });
  await until(() => bench.errors.length > 0);
  expect(bench.errors[0]?.metadata?.get('error-code')).toEqual([
    'sfdc.platform.eventbus.grpc.subscription.limit.exceeded',
  ]);
});

test('it publishes a platform event and reads it back', async () => {
  await using bench = await publicClient({
    platformEvents: { Stock_Low__e: [{ name: 'Sku__c', type: 'string', length: 80 }] },
  });
  bench.client.subscribeFromEarliestEvent('/event/Stock_Low__e', bench.listen, null);
  const result = await bench.client.publish('/event/Stock_Low__e', {
    CreatedDate: 1_790_000_000_000,
    CreatedById: '0055e0000000002AAA',
    Sku__c: { string: 'MUG-1' },
  });
  await until(() => bench.events.length === 1);
  expect(bench.events[0]?.replayId).toBe(result.replayId);
  expect(bench.events[0]?.payload['Sku__c']).toBe('MUG-1');
});
