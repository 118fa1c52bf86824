import { afterEach, describe, expect, test } from 'vitest';
import { newCall } from '#connector-sdk/call.ts';
import type { CrosswalkTables } from '#connector-sdk/connector.ts';
import { netsuite } from '../connector.ts';
import { type Bench, bench as open, crosswalks, tokens } from '../testing/bench.ts';
import { placeOrder } from '../testing/placed-order.ts';

const benches: Bench[] = [];
async function bench(...args: Parameters<typeof open>): Promise<Bench> {
  const opened = await open(...args);
  benches.push(opened);
  return opened;
}
afterEach(async () => void (await Promise.all(benches.splice(0).map((opened) => opened.close()))));

const ask = (at: Bench, rows: CrosswalkTables = {}) =>
  netsuite.doctor(newCall({ timeoutMs: 10_000 }), at.client, rows);
/** The checks that found something, each with its level. */
const named = async (at: Bench, rows?: CrosswalkTables): Promise<readonly string[]> =>
  (await ask(at, rows))
    .filter(({ level }) => level !== 'ok')
    .map(({ level, check, remedy }) => `${remedy === null ? 'without remedy ' : ''}${level} ${check}`);

test('finds nothing in a healthy account, whose crosswalks fit', async () => {
  const at = await bench();
  const { item = {} } = crosswalks['netsuite-uk'] ?? {};
  expect(await named(at, { item, currency: { GBP: '2', EUR: 'EUR' } })).toEqual([]);
});

describe('planted misconfigurations are found by name', () => {
  test('a time zone that is not the integration user has', async () => {
    expect(await named(await bench({ timeZone: 'Europe/Berlin' }))).toEqual(['error time zone']);
  });

  test.each([
    ['seven minutes late', -7, 'oauth2'],
    ['seven minutes late', -7, 'tba'],
    ['seven minutes early', 7, 'tba'],
  ] as const)(
    "a clock of this machine that runs %s, which the login's refusal hides",
    async (_, minutes, method) => {
      const { auth } = (await bench()).config;
      const ours = () => Date.now() + minutes * 60_000;
      const at = await bench({ auth: method === 'tba' ? { method, ...tokens } : auth }, {}, ours);
      expect(await named(at)).toEqual(['error login and clock']);
      const detail = (await ask(at)).at(-1)?.detail;
      expect(detail).toContain(`this machine's clock is 7 minutes ${minutes < 0 ? 'behind' : 'ahead of'}`);
    },
  );

  test('a line field that nobody made', async () => {
    expect(await named(await bench({ lineField: 'custcol_missing' }))).toEqual(['error line field']);
  });

  test('a key field that nobody made', async () => {
    expect(await named(await bench({ keyField: 'custbody_missing' }))).toEqual(['error key field']);
  });

  test('a subsidiary and a location of another account', async () => {
    expect(await named(await bench({ subsidiary: '99', location: '98' }))).toEqual([
      'error subsidiary',
      'error location',
    ]);
  });

  test('an account id that does not belong to the URL, such as production at a sandbox', async () => {
    const at = await bench();
    const baseUrl = 'https://1234567-sb1.suitetalk.api.netsuite.com';
    const findings = (account: string) =>
      netsuite.doctor(newCall({ timeoutMs: -1 }), {
        ...at.client,
        config: { ...at.config, account, baseUrl },
      });
    expect((await findings('1234567'))[0]).toMatchObject({ level: 'error', check: 'account and URL' });
    expect((await findings('1234567_SB1'))[0]).toMatchObject({ level: 'ok', check: 'account and URL' });
  });

  test('a login that is refused, and then nothing else', async () => {
    const { auth } = (await bench()).config;
    expect(await named(await bench({ auth: { ...auth, clientId: 'somebody-else' } as never }))).toEqual([
      'error login and clock',
    ]);
  });

  test('an account in which OAuth 2.0 is switched off', async () => {
    expect(await named(await bench({}, { oauth2: null }))).toEqual(['error login and clock']);
  });

  test('a role that may not run SuiteQL: the login is not to blame', async () => {
    expect(await named(await bench({}, { denied: ['suiteql'] }))).toEqual(['error SuiteQL permission']);
  });

  test.each(['salesOrder', 'customer'])('a role without the permission for %s', async (type) => {
    expect(await named(await bench({}, { denied: [type] }))).toEqual([`error ${type} records`]);
  });

  test('fewer slots than the settings count on', async () => {
    const at = await bench({ concurrency: 8 }, { requestLimit: 5, queryMs: 100 });
    expect(await named(at)).toEqual(['error concurrency']);
    expect((await ask(at)).find(({ check }) => check === 'concurrency')?.detail).toBe(
      'of 8 requests at once the account refused 3',
    );
  });

  test('external ids that another integration fills', async () => {
    const at = await bench();
    placeOrder(at.emulator.platform.account, 'WEB-77');
    expect(await named(at)).toEqual(['warning external ids']);
  });

  test('an item of the crosswalk that the account does not have, by name and by id', async () => {
    const at = await bench();
    const item = { 'A-1': 'NO-SUCH', 'A-2': '9999', 'A-3': 'MUG-RED', 'A-4': '101', 'A-5': 'eid:ANY' };
    expect(await named(at, { item })).toEqual(['error crosswalk item']);
    expect((await ask(at, { item })).find(({ check }) => check === 'crosswalk item')?.detail).toBe(
      'the account has no item for "A-1" -> "NO-SUCH", "A-2" -> "9999"',
    );
  });

  test('a currency that is not enabled in the account', async () => {
    expect(await named(await bench(), { currency: { CHF: 'CHF', USD: '1' } })).toEqual([
      'error crosswalk currency',
    ]);
  });

  test('a location and a subsidiary of a crosswalk that are gone', async () => {
    const rows = { location: { southampton: '97', london: '1' }, subsidiary: { 'shop-uk': '96' } };
    expect(await named(await bench(), rows)).toEqual([
      'error crosswalk location',
      'error crosswalk subsidiary',
    ]);
  });
});
