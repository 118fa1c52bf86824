import { describe, expect, test } from 'vitest';
import type { Json } from '#canonical/json.ts';
import { newCall } from '#connector-sdk/call.ts';
import { queryPath } from '../client.ts';
import { type OrgBench, orgBench } from '../testing/org-bench.ts';
import { normalId, recordId, withChecksum } from './record-ids.ts';

const call = () => newCall({ timeoutMs: 5_000 });
/** The raw answer, whatever the client makes of it. */
async function raw(
  bench: OrgBench,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: Json,
): Promise<{ status: number; body: Json }> {
  const { value } = await bench.services.credentials.get('session', {
    marginMs: 0,
    renew: () => Promise.reject(new Error('log in first')),
  });
  const result = await bench.services.http(bench.emulator.url).request({
    method,
    path: `/services/data/v67.0${path}`,
    deadlineMs: Date.now() + 5_000,
    headers: { authorization: `Bearer ${value as string}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (result.kind !== 'response') throw new Error(result.detail);
  return { status: result.status, body: result.body === '' ? null : (JSON.parse(result.body) as Json) };
}
async function loggedIn(...options: Parameters<typeof orgBench>): Promise<OrgBench> {
  const bench = await orgBench(...options);
  await bench.client.query('SELECT Id FROM Account LIMIT 1', call());
  return bench;
}
const ext = '/sobjects/Account/Tallyport_Id__c';

describe('ids', () => {
  test('have their key prefix, 18 characters and a checksum that says which letters are capitals', () => {
    expect(withChecksum('001D000000JliST')).toBe('001D000000JliSTIAZ');
    expect(withChecksum('00Dx0000000BV7z')).toBe('00Dx0000000BV7zEAG');
    expect(recordId('801', 62)).toMatch(/^8015e000000001?0/);
    expect(normalId('001D000000JliST')).toBe('001D000000JliSTIAZ');
    expect(normalId('001D000000JliSTIAA')).toBeNull();
  });
});

describe('upsert by external id', () => {
  test('201 with created, then 200 without; letters do not differ by case', async () => {
    await using bench = await loggedIn();
    expect(await raw(bench, 'PATCH', `${ext}/A-1`, { Name: 'One' })).toMatchObject({
      status: 201,
      body: { success: true, created: true },
    });
    expect(await raw(bench, 'PATCH', `${ext}/a-1`, { Name: 'Two' })).toMatchObject({
      status: 200,
      body: { created: false },
    });
    expect(bench.org.records('Account')).toHaveLength(1);
  });
  test('an unknown field is 404, the external id in the body is refused, several matches are 300', async () => {
    await using bench = await loggedIn({ externalIdUnique: false });
    expect(await raw(bench, 'PATCH', '/sobjects/Account/Nope__c/1', { Name: 'x' })).toMatchObject({
      status: 404,
      body: [{ errorCode: 'NOT_FOUND' }],
    });
    expect(await raw(bench, 'PATCH', `${ext}/1`, { Name: 'x', Tallyport_Id__c: '1' })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD' }],
    });
    bench.org.seed('Account', { Name: 'a', Tallyport_Id__c: 'twin' });
    bench.org.seed('Account', { Name: 'b', Tallyport_Id__c: 'TWIN' });
    expect(await raw(bench, 'PATCH', `${ext}/twin`, { Name: 'x' })).toMatchObject({
      status: 300,
      body: [expect.stringContaining('/sobjects/Account/001'), expect.anything()],
    });
  });
  test('required, too long, restricted and unknown are refused with code and field', async () => {
    await using bench = await loggedIn();
    expect(await raw(bench, 'POST', '/sobjects/Contact', { FirstName: 'x' })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] }],
    });
    expect(await raw(bench, 'POST', '/sobjects/Contact', { LastName: 'x'.repeat(81) })).toMatchObject({
      body: [{ errorCode: 'STRING_TOO_LONG', fields: ['LastName'] }],
    });
    expect(await raw(bench, 'POST', '/sobjects/Contact', { LastName: 'x', Nope: 1 })).toMatchObject({
      body: [{ errorCode: 'INVALID_FIELD' }],
    });
    expect(
      await raw(bench, 'POST', '/sobjects/Contact', { LastName: 'x', AccountId: '0015e0000000009AAA' }),
    ).toMatchObject({ body: [{ errorCode: 'INVALID_CROSS_REFERENCE_KEY' }] });
    expect(await raw(bench, 'GET', '/sobjects/Nope/describe')).toMatchObject({ status: 404 });
  });
});

describe('composite', () => {
  const part = (referenceId: string, method: string, path: string, body?: Json): Json => ({
    referenceId,
    method,
    url: `/services/data/v67.0${path}`,
    ...(body !== undefined && { body }),
  });
  const send = (bench: OrgBench, allOrNone: boolean, compositeRequest: Json[]) =>
    raw(bench, 'POST', '/composite', { allOrNone, compositeRequest });

  test('later parts use earlier answers', async () => {
    await using bench = await loggedIn();
    const answer = await send(bench, true, [
      part('a', 'PATCH', `${ext}/A`, { Name: 'A' }),
      part('c', 'POST', '/sobjects/Contact', { LastName: 'B', AccountId: '@{a.id}' }),
    ]);
    expect(answer.status).toBe(200);
    expect(bench.org.records('Contact')[0]?.['AccountId']).toBe(bench.org.find('Account', 'A')?.Id);
  });
  test('all or none: one fails, all are rolled back, the answer is 200 and nothing stands in the journal', async () => {
    await using bench = await loggedIn();
    const answer = await send(bench, true, [
      part('a', 'PATCH', `${ext}/A`, { Name: 'A' }),
      part('c', 'POST', '/sobjects/Contact', {}),
    ]);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        compositeResponse: [
          { httpStatusCode: 400, body: [{ errorCode: 'PROCESSING_HALTED' }] },
          { httpStatusCode: 400, body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }] },
        ],
      },
    });
    expect(bench.org.records('Account')).toEqual([]);
    expect(bench.emulator.journal.effects).toEqual([]);
  });
  test('otherwise only what relied on the failed part is halted', async () => {
    await using bench = await loggedIn();
    await send(bench, false, [
      part('a', 'PATCH', `${ext}/A`, {}),
      part('c', 'POST', '/sobjects/Contact', { LastName: 'B', AccountId: '@{a.id}' }),
      part('d', 'PATCH', `${ext}/D`, { Name: 'D' }),
    ]);
    expect(bench.org.records('Account').map((account) => account['Name'])).toEqual(['D']);
    expect(bench.org.records('Contact')).toEqual([]);
  });
  test('all or none of the composite overrides that of a collection in it', async () => {
    await using bench = await loggedIn();
    const records = [{ attributes: { type: 'Account' }, Name: 'x' }, { attributes: { type: 'Account' } }];
    const answer = await send(bench, true, [
      part('r', 'POST', '/composite/sobjects', { allOrNone: false, records }),
      part('a', 'PATCH', `${ext}/A`, { Name: 'A' }),
    ]);
    expect(answer).toMatchObject({
      body: {
        compositeResponse: [
          { httpStatusCode: 200, body: [{ success: false }, { success: false }] },
          { httpStatusCode: 400 },
        ],
      },
    });
    expect(bench.org.records('Account')).toEqual([]);
  });
  test('more than 25 parts, more than 5 collections and more than 200 records are refused', async () => {
    await using bench = await loggedIn();
    const parts = (count: number, path: string) =>
      Array.from({ length: count }, (_, index) => part(`p${index}`, 'GET', path));
    expect((await send(bench, false, parts(26, '/limits'))).status).toBe(400);
    expect((await send(bench, false, parts(6, queryPath('SELECT Id FROM Account')))).status).toBe(400);
    const records = Array.from({ length: 201 }, () => ({ attributes: { type: 'Account' }, Name: 'x' }));
    expect((await raw(bench, 'POST', '/composite/sobjects', { records })).status).toBe(400);
  });
  test('a collection without all or none keeps what succeeded, in the order sent', async () => {
    await using bench = await loggedIn();
    const records = [
      { attributes: { type: 'Account' }, Tallyport_Id__c: '1', Name: 'x' },
      { attributes: { type: 'Account' }, Tallyport_Id__c: '2' },
    ];
    expect(
      await raw(bench, 'PATCH', '/composite/sobjects/Account/Tallyport_Id__c', { allOrNone: false, records }),
    ).toMatchObject({
      status: 200,
      body: [
        { success: true, created: true },
        { success: false, errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] },
      ],
    });
    expect(bench.org.records('Account')).toHaveLength(1);
  });
});

describe('orders', () => {
  async function withOrder(options = {}): Promise<{ bench: OrgBench; orderId: string; entryId: string }> {
    const bench = await loggedIn(options);
    const id = async (path: string, body: Json) =>
      ((await raw(bench, 'POST', path, body)).body as { id: string }).id;
    const book = bench.org.ids.get('Standard') ?? '';
    const account = await id('/sobjects/Account', { Name: 'A' });
    const product = await id('/sobjects/Product2', { Name: 'P', IsActive: true });
    const entryId = await id('/sobjects/PricebookEntry', {
      Pricebook2Id: book,
      Product2Id: product,
      UnitPrice: 1,
      IsActive: true,
    });
    const orderId = await id('/sobjects/Order', {
      AccountId: account,
      EffectiveDate: '2026-11-24',
      Status: 'Draft',
      Pricebook2Id: book,
    });
    return { bench, orderId, entryId };
  }
  const item = (orderId: string, entryId: string, more: Record<string, Json> = {}) => ({
    OrderId: orderId,
    PricebookEntryId: entryId,
    Quantity: 2,
    UnitPrice: 3.5,
    ...more,
  });

  test('begin as a draft, need an item to be activated, and are frozen then', async () => {
    const { bench, orderId, entryId } = await withOrder();
    await using _ = bench;
    const activate = () => raw(bench, 'PATCH', `/sobjects/Order/${orderId}`, { Status: 'Activated' });
    expect(await activate()).toMatchObject({ status: 400, body: [{ errorCode: 'FAILED_ACTIVATION' }] });
    const added = await raw(bench, 'POST', '/sobjects/OrderItem', item(orderId, entryId));
    expect(await activate()).toMatchObject({ status: 204 });
    const itemId = (added.body as { id: string }).id;
    expect(
      await raw(bench, 'PATCH', `/sobjects/OrderItem/${itemId}`, { Quantity: 1, UnitPrice: 1 }),
    ).toMatchObject({ status: 400 });
    expect(await raw(bench, 'DELETE', `/sobjects/OrderItem/${itemId}`)).toMatchObject({ status: 400 });
    expect(await raw(bench, 'POST', '/sobjects/OrderItem', item(orderId, entryId))).toMatchObject({
      status: 400,
    });
    expect(await raw(bench, 'DELETE', `/sobjects/Order/${orderId}`)).toMatchObject({ status: 400 });
    const other = ((await raw(bench, 'POST', '/sobjects/Account', { Name: 'B' })).body as { id: string }).id;
    expect(await raw(bench, 'PATCH', `/sobjects/Order/${orderId}`, { AccountId: other })).toMatchObject({
      status: 400,
      body: [{ fields: ['AccountId'] }],
    });
  });
  test('an item cannot move to another order or price book entry, and cannot be of quantity 0', async () => {
    const { bench, orderId, entryId } = await withOrder();
    await using _ = bench;
    const added = await raw(bench, 'POST', '/sobjects/OrderItem', item(orderId, entryId));
    const itemId = (added.body as { id: string }).id;
    expect(await raw(bench, 'PATCH', `/sobjects/OrderItem/${itemId}`, { OrderId: orderId })).toMatchObject({
      body: [{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }],
    });
    expect(
      await raw(bench, 'POST', '/sobjects/OrderItem', item(orderId, entryId, { Quantity: 0 })),
    ).toMatchObject({ status: 400 });
  });
  test('a custom price needs a standard one first, and a price book takes a product once', async () => {
    const { bench, entryId } = await withOrder({ priceBooks: ['Web'] });
    await using _ = bench;
    const product = ((await raw(bench, 'POST', '/sobjects/Product2', { Name: 'Q' })).body as { id: string })
      .id;
    const entry = { Pricebook2Id: bench.org.ids.get('Web') ?? '', Product2Id: product, UnitPrice: 1 };
    expect(await raw(bench, 'POST', '/sobjects/PricebookEntry', entry)).toMatchObject({
      body: [{ errorCode: 'STANDARD_PRICE_NOT_DEFINED' }],
    });
    const known = bench.org.records('PricebookEntry').find((record) => record.Id === entryId);
    const again = {
      Pricebook2Id: known?.['Pricebook2Id'] ?? '',
      Product2Id: known?.['Product2Id'] ?? '',
      UnitPrice: 1,
    };
    expect(await raw(bench, 'POST', '/sobjects/PricebookEntry', again)).toMatchObject({
      body: [{ errorCode: 'DUPLICATE_VALUE' }],
    });
  });
});

describe('SOQL', () => {
  test('compares, lists, nests, follows lookups, orders, limits and counts', async () => {
    await using bench = await loggedIn();
    for (const [key, name] of [
      ['1', 'Alpha'],
      ['2', 'beta'],
      ['3', "O'Neil"],
    ] as const)
      await raw(bench, 'PATCH', `${ext}/${key}`, { Name: name });
    const account = bench.org.find('Account', '1');
    await raw(bench, 'POST', '/sobjects/Contact', { LastName: 'Smith', AccountId: account?.Id ?? '' });
    const names = async (where: string) => {
      const found = await bench.client.query(`SELECT Name FROM Account ${where}`, call());
      return found.ok ? found.value.map((record) => record['Name']) : found.failure;
    };
    expect(await names("WHERE Name = 'ALPHA'")).toEqual(['Alpha']);
    expect(await names("WHERE Name = 'O\\'Neil'")).toEqual(["O'Neil"]);
    expect(await names("WHERE Tallyport_Id__c IN ('1','2') AND (Name = 'beta' OR Name = 'x')")).toEqual([
      'beta',
    ]);
    expect(await names("WHERE NOT (Name = 'beta') ORDER BY Name DESC LIMIT 1")).toEqual(["O'Neil"]);
    expect(await names('WHERE Phone != null')).toEqual([]);
    expect(
      await bench.client.query(
        "SELECT LastName, Account.Tallyport_Id__c FROM Contact WHERE Account.Tallyport_Id__c = '1'",
        call(),
      ),
    ).toMatchObject({ ok: true, value: [{ LastName: 'Smith', Account: { Tallyport_Id__c: '1' } }] });
    expect(await raw(bench, 'GET', queryPath('SELECT COUNT() FROM Account'))).toMatchObject({
      body: { totalSize: 3, records: [] },
    });
  });
  test.each([
    'SELECT Name, COUNT(Id) FROM Account',
    'SELECT Id FROM Account USING SCOPE mine',
    'SELECT FIELDS(ALL) FROM Account',
    'SELECT TYPEOF What WHEN Account THEN Name END FROM Account',
    'SELECT Id FROM Account WHERE',
    'SELECT FROM Account',
    'SELECT Id FROM Account LIMIT x',
    'SELECT Id FROM Account ORDER BY Name NULLS',
    'SELECT Id FROM Account OFFSET 2001',
    "SELECT Id FROM Account WHERE Name = 'open",
    'SELECT Id FROM Account FOR UPDATE',
    'DELETE FROM Account',
  ])('what it cannot do is MALFORMED_QUERY, never a silent empty: %s', async (soql) => {
    await using bench = await loggedIn();
    expect(await raw(bench, 'GET', queryPath(soql))).toMatchObject({
      status: 400,
      body: [{ errorCode: 'MALFORMED_QUERY' }],
    });
  });
  test.each([
    ['SELECT Nope FROM Account', 'INVALID_FIELD'],
    ['SELECT Id FROM Nope', 'INVALID_TYPE'],
    ["SELECT Id FROM Account WHERE Nope.Name = 'x'", 'INVALID_FIELD'],
    ["SELECT Id FROM Product2 WHERE IsActive = 'true'", 'INVALID_FIELD'],
  ])('%s is %s', async (soql, code) => {
    await using bench = await loggedIn();
    expect(await raw(bench, 'GET', queryPath(soql))).toMatchObject({
      status: 400,
      body: [{ errorCode: code }],
    });
  });
  test('more than 2000 records come in pages', async () => {
    await using bench = await loggedIn();
    for (let number = 0; number < 4_100; number += 1) bench.org.seed('Account', { Name: `n${number}` });
    const found = await bench.client.query('SELECT Id FROM Account', call());
    expect(found.ok && found.value.length).toBe(4_100);
  });
});

describe('access', () => {
  test('a call without a live session is 401, on a retired version 410, and each reply counts', async () => {
    await using bench = await loggedIn();
    bench.org.oauth.expireSessions();
    expect(await raw(bench, 'GET', '/limits')).toMatchObject({
      status: 401,
      body: [{ errorCode: 'INVALID_SESSION_ID' }],
    });
    const result = await bench.services
      .http(bench.emulator.url)
      .request({ method: 'GET', path: '/services/data/v30.0/limits', deadlineMs: Date.now() + 5_000 });
    expect(result).toMatchObject({ status: 410, headers: { 'sforce-limit-info': 'api-usage=1/5000000' } });
  });
});
