import jsforce from 'jsforce';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defaultOrgAuth } from './org-options.ts';
import { salesforceEmulator } from '../emulator.ts';

// The client has connections of its own, which take no certificate authority from us.
beforeAll(() => void vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0'));
afterAll(() => void vi.unstubAllEnvs());

/** A public client over https, logged in by client credentials. */
async function publicClient() {
  const emulator = await salesforceEmulator({ https: true });
  const connection = new jsforce.Connection({
    instanceUrl: emulator.url,
    loginUrl: emulator.url,
    version: '67.0',
  });
  const { consumerKey: client_id, consumerSecret: client_secret } = defaultOrgAuth;
  const form = { grant_type: 'client_credentials', client_id, client_secret };
  await connection.authorize(form);
  return { emulator, connection, [Symbol.asyncDispose]: () => emulator.close() };
}

test('a public client loads records in bulk over https: rows fail one by one, and results come as CSV', async () => {
  await using bench = await publicClient();
  const { connection, emulator } = bench;
  expect(connection.instanceUrl).toMatch(/^https:/);
  const results = await connection.bulk2.loadAndWaitForResults({
    object: 'Account',
    operation: 'upsert',
    externalIdFieldName: 'Tallyport_Id__c',
    input: [
      { Tallyport_Id__c: 'a-1', Name: 'One, with a comma' },
      { Tallyport_Id__c: 'a-2', Name: 'x'.repeat(300) },
      { Tallyport_Id__c: 'a-3', Name: 'Three' },
    ],
    pollInterval: 5,
  });
  expect(results.successfulResults).toHaveLength(2);
  expect(results.failedResults).toMatchObject([
    { sf__Error: expect.stringContaining('STRING_TOO_LONG') as string },
  ]);
  expect(emulator.platform.find('Account', 'a-1')).toMatchObject({ Name: 'One, with a comma' });

  const rows: unknown[] = [];
  for await (const row of await connection.bulk2.query(
    'SELECT Name, Tallyport_Id__c FROM Account ORDER BY Name',
    { pollInterval: 5 },
  ))
    rows.push(row);
  expect(rows).toEqual([
    { Name: 'One, with a comma', Tallyport_Id__c: 'a-1' },
    { Name: 'Three', Tallyport_Id__c: 'a-3' },
  ]);
});

test('each graph of a composite graph is all or nothing by itself', async () => {
  await using bench = await publicClient();
  const graph = (graphId: string, LastName: string | null) => ({
    graphId,
    compositeRequest: [
      {
        method: 'POST',
        url: '/services/data/v67.0/sobjects/Account',
        referenceId: 'account',
        body: { Name: graphId },
      },
      {
        method: 'POST',
        url: '/services/data/v67.0/sobjects/Contact',
        referenceId: 'contact',
        body: { LastName, AccountId: '@{account.id}' },
      },
    ],
  });
  const answer = await bench.connection.request({
    method: 'POST',
    url: '/services/data/v67.0/composite/graph',
    body: JSON.stringify({ graphs: [graph('good', 'Byron'), graph('bad', null)] }),
    headers: { 'content-type': 'application/json' },
  });
  expect(answer).toMatchObject({
    graphs: [
      { graphId: 'good', isSuccessful: true },
      { graphId: 'bad', isSuccessful: false },
    ],
  });
  expect(bench.emulator.platform.records('Account').map((account) => account['Name'])).toEqual(['good']);
});

test('limits and the tooling API tell what is left and what is selected for change events', async () => {
  await using bench = await publicClient();
  expect(await bench.connection.limits()).toMatchObject({ DailyDeliveredPlatformEvents: { Max: 50_000 } });
  const members = await bench.connection.tooling.query(
    "SELECT SelectedEntity FROM PlatformEventChannelMember WHERE SelectedEntity = 'Case'",
  );
  expect(members.records).toMatchObject([{ SelectedEntity: 'Case' }]);
});
