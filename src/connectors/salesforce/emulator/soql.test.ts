import jsforce from 'jsforce';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenForm } from '../session.ts';
import { type OrgBench, orgBench } from '../testing/org-bench.ts';

/** Queries as a public client sends them. */
let bench: OrgBench;
let connection: InstanceType<typeof jsforce.Connection>;
beforeAll(async () => {
  bench = await orgBench();
  const form = await tokenForm(bench.config.auth, Date.now());
  if (!form.ok) throw new Error('no form');
  connection = new jsforce.Connection({
    instanceUrl: bench.emulator.url,
    loginUrl: bench.emulator.url,
    version: '67.0',
  });
  await connection.authorize(
    Object.fromEntries(new URLSearchParams(form.value)) as unknown as Parameters<
      typeof connection.authorize
    >[0],
  );
  const [alpha, beta] = ['Alpha Ltd', 'Beta_Ltd'].map((Name, index) =>
    bench.org.seed('Account', { Name, Phone: index === 0 ? '1' : null }),
  );
  for (const [LastName, AccountId] of [
    ['One', alpha],
    ['Two', alpha],
    ['Three', beta],
    ['Nobody', null],
  ] as const)
    bench.org.seed('Contact', { LastName, AccountId: AccountId ?? null });
  for (const [EffectiveDate, AccountId, Status] of [
    ['2026-11-01', alpha, 'Draft'],
    ['2026-11-20', alpha, 'Activated'],
    ['2026-11-24', beta, 'Draft'],
  ] as const)
    bench.org.seed('Order', { EffectiveDate, AccountId: AccountId ?? null, Status });
});
afterAll(() => bench[Symbol.asyncDispose]());

const rows = async (soql: string): Promise<unknown[]> =>
  (await connection.query(soql)).records.map(
    (record) => JSON.parse(JSON.stringify(record, withoutAttributes)) as unknown,
  );
const withoutAttributes = (name: string, value: unknown): unknown =>
  name === 'attributes' ? undefined : value;

test.each([
  ["SELECT Name FROM Account WHERE Name LIKE 'alpha%'", [{ Name: 'Alpha Ltd' }]],
  ["SELECT a.Name FROM Account a WHERE a.Name LIKE 'Beta_Ltd'", [{ Name: 'Beta_Ltd' }]],
  [
    'SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName DESC) FROM Account ORDER BY Name LIMIT 1',
    [
      {
        Name: 'Alpha Ltd',
        Contacts: { totalSize: 2, done: true, records: [{ LastName: 'Two' }, { LastName: 'One' }] },
      },
    ],
  ],
  ["SELECT LastName FROM Contact WHERE Account.Name = 'Beta_Ltd'", [{ LastName: 'Three' }]],
  [
    'SELECT Account.Name, COUNT(Id) orders, MAX(EffectiveDate) FROM Order GROUP BY Account.Name HAVING COUNT(Id) > 1',
    [{ Name: 'Alpha Ltd', orders: 2, expr0: '2026-11-20' }],
  ],
  ['SELECT COUNT(Id), COUNT_DISTINCT(AccountId) accounts FROM Contact', [{ expr0: 4, accounts: 2 }]],
  [
    'SELECT Status FROM Order WHERE EffectiveDate >= 2026-11-20 ORDER BY EffectiveDate DESC',
    [{ Status: 'Draft' }, { Status: 'Activated' }],
  ],
  [
    "SELECT LastName FROM Contact WHERE AccountId IN (SELECT AccountId FROM Order WHERE Status = 'Activated') ORDER BY LastName",
    [{ LastName: 'One' }, { LastName: 'Two' }],
  ],
  ['SELECT Name FROM Account ORDER BY Phone NULLS LAST, Name', [{ Name: 'Alpha Ltd' }, { Name: 'Beta_Ltd' }]],
  ['SELECT Name FROM Account ORDER BY Name LIMIT 1 OFFSET 1', [{ Name: 'Beta_Ltd' }]],
  ['SELECT Name FROM Account WHERE CreatedDate = LAST_N_DAYS:7', []],
])('%s', async (soql, expected) => expect(await rows(soql)).toEqual(expected));

test('queryMore goes on page by page, of a size that the client asks for; deleted records show in queryAll alone', async () => {
  for (let count = 0; count < 450; count += 1) bench.org.seed('Product2', { Name: `Product ${count}` });
  const seen: unknown[] = [];
  let page = await connection.query('SELECT Name FROM Product2 ORDER BY Name', {
    headers: { 'Sforce-Query-Options': 'batchSize=200' },
  });
  const sizes = [page.records.length];
  seen.push(...page.records);
  while (!page.done) {
    page = await connection.queryMore(page.nextRecordsUrl ?? '');
    sizes.push(page.records.length);
    seen.push(...page.records);
  }
  expect([sizes, seen.length, page.totalSize]).toEqual([[200, 200, 50], 450, 450]);

  const gone = (await connection.sobject('Account').create({ Name: 'Gone' })) as { id: string };
  await connection.sobject('Account').destroy(gone.id);
  expect(await rows("SELECT Name FROM Account WHERE Name = 'Gone'")).toEqual([]);
  const all = await connection.query("SELECT Name, IsDeleted FROM Account WHERE Name = 'Gone'", {
    scanAll: true,
  });
  expect(all.records).toMatchObject([{ Name: 'Gone', IsDeleted: true }]);
});

test('columns=true tells what a query would show, without a row', async () => {
  const soql = encodeURIComponent('SELECT Id, Name, COUNT(Phone) phones FROM Account GROUP BY Id, Name');
  const answer = await connection.request(`/services/data/v67.0/query?q=${soql}&columns=true`);
  expect(answer).toMatchObject({
    entityName: 'Account',
    groupBy: true,
    idSelected: true,
    columnMetadata: [
      { columnName: 'Id', aggregate: false, apexType: 'Id' },
      { columnName: 'Name', textType: true, insertable: true },
      { columnName: 'phones', aggregate: true, numberType: true, updatable: false },
    ],
  });
});
