import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../config/configuration-error.ts';
import { loadRetailers } from './load-retailers.ts';

const examples = 'retailers';
const variables: Readonly<Record<string, string>> = {
  NORTHWIND_SHOPIFY_CLIENT_ID: 'northwind-app',
  NORTHWIND_SHOPIFY_CLIENT_SECRET: 'northwind-canary-1',
  NORTHWIND_TRYTON_URL: 'https://erp.northwind.test',
  NORTHWIND_TRYTON_PASSWORD: 'northwind-canary-2',
  NORTHWIND_SALESFORCE_CLIENT_ID: 'northwind-crm',
  NORTHWIND_SALESFORCE_CLIENT_SECRET: 'northwind-canary-3',
  HARBOUR_SHOPIFY_CLIENT_ID: 'harbour-app',
  HARBOUR_SHOPIFY_CLIENT_SECRET: 'harbour-canary-1',
  HARBOUR_SHOPIFY_REFRESH_TOKEN: 'harbour-canary-2',
  HARBOUR_TRYTON_URL: 'https://erp.harbour.test',
  HARBOUR_TRYTON_PASSWORD: 'harbour-canary-3',
  HARBOUR_SALESFORCE_CLIENT_ID: 'harbour-crm',
  HARBOUR_SALESFORCE_CLIENT_SECRET: 'harbour-canary-4',
};
const load = (directory: string, set: Readonly<Record<string, string>> = variables) =>
  loadRetailers({ directory, variable: (name) => set[name] });

function problemsOf(directory: string, set = variables): readonly string[] {
  try {
    load(directory, set);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.message).not.toMatch(/canary/);
    return error.problems.map(
      ({ file, path, message }) => `${file.slice(directory.length + 1)} ${path}: ${message}`,
    );
  }
  return [];
}

let scratch: string;
const made: string[] = [];
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tallyport-retailers-'));
  made.push(scratch);
});
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })));
const write = (path: string, content: unknown): void => {
  mkdirSync(join(scratch, path, '..'), { recursive: true });
  writeFileSync(join(scratch, path), typeof content === 'string' ? content : JSON.stringify(content));
};

describe('the two example retailers run on the same program', () => {
  test('a US fashion brand: sales tax, items named by SKU, a CRM with person accounts', () => {
    const northwind = load(examples).find(({ tenant }) => tenant === 'northwind-apparel');
    expect(northwind?.connections.map(({ id, connector }) => `${id} ${connector.id}`)).toEqual([
      'shopify-us shopify',
      'tryton-us tryton',
      'salesforce salesforce',
    ]);
    expect(northwind?.rules['order-to-cash']).toMatchObject({
      erp: 'tryton-us',
      crm: 'salesforce',
      sources: ['shopify-us'],
      fulfillment: { notifiesCustomer: 'storefront' },
    });
    expect(northwind?.connections[2]?.config).toMatchObject({
      org: { currency: 'USD', accountModel: 'person' },
    });
    expect(northwind?.crosswalks).toContainEqual({
      connection: 'tryton-us',
      table: 'tax-code',
      key: 'California State Tax 0.0725',
      value: 'California 7.25%',
    });
  });

  test('a UK wholesaler: VAT, article numbers of its own, goods on account', () => {
    const harbour = load(examples).find(({ tenant }) => tenant === 'harbour-supply');
    expect(harbour?.rules['order-to-cash']).toMatchObject({
      erp: 'tryton-uk',
      release: { onPaymentTerms: true, whenShort: 'wait', paymentStates: ['paid', 'authorized'] },
    });
    expect(harbour?.connections[1]?.config).toMatchObject({ items: 'crosswalk', guests: 'order' });
    expect(harbour?.crosswalks).toContainEqual({
      connection: 'tryton-uk',
      table: 'item',
      key: 'HS-ROPE-12-50',
      value: '40120',
    });
  });

  test('their addresses can be set from outside, for emulators', () => {
    const set = {
      ...variables,
      NORTHWIND_SHOPIFY_URL: 'http://127.0.0.1:4001',
      NORTHWIND_ALLOW_PRIVATE_ADDRESSES: 'true',
    };
    const [, northwind] = load(examples, set);
    expect(northwind?.connections[0]).toMatchObject({
      allowPrivateAddresses: true,
      config: { baseUrl: 'http://127.0.0.1:4001' },
    });
    expect(load(examples)[1]?.connections[0]?.config).not.toHaveProperty('baseUrl');
    expect(load(examples)[1]?.connections[0]?.allowPrivateAddresses).toBe(false);
  });

  test('the same retailer goes to another ERP by its variables alone, and what is not enabled is asked for nothing', () => {
    const { NORTHWIND_TRYTON_URL: _, NORTHWIND_TRYTON_PASSWORD: __, ...rest } = variables;
    const set = {
      ...rest,
      NORTHWIND_ERP: 'netsuite-us',
      NORTHWIND_TRYTON_ENABLED: 'false',
      NORTHWIND_NETSUITE_ENABLED: 'true',
      NORTHWIND_NETSUITE_URL: 'https://7654321.suitetalk.api.netsuite.com',
      NORTHWIND_NETSUITE_ACCOUNT: '7654321',
      NORTHWIND_NETSUITE_CLIENT_ID: 'northwind-erp',
      NORTHWIND_NETSUITE_CERTIFICATE_ID: 'certificate-1',
      NORTHWIND_NETSUITE_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----',
    };
    const northwind = load(examples, set).find(({ tenant }) => tenant === 'northwind-apparel');
    expect(northwind?.connections.map(({ id }) => id)).toEqual(['shopify-us', 'netsuite-us', 'salesforce']);
    expect(northwind?.rules['order-to-cash'].erp).toBe('netsuite-us');
    expect(new Set(northwind?.crosswalks.map(({ connection }) => connection))).toEqual(
      new Set(['netsuite-us']),
    );
  });

  test('a role goes to no connection that is not enabled', () => {
    expect(problemsOf(examples, { ...variables, NORTHWIND_ERP: 'netsuite-us' })).toEqual([
      'northwind-apparel/retailer.json roles.erp: the connection "netsuite-us" is not enabled',
    ]);
  });

  test('every variable that is missing is named, and nothing else for it', () => {
    const problems = problemsOf(examples, {});
    expect(problems).toHaveLength(Object.keys(variables).length);
    expect(problems).toContain(
      'harbour-supply/retailer.json connections.shopify-uk.config.auth.refreshToken: the environment variable HARBOUR_SHOPIFY_REFRESH_TOKEN is not set',
    );
  });
});

describe('who captures payments, and when', () => {
  const retailer = (rules: object, roles: object = { storefronts: ['shop'] }) =>
    write('one/retailer.json', {
      tenant: 'one',
      name: 'One',
      connections: {
        shop: {
          connector: 'shopify',
          config: {
            shop: 'one.myshopify.com',
            auth: { kind: 'client-credentials', clientId: 'c' },
            clientSecret: '${env:SECRET}',
          },
        },
        erp: {
          connector: 'tryton',
          config: { baseUrl: 'https://erp.test', database: 'd', user: 'u', password: '${env:SECRET}' },
        },
      },
      roles,
      rules: { 'order-to-cash': rules },
    });
  const at = 'one/retailer.json rules.order-to-cash.payments.capture';
  const problems = () => problemsOf(scratch, { SECRET: 'some-secret-canary' });

  test('a capture that waits for a release that waits for the money is refused', () => {
    const release = { paymentStates: ['paid'] };
    retailer({ payments: { capture: 'shipment' }, release }, { storefronts: ['shop'], erp: 'erp' });
    expect(problems()).toEqual([
      `${at}: "shipment" captures once the ERP has the order, and release.paymentStates lets no "authorized" order into the ERP: add it there, or capture at "order"`,
    ]);
    retailer({ payments: { capture: 'order' }, release }, { storefronts: ['shop'], erp: 'erp' });
    expect(problems()).toEqual([]);
  });

  test('a capture at a release to nowhere is refused', () => {
    retailer({ payments: { capture: 'release' } });
    expect(problems()).toEqual([
      `${at}: "release" waits for an ERP order, and there is no ERP: use "order" or "shipment"`,
    ]);
  });

  test('a platform through which nobody can capture is named', () => {
    retailer({ payments: { capture: 'order' } }, { storefronts: ['erp'] });
    expect(problems()).toContain(
      `${at}: we cannot capture through "erp": Tryton has no command for it; leave that to the "storefront"`,
    );
  });
});

test('a broken retailer names all its problems at once, by file and path, and shows no secret', () => {
  write('bad/retailer.json', {
    tenant: 'Bad Name',
    name: 'Bad',
    surprise: 1,
    connections: {
      shop: {
        connector: 'shopify',
        config: {
          shop: 'bad.example.com',
          auth: { kind: 'access-token', accessToken: 'literal-canary' },
          clientSecret: '${env:NOT_THERE}',
          previousClientSecret: '${env:ALSO_NOT_THERE:-literal-canary}',
          colour: 'red',
        },
      },
      erp: { connector: 'sap-of-the-future', config: {} },
      crm: {
        connector: 'tryton',
        config: {
          baseUrl: 'https://${env:HALF}',
          database: 'd',
          user: 'u',
          password: '${env:PASSWORD}',
          concurrency: '${env:MANY}',
        },
      },
    },
    roles: { erp: 'shop', crm: 'nobody' },
    rules: { 'order-to-cash': { erp: 'x', release: { whenShort: 'perhaps' } }, returns: {} },
    alerts: { webhookUrl: 'https://alerts.test', secret: 'whsec_canary' },
  });
  write('bad/crosswalks/crm/item.csv', 'key,value\na,1\na,2\n,3\n"x');
  write('bad/crosswalks/crm/unit.csv', 'key,value\na,1\na,2\n,3\nb,\nc,1,,\n');
  write('bad/crosswalks/crm/colours.csv', 'key,value\n');
  write('bad/crosswalks/crm/tax-code.csv', 'from,to\n1,2\n');
  write('bad/crosswalks/gone/item.csv', 'key,value\n');
  write('torn/retailer.json', '{ "tenant": "torn", "secret": "torn-canary" ');
  const problems = problemsOf(scratch, { PASSWORD: 'p', MANY: 'canary' });
  expect([...problems].sort()).toEqual(
    [
      'bad/retailer.json alerts.secret: is a secret: give it as "${env:NAME}", and its value in the environment',
      'bad/retailer.json connections.shop.config.auth.accessToken: is a secret: give it as "${env:NAME}", and its value in the environment',
      'bad/retailer.json connections.shop.config.previousClientSecret: is a secret: give it as "${env:NAME}", and its value in the environment',
      'bad/retailer.json connections.shop.config.clientSecret: the environment variable NOT_THERE is not set',
      'bad/retailer.json connections.crm.config.baseUrl: a reference is the whole value: "${env:NAME}" or "${env:NAME:-default}"',
      'bad/retailer.json tenant: must be small letters, digits and "-", at most 63',
      'bad/retailer.json $: Unrecognized key: "surprise"',
      'bad/retailer.json connections.erp.connector: Invalid option: expected one of "netsuite"|"salesforce"|"shopify"|"tryton"',
      'bad/retailer.json connections.shop.config: Unrecognized key: "colour"',
      'bad/retailer.json connections.shop.config.shop: must be the permanent domain, e.g. "acme.myshopify.com"',
      'bad/retailer.json connections.crm.config.concurrency: Invalid input: expected number, received string',
      'bad/retailer.json rules.order-to-cash: Unrecognized key: "erp"',
      'bad/retailer.json rules.order-to-cash.release.whenShort: Invalid option: expected one of "release"|"wait"',
      'bad/retailer.json rules: Unrecognized key: "returns"',
      'bad/crosswalks/crm/colours.csv $: is no crosswalk; there are item.csv, location.csv, subsidiary.csv, tax-code.csv, payment-method.csv, payment-terms.csv, ship-method.csv, discount.csv, reason.csv, currency.csv, country.csv, unit.csv, gl-dimension.csv, price-book.csv',
      'bad/crosswalks/crm/item.csv $: is not CSV: CSV_QUOTE_NOT_CLOSED',
      'bad/crosswalks/crm/tax-code.csv line 1: must have the columns key,value and may have note',
      'bad/crosswalks/crm/unit.csv line 3: the key "a" stands here twice',
      'bad/crosswalks/crm/unit.csv line 4: key and value must not be empty',
      'bad/crosswalks/crm/unit.csv line 5: key and value must not be empty',
      'bad/crosswalks/crm/unit.csv line 6: has more than three columns; quote values that hold a comma',
      'bad/crosswalks/gone $: no connection has this name',
      'torn/retailer.json $: is not JSON, line 1 column 45',
    ].sort(),
  );
});

test('a role goes to a connection that is there and whose platform can play it', () => {
  write('odd/retailer.json', {
    tenant: 'odd',
    name: 'Odd',
    connections: {
      erp: {
        connector: 'tryton',
        config: { baseUrl: 'http://erp.test', database: 'd', user: 'u', password: '${env:PASSWORD}' },
      },
    },
    roles: { storefronts: ['erp', 'shop'], erp: 'erp', crm: null },
  });
  expect(problemsOf(scratch, { PASSWORD: 'p' })).toEqual([
    'odd/retailer.json roles.storefronts[0]: Tryton cannot be the storefront',
    'odd/retailer.json roles.storefronts[1]: there is no connection "shop"',
  ]);
});

test('two folders cannot be one tenant, and a folder that is named must be there', () => {
  for (const name of ['one', 'two'])
    cpSync(join(examples, 'harbour-supply'), join(scratch, name), { recursive: true });
  expect(problemsOf(scratch)).toEqual([
    expect.stringMatching(/tenant: "harbour-supply" is claimed by .*one and .*two/) as string,
  ]);
  const only = (names: readonly string[]) => () =>
    loadRetailers({ directory: scratch, only: names, variable: (name) => variables[name] });
  expect(only(['one'])().map(({ folder }) => folder)).toEqual([join(scratch, 'one')]);
  expect(only(['three'])).toThrow(/three[^]*has no retailer.json/);
});

test('numbers and truth values may come from the environment', () => {
  write('n/retailer.json', {
    tenant: 'n',
    name: 'N',
    connections: {
      erp: {
        connector: 'tryton',
        allowPrivateAddresses: '${env:PRIVATE}',
        config: {
          baseUrl: '${env:URL}',
          database: 'd',
          user: '12',
          password: '${env:PASSWORD}',
          company: '${env:COMPANY}',
          concurrency: '${env:UNSET:-}',
        },
      },
    },
  });
  const [retailer] = load(scratch, { PRIVATE: 'true', URL: 'http://10.0.0.1', PASSWORD: '42', COMPANY: '7' });
  expect(retailer?.connections[0]).toMatchObject({
    allowPrivateAddresses: true,
    config: { password: '42', company: 7, concurrency: 2, baseUrl: 'http://10.0.0.1' },
  });
});

test('a folder without retailers is an error, not an empty installation', () => {
  expect(problemsOf(scratch)).toEqual([expect.stringContaining('holds no retailer') as string]);
});
