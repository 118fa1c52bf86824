import { describe, expect, test } from 'vitest';
import { newCall } from '#connector-sdk/call.ts';
import type { SalesforceEmulatorOptions } from '../emulator/org-options.ts';
import { salesforce } from '../connector.ts';
import { orgBench } from '../testing/org-bench.ts';

async function findings(options: SalesforceEmulatorOptions, org: object = {}, more: object = {}) {
  await using bench = await orgBench(options, org, more);
  return await salesforce.doctor(newCall({ timeoutMs: 5_000 }), bench.client);
}

describe('doctor', () => {
  test('finds nothing wrong with an org that fits, in at least ten checks', async () => {
    const found = await findings({});
    expect(found.filter((finding) => finding.level !== 'ok')).toEqual([]);
    expect(new Set(found.map((finding) => finding.check)).size).toBeGreaterThanOrEqual(10);
  });
  test.each([
    [9_500, 'warning'],
    [9_994, 'error'],
  ])('after %s of 10,000 calls the allocation is a %s', async (used, level) => {
    await using bench = await orgBench({ dailyApiRequests: 10_000 });
    bench.org.allowance.used = used;
    const found = await salesforce.doctor(newCall({ timeoutMs: 5_000 }), bench.client);
    expect(found.find((finding) => finding.check === 'daily-calls')).toMatchObject({ level });
  });
  test.each<[string, string, 'warning' | 'error', SalesforceEmulatorOptions, object, object]>([
    [
      'person accounts that the settings do not know',
      'person-accounts',
      'error',
      { personAccounts: true },
      {},
      {},
    ],
    ['currencies that the settings do not know', 'currencies', 'error', { multiCurrency: true }, {}, {}],
    [
      'a currency that the org lacks',
      'currencies',
      'warning',
      { multiCurrency: true, currencies: { EUR: 2 } },
      { multiCurrency: true },
      {},
    ],
    ['state and country picklists', 'address-picklists', 'error', { stateCountryPicklists: true }, {}, {}],
    [
      'an external id field that is missing',
      'external-id:OrderItem',
      'error',
      { externalIdField: null },
      {},
      {},
    ],
    [
      'an external id field that is not unique',
      'external-id:Account',
      'error',
      { externalIdUnique: false },
      {},
      {},
    ],
    ['orders that are switched off', 'object:Order', 'error', { ordersEnabled: false }, {}, {}],
    [
      'a standard price book that is not active',
      'standard-price-book',
      'error',
      { standardPriceBookActive: false },
      {},
      {},
    ],
    [
      'a price book that nobody can see',
      'price-book',
      'error',
      {},
      { priceBookId: '01s5e0000000099AAA' },
      {},
    ],
    [
      'a duplicate rule',
      'duplicate-rules',
      'warning',
      { duplicateRules: [{ name: 'Same_Email', object: 'Contact', field: 'Email', action: 'alert' }] },
      {},
      {},
    ],
    [
      'a share larger than the allocation',
      'daily-calls',
      'warning',
      { dailyApiRequests: 1_000 },
      {},
      { callsPerDay: 5_000 },
    ],
    [
      'an API version that the org does not have',
      'api-version',
      'error',
      { apiVersions: { oldest: 31, newest: 66 } },
      {},
      {},
    ],
    [
      'an API version that will be retired',
      'api-version',
      'warning',
      { apiVersions: { oldest: 31, newest: 80 } },
      {},
      {},
    ],
    ['an integration user without API access', 'session', 'error', { apiEnabled: false }, {}, {}],
    [
      'a status value that the picklist lacks',
      'order-status',
      'error',
      {},
      { statuses: { shipped: 'Shipped' } },
      {},
    ],
    [
      'a custom field that does not exist',
      'field:Order',
      'error',
      {},
      { orderFields: { erpNumber: 'Erp_Number__c' } },
      {},
    ],
    [
      'a record type that does not exist',
      'record-type:Account',
      'error',
      {},
      { recordTypeIds: { companyAccount: '0125e0000000099AAA' } },
      {},
    ],
    [
      'no permission to activate orders',
      'permissions',
      'error',
      { activateOrders: false },
      { orderMode: 'activated', activeFrom: [] },
      {},
    ],
  ])('names %s, with a remedy', async (_what, check, level, options, org, more) => {
    const found = (await findings(options, org, more)).filter((finding) => finding.check === check);
    expect(found.map((finding) => finding.level)).toContain(level);
    for (const finding of found.filter((candidate) => candidate.level !== 'ok'))
      expect(finding.remedy).toMatch(/\w/);
  });
});
