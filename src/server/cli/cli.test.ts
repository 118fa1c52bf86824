import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type ProductUnderTest, productUnderTest } from '#tests/pains/product-under-test.ts';

// The real command line, as a child process. One installation serves all tests, one after the other, as an operator's day goes.

let product: ProductUnderTest;
let folder: string | undefined;
let main: { readonly id: string; readonly name: string };
const timeout = 120_000;

beforeEach(async () => {
  if (folder !== undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'tallyport-cli-'));
  product = await productUnderTest();
  main = product.placeOrder();
  await product.delivered(main.id);
}, 120_000);
afterAll(async () => {
  await product.stop();
  await rm(folder ?? '', { recursive: true });
});

type Run = { readonly code: number; readonly out: string; readonly err: string };

function tallyport(args: readonly string[], change: Readonly<Record<string, string>> = {}): Promise<Run> {
  const { PATH = '' } = process.env;
  const env = { PATH, ...product.variables, ...change };
  return new Promise((resolve, reject) => {
    execFile(join('bin', 'tallyport'), [...args], { env }, (error, out, err) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, out, err });
      else reject(new Error('the command line did not run', { cause: error }));
    });
  });
}

/** What a command prints, when it ends well. */
async function said(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await tallyport(args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

const entity = (order: { readonly id: string }): string => `order:shopify-us:${order.id}`;
const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder ?? '', name);
  await writeFile(path, text);
  return path;
};

/** Nothing stands still of this order any more, and nothing is left to do. */
async function settled(order: { readonly id: string }): Promise<void> {
  const open = async (): Promise<readonly string[]> =>
    (await product.parked()).filter((each) => each.entity === entity(order)).map(({ cause }) => cause);
  await expect.poll(open, { timeout: 40_000 }).toEqual([]);
  await expect
    .poll(() => product.rows('select from lane where entity = $1', [entity(order)]), { timeout: 40_000 })
    .toEqual([]);
}

/** An order whose shipment the shop refuses to hear of; answers the number under which the command is parked. */
async function refusedShipment(
  tracking: string,
): Promise<{ order: { id: string; name: string }; id: string }> {
  const order = product.placeOrder();
  await product.delivered(order.id);
  const errors = [{ field: ['fulfillment'], message: 'Location is closed' }];
  const body = JSON.stringify({ data: { fulfillmentCreate: { fulfillment: null, userErrors: errors } } });
  product.shop.faults.next({ kind: 'answer', status: 200, body }, 1, (request) =>
    request.body.includes('fulfillmentCreate'),
  );
  const [sale] = product.erp.platform.salesWith(entity(order));
  product.erp.platform.ship(sale?.id ?? 0, { parts: 1, tracking: [tracking] });
  const find = async () =>
    (await product.parked()).find((each) => each.entity === entity(order) && each.kind === 'command');
  await expect.poll(find, { timeout: 40_000 }).toMatchObject({ cause: 'rejected-by-platform' });
  return { order, id: String((await find())?.id) };
}

test('status tallies the messages and names the workers', { timeout }, async () => {
  const [out, json] = await Promise.all([said('status'), said('status', '--json')]);
  expect(out).toMatch(
    /^northwind-apparel: \d+ received = \d+ applied \+ .* \+ 0 discarded \+ \d+ in flight$/m,
  );
  expect(out).toContain('All connections answer.');
  expect(out).toMatch(/^Workers\nnode +lanes\n.+$/m);
  expect(JSON.parse(json)).toMatchObject({ rejected: 0 });
  // A record of the ERP may wait for a moment until its order is known there by name.
  await expect.poll(() => product.parked(), { timeout: 40_000 }).toEqual([]);
});

test(
  "trace finds an order by the shop's number, the ERP's number and the buyer's e-mail address",
  { timeout },
  async () => {
    const [sale] = product.erp.platform.salesWith(entity(main));
    if (typeof sale?.number !== 'string') throw new Error('the ERP has no sale with a number');
    const identifiers = [main.name.slice(1), sale.number, 'Ann@Example.com'];
    for (const out of await Promise.all(identifiers.map((identifier) => said('trace', identifier)))) {
      expect(out).toContain(`\n${entity(main)}\n`);
      const [, names = ''] = /^known as {2}(.*)$/m.exec(out) ?? [];
      const records = names.split(' | ').map((name) => name.split(' ').slice(0, 2).join(' '));
      expect(records.sort()).toEqual(['salesforce Order', 'shopify-us Order', 'tryton-us sale.sale']);
      expect(out).toMatch(/ command +tryton-us +1 erp\.order\.create +done /);
      expect(out).not.toContain('example.com');
    }
  },
);

test(
  'messages lists each message once with its fate, a line each, as many as status counts',
  { timeout },
  async () => {
    const [json, csv, some] = await Promise.all([
      said('messages', '--json'),
      said('messages', '--csv'),
      said('messages', '--limit', '2'),
    ]);
    const messages = JSON.parse(json) as { fate: string; reason: string | null; sourceEventId: string }[];
    const { received } = JSON.parse(await said('status', '--json')) as { received: number };
    expect(messages.length).toBeGreaterThan(3);
    expect(messages.length).toBeLessThanOrEqual(received);
    // Brackets and a line a message: whoever cannot hold all of them reads it line by line.
    expect(json.trim().split('\n')).toHaveLength(messages.length + 2);
    expect(csv.trim().split('\n')).toHaveLength(messages.length + 1);
    expect(some.trim().split('\n')).toHaveLength(3);
    for (const { fate, reason } of messages)
      if (!['applied', 'in-flight'].includes(fate)) expect(reason, fate).toMatch(/./);
    expect(await said('messages', '--json', '--entity', 'order:nobody:1')).toBe('[]\n');
  },
);

test('an identifier that nobody knows ends with 1, also in JSON', { timeout }, async () => {
  const runs = [
    ['trace', 'nobody'],
    ['trace', 'nobody', '--json'],
  ].map((args) => tallyport(args));
  expect(await Promise.all(runs)).toEqual([
    { code: 1, out: '', err: 'nothing here is called "nobody"\n' },
    { code: 1, out: '[]\n', err: '' },
  ]);
});

test(
  'what was refused is listed with its reason, and goes on when an operator retries it',
  { timeout },
  async () => {
    const { order, id } = await refusedShipment('1Z1');
    const list = await said('parked', 'list', '--cause', 'rejected-by-platform');
    expect(list).toMatch(
      new RegExp(
        `^${id} .* command +rejected-by-platform +${entity(order)} +shopify-us storefront\\.fulfillment\\.create\n {4}.*Location is closed`,
        'm',
      ),
    );
    expect(list).toMatch(/ exception +rejected-by-platform +39\.80 USD /);
    expect(await said('parked', 'retry', id, '--reason', 'the location is open again')).toBe(
      `${id}: retry\n`,
    );
    await settled(order);
    expect(await said('trace', order.id)).toMatch(
      / command +shopify-us +\d+ storefront\.fulfillment\.create +done /,
    );
    expect(await tallyport(['parked', 'retry', id, '--reason', 'again'])).toMatchObject({
      code: 1,
      err: `tallyport: nothing open is parked under ${id}\n`,
    });
  },
);

test('what was done by hand is resolved with its document', { timeout }, async () => {
  const { order, id } = await refusedShipment('1Z2');
  const resolve = ['parked', 'resolve', id, '--reason', 'entered at the shop', '--ref'];
  expect(await tallyport([...resolve, 'Fulfillment'])).toMatchObject({
    code: 1,
    err: 'tallyport: "Fulfillment" is not connection/type/id, e.g. erp/sale.sale/42\n',
  });
  expect(await said(...resolve, 'shopify-us/Fulfillment/77')).toBe(`${id}: resolve\n`);
  await settled(order);
  expect(await said('trace', order.id)).toMatch(
    / command +shopify-us +\d+ storefront\.fulfillment\.create +resolved /,
  );
});

test('what is discarded is told to the process, which says what to do next', { timeout }, async () => {
  const { order, id } = await refusedShipment('1Z3');
  await said('parked', 'discard', id, '--reason', 'not wanted');
  const causes = async () =>
    (await product.parked()).filter((each) => each.entity === entity(order)).map(({ cause }) => cause);
  await expect.poll(causes, { timeout: 40_000 }).toEqual(['withdrawn-by-operator']);
  expect(await said('act', order.id, 'retry', '--reason', 'wanted after all')).toBe(
    `${entity(order)}: retry\n`,
  );
  await settled(order);
  expect(product.shop.journal.counts('fulfillment.created').size).toBeGreaterThan(0);
});

test('an action that fits nothing is refused by the process, on record', { timeout }, async () => {
  await said('act', main.id, 'keep-despite-cancel', '--reason', 'a mistake');
  const rejections = () =>
    product.rows(`select code from event_log where entity = $1 and kind = 'operator'`, [entity(main)]);
  await expect.poll(rejections, { timeout: 40_000 }).toEqual([{ code: 'nothing-to-do' }]);
  const unknown = await tallyport(['act', main.id, 'dance', '--reason', 'x']);
  expect(unknown).toMatchObject({
    code: 1,
    err: expect.stringContaining('Allowed choices are reread, retry'),
  });
});

test('a message that nobody can read is discarded, and the tally says so', { timeout }, async () => {
  expect(await product.deliver('orders/create', 'unreadable', '{"id":4711}')).toBe(200);
  const find = async () => (await product.parked()).find(({ kind }) => kind === 'message');
  await expect.poll(find, { timeout: 40_000 }).toMatchObject({ cause: 'unmappable' });
  expect(await said('status')).toMatch(/ \+ 1 parked \+ 0 discarded \+ /);
  await said('parked', 'discard', String((await find())?.id), '--reason', 'a test of the shop');
  expect(await said('status')).toMatch(/ \+ 0 parked \+ 1 discarded \+ 0 in flight$/m);
});

test('a replay shows first what it would take, and repeats no effect', { timeout }, async () => {
  const filter = ['replay', '--entity', entity(main), '--topic', 'orders/create'];
  const preview = await said(...filter);
  expect(preview).toMatch(/^\d+ +order:shopify-us:\d+ +shopify-us +orders\/create .* applied$/m);
  expect(preview).toContain('1 message would be taken in again. Add --run --reason "..." to do it.');
  expect(await tallyport([...filter, '--run'])).toMatchObject({
    code: 1,
    err: 'tallyport: --run needs --reason\n',
  });
  const run = await said(...filter, '--run', '--reason', 'a new release of the mapping');
  expect(run).toContain('\n1 message taken in again.\n');
  await settled(main);
  expect(product.salesOf(main.id)).toHaveLength(1);
});

test('a crosswalk row is reviewed, then applied, and releases what waited for it', { timeout }, async () => {
  const odd = product.placeOrder({
    lines: [{ sku: 'NW-TEE-BLK-M', title: 'Tee', price: '10.00', taxRate: 0.0725 }],
    taxTitle: 'Moon tax',
  });
  const causes = async () => (await product.parked()).map(({ cause }) => cause);
  await expect.poll(causes, { timeout: 40_000 }).toContain('unmappable');
  expect(await said('crosswalk', 'proposals')).toMatch(/^tryton-us +tax-code +Moon tax 0\.0725 +1$/m);

  const rows =
    'key,value,note\nMoon tax 0.0725,California 7.25%,\nTexas State Tax 0.0625,Texas 6%,\nNew York State Tax 0.04,New York 4%,\n';
  const path = await file('taxes.csv', rows);
  const bring = ['crosswalk', 'import', path, '--connection', 'tryton-us', '--table', 'tax-code'];
  const review = await said(...bring);
  expect(review).toMatch(/^Moon tax 0\.0725 +California 7\.25% +awaited$/m);
  expect(review).toMatch(/^Texas State Tax 0\.0625 +Texas 6% +changes "Texas 6\.25%"$/m);
  expect(review).toMatch(/^New York State Tax 0\.04 +New York 4% +same$/m);
  expect(review).toContain('2 of 3 rows would be written. Add --apply to do it.');
  expect(product.salesOf(odd.id)).toEqual([]);

  expect(await said(...bring, '--apply')).toContain('2 rows written.');
  await product.delivered(odd.id);
  await settled(odd);
});

test(
  'rows that are wrong, or for a connection that is not there, are refused as a whole',
  { timeout },
  async () => {
    const bad = await file('bad.csv', 'key,value\nA,1\n\nB,\n');
    const good = await file('good.csv', 'key,value\nA,1\n');
    const bring = (path: string, connection: string): Promise<Run> =>
      tallyport(['crosswalk', 'import', path, '--connection', connection, '--table', 'item', '--apply']);
    const stranger =
      'northwind-apparel has no "tryton-uk"; there are shopify-us, netsuite-us, tryton-us, salesforce';
    expect(await Promise.all([bring(bad, 'tryton-us'), bring(good, 'tryton-uk')])).toEqual([
      {
        code: 1,
        out: '',
        err: `tallyport: ${bad}, line 4: key and value are both needed (columns "key" and "value")\n`,
      },
      { code: 1, out: '', err: `tallyport: --connection: ${stranger}\n` },
    ]);
    expect(await product.rows(`select from crosswalk where key = 'A'`)).toEqual([]);
  },
);

test('connections and doctor ask the accounts themselves', { timeout }, async () => {
  const [connections, findings] = await Promise.all([said('connections'), said('doctor', 'tryton-us')]);
  expect(connections).toMatch(/^tryton-us +Tryton \S+ +ready$/m);
  expect(findings).toMatch(/^tryton-us +ok +/m);
  expect(findings).not.toContain('salesforce');
});

test('a tenant or a journal that cannot be found is a configuration error', { timeout }, async () => {
  const [several, unknown, nowhere] = await Promise.all([
    tallyport(['status'], { TALLYPORT_RETAILERS: '', TALLYPORT_RETAILERS_DIR: 'retailers' }),
    tallyport(['--tenant', 'acme', 'status']),
    tallyport(['status'], { DATABASE_URL: '', TALLYPORT_DATA_DIR: folder ?? '' }),
  ]);
  const head = 'tallyport: the configuration has a problem:\n  command line\n    --tenant: ';
  expect(several).toEqual({
    code: 78,
    out: '',
    err: `${head}is needed, since there are several: harbour-supply, northwind-apparel\n`,
  });
  expect(nowhere).toEqual({
    code: 78,
    out: '',
    err: [
      'tallyport: the configuration has a problem:',
      '  environment',
      `    DATABASE_URL: is not set, and no server has made a journal in ${folder}`,
      '',
    ].join('\n'),
  });
  expect(unknown).toEqual({
    code: 78,
    out: '',
    err: `${head}no retailer's file is of "acme"; there are: northwind-apparel\n`,
  });
});

test('an argument that cannot be meant is refused before anything is done', { timeout }, async () => {
  expect(await tallyport(['parked', 'retry', '1x', '--reason', 'r'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('It is no whole number from 1 on.'),
  });
});
