import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { OrderCreateRequest } from '#connectors/tryton/outbound/request.ts';
import { bench } from '#connectors/tryton/testing/target.ts';
import { type ProductUnderTest, productUnderTest } from '#tests/pains/product-under-test.ts';

// The operator's desk on the real command line, against one installation with its three emulated platforms.

let product: ProductUnderTest;
let folder = '';
const timeout = 240_000;

beforeEach(async () => {
  if (folder !== '') return;
  folder = await mkdtemp(join(tmpdir(), 'tallyport-desk-'));
  product = await productUnderTest();
}, 120_000);
afterAll(async () => {
  await product.stop();
  await rm(folder, { recursive: true });
});

type Run = { readonly code: number; readonly out: string; readonly err: string };
function tallyport(...args: readonly string[]): Promise<Run> {
  const { PATH = '' } = process.env;
  return new Promise((resolve, reject) => {
    execFile(
      join('bin', 'tallyport'),
      [...args],
      { env: { PATH, ...product.variables } },
      (error, out, err) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({ code, out, err });
        else reject(new Error('the command line did not run', { cause: error }));
      },
    );
  });
}
async function said(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await tallyport(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}
const entity = (order: { readonly id: string }): string => `order:shopify-us:${order.id}`;
const open = async (order: { readonly id: string }) =>
  (await product.parked()).filter((each) => each.entity === entity(order));

test('every list can be had as CSV with its header and as JSON', { timeout }, async () => {
  const lists = [
    ['exceptions', 'list'],
    ['exceptions', 'list', '--by-cause'],
    ['messages', 'list'],
    ['connections'],
    ['replay', '--topic', 'orders/create'],
    ['customers', 'review'],
  ];
  for (const list of lists) {
    const [csv, json] = await Promise.all([said(...list, '--csv'), said(...list, '--json')]);
    const records = parse<object>(csv, { columns: true, record_delimiter: '\r\n', trim: true });
    expect(csv, list.join(' ')).toMatch(/^[A-Za-z0-9]+(,[A-Za-z0-9]+)+\r?\n/);
    expect(JSON.parse(json) as unknown[], list.join(' ')).toHaveLength(records.length);
  }
});

test(
  'an order that the ERP refuses is at somebody’s desk with its value, and heals with a history',
  { timeout },
  async () => {
    const refusal = { error: ['UserError', ['No fiscal period is open', '', null]], id: 1 };
    product.erp.faults.next({ kind: 'answer', status: 200, body: JSON.stringify(refusal) }, 1, (request) =>
      request.body.includes('model.sale.sale.create'),
    );
    const order = product.placeOrder();
    await expect
      .poll(async () => (await open(order)).map(({ kind }) => kind).sort(), { timeout: 40_000 })
      .toEqual(['command', 'exception']);
    const command = (await open(order)).find(({ kind }) => kind === 'command')?.id ?? 0;
    const exception = String((await open(order)).find(({ kind }) => kind === 'exception')?.id);
    await said('exceptions', 'assign', exception, String(command), '--to', 'ben');
    const list = await said('exceptions', '--owner', 'ben');
    expect(list).toMatch(
      new RegExp(
        `^${exception} +\\d+ s +exception +rejected-by-platform +39\\.80 USD +ben +${entity(order)}$`,
        'm',
      ),
    );
    expect(await said('exceptions', '--by-cause')).toMatch(/^rejected-by-platform +2 +0 .* 39\.80 USD$/m);
    expect(await tallyport('exceptions', 'resolve', String(command), '--reason', 'x')).toMatchObject({
      code: 1,
    });

    await said('parked', 'retry', String(command), '--reason', 'the period is open');
    await product.delivered(order.id);
    await expect.poll(() => open(order), { timeout: 40_000 }).toEqual([]);
    const shown = await said('exceptions', 'show', exception);
    expect(shown).toMatch(/ closed +tallyport +healed by command:\d+/);
    expect(shown).toMatch(/^healed by: tryton-us erp\.order\.create done$/m);
  },
);

test(
  'a message that cannot be read is corrected on the command line and its order goes on',
  { timeout },
  async () => {
    const order = product.placeOrder();
    await product.delivered(order.id);
    const body = JSON.parse(product.bodyOf(order.id).replace(/"id":(\d{16,})/g, '"id":"$1"')) as Record<
      string,
      unknown
    >;
    const broken = product
      .bodyOf(order.id)
      .replace(/"financial_status":"[a-z_]+"/, '"financial_status":"mortgaged"');
    expect(broken).not.toBe(product.bodyOf(order.id));
    expect(await product.deliver('orders/updated', 'desk-1', broken)).toBe(200);
    await expect
      .poll(async () => (await open(order)).map(({ cause }) => cause), { timeout: 40_000 })
      .toEqual(['unmappable']);
    const id = (await open(order))[0]?.key ?? '';
    const patch = join(folder, 'patch.json');
    const edit = (...more: readonly string[]) =>
      tallyport('messages', 'edit', id, '--patch', patch, '--reason', 'a new word of the shop', ...more);
    await writeFile(patch, JSON.stringify([{ op: 'replace', path: '/financial_status', value: 'paved' }]));
    expect(await edit()).toMatchObject({
      code: 1,
      err: expect.stringContaining('it still cannot be read: ') as string,
    });
    await writeFile(
      patch,
      JSON.stringify([{ op: 'replace', path: '/financial_status', value: body['financial_status'] }]),
    );
    expect(await edit('--dry-run')).toMatchObject({
      code: 0,
      out: expect.stringContaining('could read it') as string,
    });
    expect((await edit()).out).toContain(`${id}: edit 1, taken in again by ${entity(order)}`);
    await expect.poll(() => open(order), { timeout: 40_000 }).toEqual([]);
    const shown = await said('messages', 'show', id);
    expect(shown).toContain('"op":"test","path":"/financial_status","value":"mortgaged"');
    expect(await said('messages', 'show', id, '--body', '--original')).toBe(broken);
    expect(await said('messages', '--entity', entity(order), '--fate', 'parked')).toBe('No message.\n');
  },
);

test(
  'a sale that a clerk keyed while the ERP refused ours is looked at, linked, and not made a second time',
  { timeout },
  async () => {
    const refusal = { error: ['UserError', ['No fiscal period is open', '', null]], id: 1 };
    product.erp.faults.next({ kind: 'answer', status: 200, body: JSON.stringify(refusal) }, 1, (request) =>
      request.body.includes('model.sale.sale.create'),
    );
    const order = product.placeOrder();
    await expect.poll(async () => (await open(order)).length, { timeout: 40_000 }).toBe(2);
    const exception = String((await open(order)).find(({ kind }) => kind === 'exception')?.id);
    const link = (ref: string, ...more: readonly string[]) =>
      tallyport('exceptions', 'link', exception, '--ref', ref, '--reason', 'keyed by phone', ...more);
    expect(await link('tryton-us/sale.sale/999999')).toMatchObject({
      code: 1,
      err: 'tallyport: tryton-us has no sale.sale 999999\n',
    });

    const keyed = await keyByHand(order, (request) => ({ ...request, reference: 'phone call 17' }));
    const double = await keyByHand(order, (request) => ({
      ...request,
      reference: 'phone call 18',
      lines: request.lines.map((line) => ({ ...line, quantity: String(2 * Number(line.quantity)) })),
      totalMinor: 2 * request.totalMinor,
      taxMinor: 2 * request.taxMinor,
    }));
    const unlike = await link(`tryton-us/sale.sale/${double}`);
    expect(unlike).toMatchObject({ code: 1, err: expect.stringContaining('differs from order:') as string });
    expect(unlike.out).toMatch(/^total: [\d.]+ there, 39\.80 USD ordered$/m);
    expect(unlike.out).toMatch(/^[\w-]+: \d+ there, \d+ ordered$/m);

    const linked = await link(`tryton-us/sale.sale/${keyed}`);
    expect(linked).toMatchObject({ code: 0, err: '' });
    expect(linked.out).toMatch(
      new RegExp(`^${entity(order)}: linked to tryton-us/sale\\.sale/${keyed} \\(\\d+\\)$`, 'm'),
    );
    await expect.poll(() => open(order), { timeout: 40_000 }).toEqual([]);
    await expect
      .poll(() => product.rows('select from lane where entity = $1', [entity(order)]), { timeout: 40_000 })
      .toEqual([]);
    expect(product.salesOf(order.id)).toEqual([]);
    const [known] = await product.rows<{ entity: string }>(
      `select entity from identity_link where type = 'sale.sale' and external_id = $1`,
      [String(keyed)],
    );
    expect(known).toEqual({ entity: entity(order) });
    expect(
      await product.rows(`select actor, detail from audit where action = 'document.link'`),
    ).toMatchObject([{ detail: 'keyed by phone' }]);
    const stolen = await tallyport(
      'exceptions',
      'link',
      '--order',
      order.id,
      '--ref',
      `tryton-us/sale.sale/${keyed}`,
      '--reason',
      'x',
    );
    expect(stolen.code).toBe(0); // the process says that it is its own already
  },
);

test(
  'two records with a household’s address are reviewed, accepted, taken back; what the shop merged is one',
  { timeout },
  async () => {
    const customer = (id: number) => `customer:shopify-us:${id}`;
    const bodyOf = (id: number): string =>
      JSON.stringify({
        id,
        admin_graphql_api_id: `gid://shopify/Customer/${id}`,
        created_at: '2026-11-24T10:00:00-05:00',
        updated_at: '2026-11-24T10:00:00-05:00',
        first_name: 'Ann',
        last_name: `Of House ${id}`,
        email: 'house@example.com',
        verified_email: true,
        phone: null,
        note: null,
        tax_exempt: false,
        tax_exemptions: [],
        addresses: [],
      });
    for (const id of [501, 502])
      expect(await product.deliver('customers/create', `c-${id}`, bodyOf(id))).toBe(200);
    const kept = () => product.rows(`select from instance where entity like 'customer:%'`);
    await expect.poll(kept, { timeout: 40_000 }).toHaveLength(2);
    await said('customers', 'match');
    const review = await said('customers', 'review');
    expect(review).toContain('shared-address');
    expect(review).not.toContain('example.com');
    const [found] = JSON.parse(await said('customers', 'review', '--json')) as { id: number }[];
    const accepted = await said(
      'customers',
      'accept',
      String(found?.id),
      '--reason',
      'one person, two accounts',
    );
    expect(accepted).toContain(`${customer(502)} is ${customer(501)}`);
    expect(await said('customers', 'list')).toMatch(
      new RegExp(`^${customer(501)} +${customer(502)} +accepted +shopify-us/Customer/502 `, 'm'),
    );
    const [decision] = JSON.parse(await said('customers', 'decisions', '--json')) as { id: number }[];
    await said('customers', 'undo', String(decision?.id), '--reason', 'two sisters');
    expect(await said('customers', 'list')).toBe('No record is one customer with another.\n');

    const merge = {
      admin_graphql_api_customer_kept_id: 'gid://shopify/Customer/501',
      admin_graphql_api_customer_deleted_id: 'gid://shopify/Customer/502',
      admin_graphql_api_job_id: null,
      status: 'completed',
      errors: [],
    };
    expect(await product.deliver('customers/merge', 'merge-1', JSON.stringify(merge))).toBe(200);
    const known = () =>
      product.rows(`select from instance where entity = $1 and state like '%"merged"%'`, [customer(501)]);
    await expect.poll(known, { timeout: 40_000 }).toHaveLength(1);
    await said('customers', 'match');
    expect(await said('customers', 'list', '--csv')).toContain(
      `${customer(501)},${customer(502)},platform-merge,`,
    );
  },
);

/** What a clerk would do in Tryton: the same sale, under a reference of the clerk's own. Answers its id. */
async function keyByHand(
  order: { readonly id: string },
  change: (request: OrderCreateRequest) => OrderCreateRequest,
): Promise<string> {
  const [row] = await product.rows<{ request: string }>(
    `select request from command where entity = $1 and name = 'erp.order.create'`,
    [entity(order)],
  );
  const request = JSON.parse(row?.request ?? '') as OrderCreateRequest;
  const { erp } = product.setUp;
  if (erp.kind !== 'tryton') throw new Error('the clerk of this test works in Tryton');
  const clerk = bench({
    baseUrl: product.erp.url,
    database: erp.server.database,
    password: erp.server.password,
  });
  try {
    const outcome = await clerk.send(change(request));
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    return outcome.refs?.[0]?.id ?? '';
  } finally {
    await clerk.close();
  }
}
