import jsforce from 'jsforce';
import { expect, test } from 'vitest';
import { tokenForm } from './session.ts';
import { orgBench } from './testing/org-bench.ts';

/** A public client that knows nothing of us: what it takes for Salesforce is close to it. */
test('jsforce logs in to the emulator, creates, upserts, queries and meets its errors, unchanged', async () => {
  await using bench = await orgBench();
  const form = await tokenForm(bench.config.auth, Date.now());
  if (!form.ok) throw new Error('no form');
  const connection = new jsforce.Connection({
    instanceUrl: bench.emulator.url,
    loginUrl: bench.emulator.url,
    version: '67.0',
  });
  await connection.authorize(
    Object.fromEntries(new URLSearchParams(form.value)) as unknown as Parameters<
      typeof connection.authorize
    >[0],
  );
  expect(connection.accessToken).toMatch(/^00D/);

  const created = await connection.sobject('Account').create({ Name: 'From outside' });
  expect(created).toMatchObject({ success: true, id: expect.stringMatching(/^001.{15}$/) as string });
  const upserted = await connection
    .sobject('Account')
    .upsert({ Name: 'Upserted', Tallyport_Id__c: 'x-1' }, 'Tallyport_Id__c');
  expect(upserted).toMatchObject({ success: true });
  await connection.sobject('Account').upsert(
    [
      { Name: 'a', Tallyport_Id__c: 'x-2' },
      { Name: 'b', Tallyport_Id__c: 'x-3' },
    ],
    'Tallyport_Id__c',
  );

  const found = await connection.query(
    "SELECT Id, Name FROM Account WHERE Tallyport_Id__c IN ('x-1','x-2') ORDER BY Name",
  );
  expect(found.records.map((record) => record['Name'])).toEqual(['a', 'Upserted']);
  expect((await connection.sobject('Order').describe()).keyPrefix).toBe('801');
  await connection.sobject('Account').destroy((created as { id: string }).id);
  await expect(connection.sobject('Account').retrieve((created as { id: string }).id)).rejects.toMatchObject({
    errorCode: 'NOT_FOUND',
  });
  await expect(connection.query('SELECT Nope FROM Account')).rejects.toMatchObject({
    errorCode: 'INVALID_FIELD',
  });
  expect(connection.limitInfo.apiUsage?.limit).toBe(5_000_000);
});
