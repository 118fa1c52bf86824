import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type Order, orderSchema } from '#canonical/order.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { newCall } from '#connector-sdk/call.ts';
import { netsuite } from './connector.ts';
import { defaultData } from './emulator/account.ts';
import { placeOrder } from './testing/placed-order.ts';
import { bench as open, type Bench, certificate, tokens } from './testing/bench.ts';
import { rsaKeys } from './testing/keys.ts';

const order = (id = '1001', spec: Parameters<typeof buildOrder>[0] = {}): Order =>
  buildOrder({ id, lines: [{ sku: 'MUG-RED', quantity: '2', price: '10.00' }], ...spec });
const vatFile = new URL('./fixtures/orders/vat-included-with-discount-and-shipping.json', import.meta.url);
const vatOrder = (): Order => orderSchema.parse(JSON.parse(readFileSync(vatFile, 'utf8')));
/** With 20 % VAT that the account computes as something else. */
const taxedAt = (rate: string) => ({
  data: { taxCodes: defaultData.taxCodes.map((code) => (code.id === '20' ? { ...code, rate } : code)) },
});

const benches: Bench[] = [];
async function bench(...args: Parameters<typeof open>): Promise<Bench> {
  const opened = await open(...args);
  benches.push(opened);
  return opened;
}
afterEach(async () => void (await Promise.all(benches.splice(0).map((opened) => opened.close()))));

const count = ({ emulator }: Bench, type: string): number =>
  emulator.journal.effects.filter((effect) => effect.type === type).length;
const key = 'SO-shop_3a1001';

describe('creating an order', () => {
  test('books the buyer under an external id and the order with its lines, to the minor unit', async () => {
    const at = await bench();
    const outcome = await at.create(vatOrder());
    expect(outcome).toMatchObject({
      kind: 'done',
      refs: [{ connection: 'netsuite-uk', type: 'salesOrder' }],
    });
    const [made] = at.emulator.platform.ordersUnder(key);
    expect(made).toMatchObject({ externalId: key, status: 'B', location: '1' });
    expect(made && at.emulator.platform.totalOf(made)).toBe('62.95');
    expect(made?.lines.map(({ custom }) => custom['custcol_tallyport_line'])).toEqual(['line-1', 'line-2']);
  });

  test('a second save of the same order replaces its lines and adds none: PUT alone would double them', async () => {
    const at = await bench();
    await at.create(order());
    await at.create(order());
    expect(at.emulator.platform.ordersUnder(key).map(({ lines }) => lines.length)).toEqual([1]);
    expect(count(at, 'salesOrder.created')).toBe(1);
  });

  test('a buyer who was saved just so a moment ago costs no second save', async () => {
    const at = await bench();
    await at.create(order('1001'));
    const saved = [...at.emulator.platform.account.customers.values()];
    await at.create(order('1002'));
    expect([...at.emulator.platform.account.customers.values()]).toEqual(saved);
  });

  test('a save that outlives its caller is found, not made again', async () => {
    const at = await bench({}, { saveMs: 150 });
    const { outcome, history } = await at.deliver(order(), 250);
    expect(history.map(({ kind }) => kind)).toContain('outcome-unknown');
    expect(outcome.kind).toBe('done');
    expect(count(at, 'salesOrder.created')).toBe(1);
  });

  test("what the account's taxes round otherwise becomes a rounding line", async () => {
    const at = await bench({}, taxedAt('0.2003'));
    expect((await at.create(vatOrder())).kind).toBe('done');
    const [made] = at.emulator.platform.ordersUnder(key);
    expect(made && at.emulator.platform.totalOf(made)).toBe('62.95');
    expect(made?.lines.at(-1)).toMatchObject({ item: '190', amountMinor: -2, taxCode: '-7' });
  });

  test('a lost answer leaves no total unsettled, although the warehouse was quicker: the rounding alone is added', async () => {
    const at = await bench({}, taxedAt('0.2003'));
    // The reading that follows the save is lost, so that its rounding is not settled; the warehouse ships meanwhile.
    const { platform, faults } = at.emulator;
    faults.next(
      { kind: 'reset' },
      1,
      ({ method, query }) =>
        method === 'GET' && query.has('expandSubResources') && platform.ordersUnder(key).length > 0,
    );
    const delivered = at.deliver(vatOrder());
    await expect.poll(() => platform.ordersUnder(key).length, { interval: 5 }).toBe(1);
    const [made] = platform.ordersUnder(key);
    platform.transform(made?.id ?? '', 'itemFulfillment');
    const { outcome, history } = await delivered;
    expect(history.map(({ kind }) => kind)).toContain('outcome-unknown');
    expect(outcome.kind).toBe('done');
    const [after] = at.emulator.platform.ordersUnder(key);
    expect(after && at.emulator.platform.totalOf(after)).toBe('62.95');
    expect(after?.lines[0]?.shipped).toBe(made?.lines[0]?.quantity);
  });

  test('what the taxes of many lines round is foreseen, so that the order is saved once', async () => {
    const at = await bench();
    const vat = vatOrder();
    const { shop, presentment } = vat.totals.grand;
    const more = { ...presentment, amountMinor: presentment.amountMinor + 1 };
    expect(
      (await at.create({ ...vat, totals: { ...vat.totals, grand: { shop, presentment: more } } })).kind,
    ).toBe('done');
    const [made] = at.emulator.platform.ordersUnder(key);
    expect(made && at.emulator.platform.totalOf(made)).toBe('62.96');
    expect(made?.lines.at(-1)).toMatchObject({ item: '190', amountMinor: 1 });
    expect(count(at, 'salesOrder.changed')).toBe(0);
  });

  test('a tax beyond the tolerance is rejected, and the order that was made for it is deleted', async () => {
    const at = await bench({}, taxedAt('0.25'));
    expect(await at.create(vatOrder())).toMatchObject({ kind: 'rejected', code: 'tax-differs' });
    expect(at.emulator.platform.ordersUnder(key)).toEqual([]);
  });

  test('where the role may not delete, the lines of such an order are closed', async () => {
    const at = await bench({}, taxedAt('0.25'));
    at.emulator.faults.next(
      { kind: 'answer', status: 403, body: '{}' },
      1,
      ({ method }) => method === 'DELETE',
    );
    expect(await at.create(vatOrder())).toMatchObject({ kind: 'rejected', code: 'tax-differs' });
    expect(at.emulator.platform.ordersUnder(key)).toMatchObject([{ status: 'H' }]);
  });

  test('an item that the account does not have is named before anything is written', async () => {
    const at = await bench();
    const outcome = await at.create(order('1001', { lines: [{ sku: 'NO-SUCH' }] }));
    expect(outcome).toMatchObject({
      kind: 'unmappable',
      problems: [{ path: 'order.lines[0].sku', crosswalk: { table: 'item', key: 'NO-SUCH' } }],
    });
    expect(at.emulator.journal.effects).toEqual([]);
  });

  test('a field that NetSuite refuses is named by its path', async () => {
    const at = await bench({ location: '77' });
    expect(await at.create(order())).toMatchObject({
      kind: 'rejected',
      code: 'invalid-content',
      field: 'location',
    });
  });

  test('a field that the form of the account insists on is named', async () => {
    const at = await bench({}, { data: { mandatory: ['department'] } });
    expect(await at.create(order())).toMatchObject({
      kind: 'rejected',
      code: 'mandatory-field',
      field: 'department',
    });
  });

  test('an external id that a transaction of another type has is rejected: all share one space', async () => {
    const at = await bench();
    const { account } = at.emulator.platform;
    const other = placeOrder(account, null);
    account.put({ ...other, id: '9000', type: 'CustInvc', externalId: key });
    expect(await at.create(order())).toMatchObject({ kind: 'rejected', code: 'external-id-taken' });
  });

  test('an order that people closed in NetSuite is not made anew', async () => {
    const at = await bench();
    await at.create(order());
    await at.cancel({ shopId: '1001' });
    expect((await at.deliver(order())).outcome).toMatchObject({
      kind: 'rejected',
      code: 'already-cancelled',
    });
  });

  test('an order that the warehouse is at work on is left alone', async () => {
    const at = await bench();
    await at.create(order());
    const [made] = at.emulator.platform.ordersUnder(key);
    at.emulator.platform.transform(made?.id ?? '', 'itemFulfillment');
    expect((await at.deliver(order())).outcome).toMatchObject({ kind: 'done', result: { status: 'F' } });
    expect(count(at, 'salesOrder.changed')).toBe(0);
  });

  test('goods with a fraction and amounts beyond what a float holds arrive digit for digit', async () => {
    const at = await bench();
    const weighed = order('1001', { lines: [{ sku: 'MUG-RED', quantity: '0.125', price: '80.00' }] });
    expect((await at.create(weighed)).kind).toBe('done');
    expect(at.emulator.platform.ordersUnder(key)[0]?.lines[0]).toMatchObject({
      quantity: '0.125',
      amountMinor: 1000,
    });
  });
});

describe('our key in a field, where another integration has the external ids', () => {
  const settings = { keyField: 'custbody_tallyport_key' };
  const data = { customFields: [...defaultData.customFields, 'custbody_tallyport_key'] };

  test('the order carries it, and no external id', async () => {
    const at = await bench(settings, { data });
    expect((await at.deliver(order())).outcome.kind).toBe('done');
    expect(at.emulator.platform.ordersUnder(key)).toMatchObject([{ externalId: null }]);
  });

  test.each(['reset-after', 'reset'] as const)(
    'after "%s" there is one order, also when the search lags',
    async (fault) => {
      const at = await bench(settings, { data, searchLagMs: 100 });
      at.emulator.faults.next(
        { kind: fault },
        1,
        ({ method, path }) => method === 'POST' && path.endsWith('/salesOrder'),
      );
      expect((await at.deliver(order())).outcome.kind).toBe('done');
      expect(count(at, 'salesOrder.created')).toBe(1);
    },
  );
});

describe('customer deposits, where the retailer books what is paid in advance', () => {
  const payment = (id: string, kind: 'sale' | 'authorization', amountMinor: number) => ({
    id,
    ref: { connection: 'shop', type: 'OrderTransaction', id },
    parentId: null,
    kind,
    status: 'succeeded' as const,
    method: 'card',
    instrument: 'card' as const,
    amount: {
      shop: { role: 'shop' as const, currency: 'GBP', amountMinor },
      presentment: { role: 'presentment' as const, currency: 'GBP', amountMinor },
    },
    settlement: null,
    at: '2026-11-24T10:00:00.000Z',
    expiresAt: null,
    gatewayReference: `gateway-${id}`,
    error: null,
    test: false,
    extensions: {},
  });
  const paidOrder = (): Order => {
    const plain = order();
    const transactions = [
      payment('1', 'sale', 1500),
      payment('2', 'sale', 500),
      payment('3', 'authorization', 9),
    ];
    return { ...plain, payment: { ...plain.payment, transactions } };
  };
  const deposits = ({ emulator }: Bench) =>
    [...emulator.platform.account.deposits.values()].map((deposit) => deposit.payment);

  test('each payment is one deposit on the order; an authorization is none', async () => {
    const at = await bench({ deposits: 'paid' });
    expect((await at.deliver(paidOrder())).outcome.kind).toBe('done');
    expect(deposits(at)).toEqual(['15', '5']);
    expect((await at.deliver(paidOrder())).outcome.kind).toBe('done');
    expect(count(at, 'customerDeposit.created')).toBe(2);
    expect(count(at, 'salesOrder.created')).toBe(1);
  });

  test.each(['reset', 'reset-after'] as const)(
    'after "%s" at the second one none is missing, none is double, and the order is not saved again',
    async (kind) => {
      const at = await bench({ deposits: 'paid' });
      let seen = 0;
      at.emulator.faults.next(
        { kind },
        1,
        ({ method, path }) => method === 'PUT' && path.includes('/customerDeposit/') && (seen += 1) === 2,
      );
      expect((await at.deliver(paidOrder())).outcome.kind).toBe('done');
      expect(deposits(at)).toEqual(['15', '5']);
      expect(count(at, 'customerDeposit.created')).toBe(2);
      expect(at.emulator.platform.ordersUnder(key)).toMatchObject([{ version: 1 }]);
    },
  );

  test('a payment method without its row is named before anything is written', async () => {
    const at = await bench({ deposits: 'paid' });
    const odd = paidOrder();
    const [first] = odd.payment.transactions;
    const transactions = [{ ...first, method: 'barter' }];
    const bad = { ...odd, payment: { ...odd.payment, transactions } as Order['payment'] };
    expect(() => at.render(bad)).toThrow('payment-method');
  });

  test('by default none is booked', async () => {
    const at = await bench();
    await at.create(paidOrder());
    expect(deposits(at)).toEqual([]);
  });
});

describe('a sales order that somebody keyed by hand', () => {
  const read = (at: Bench, id: string) =>
    netsuite.readDocument?.({ type: 'salesOrder', id }, newCall({ timeoutMs: 5_000 }), at.client);

  test('is shown with all that its items are called, its total and the key that it carries', async () => {
    const at = await bench();
    const theirs = placeOrder(at.emulator.platform.account, 'WEB-77');
    expect(await read(at, theirs.id)).toMatchObject({
      kind: 'found',
      document: {
        ref: { type: 'salesOrder', id: theirs.id },
        number: 'SO1001',
        isCancelled: false,
        reference: 'WEB-77',
        total: { amountMinor: 2000, currency: 'GBP' },
        lines: [{ names: ['101', 'MUG-RED', 'eid:MUG-RED'], quantity: '2' }],
      },
    });
  });

  test('one of ours names our order, and one that is not there is absent', async () => {
    const at = await bench();
    await at.create(order());
    const [made] = at.emulator.platform.ordersUnder(key);
    expect(await read(at, made?.id ?? '')).toMatchObject({ document: { reference: 'order:shop:1001' } });
    expect(await read(at, '999')).toEqual({ kind: 'absent' });
    expect(await read(at, 'abc')).toEqual({ kind: 'absent' });
  });
});

describe('taking an order back', () => {
  test('closes its lines; again is no harm', async () => {
    const at = await bench();
    await at.create(order());
    expect((await at.cancel({ shopId: '1001' })).outcome.kind).toBe('done');
    expect((await at.cancel({ shopId: '1001' })).outcome.kind).toBe('done');
    expect(count(at, 'salesOrder.closed')).toBe(1);
  });

  test('or deletes it, where the retailer wants that', async () => {
    const at = await bench({ cancelBy: 'delete' });
    await at.create(order());
    expect((await at.cancel({ shopId: '1001' })).outcome.kind).toBe('done');
    expect(at.emulator.platform.ordersUnder(key)).toEqual([]);
  });

  test.each(['A', 'C'])('is too late once a fulfilment exists, even one in state %s', async (shipStatus) => {
    const at = await bench();
    await at.create(order());
    const [made] = at.emulator.platform.ordersUnder(key);
    at.emulator.platform.transform(made?.id ?? '', 'itemFulfillment', { shipStatus: { id: shipStatus } });
    expect((await at.cancel({ shopId: '1001' })).outcome).toMatchObject({
      kind: 'rejected',
      code: 'too-late',
    });
  });

  test('an order that is not there is rejected', async () => {
    const at = await bench();
    expect((await at.cancel({ id: '999' })).outcome).toMatchObject({ kind: 'rejected', code: 'not-found' });
  });

  test('an order that a script saves meanwhile is a conflict, and closed on the next attempt', async () => {
    const at = await bench();
    await at.create(order());
    const [made] = at.emulator.platform.ordersUnder(key);
    at.emulator.platform.slowSaves(100);
    const cancelled = at.cancel({ shopId: '1001' });
    setTimeout(() => at.emulator.platform.resave(made?.id ?? ''), 60);
    const { outcome } = await cancelled;
    expect(outcome.kind).toBe('done');
    expect(count(at, 'salesOrder.closed')).toBe(1);
  });
});

describe('the login', () => {
  test('one token serves many requests, and a revoked one is replaced at once', async () => {
    const at = await bench();
    await at.create(order('1001'));
    expect(at.emulator.platform.logins.liveTokens).toBe(1);
    at.emulator.platform.logins.revokeTokens();
    expect((await at.create(order('1002'))).kind).toBe('done');
    expect(at.emulator.platform.logins.liveTokens).toBe(1);
  });

  test('token-based authentication signs every request, its query included', async () => {
    const at = await bench({ auth: { method: 'tba', ...tokens } });
    expect((await at.create(order())).kind).toBe('done');
    expect((await at.poll('orders')).records).toHaveLength(1);
    expect(at.emulator.platform.logins.liveTokens).toBe(0);
  });

  test('a wrong realm, or a clock that is six minutes off, holds up the connection, not the order', async () => {
    const auth = { method: 'tba', ...tokens };
    const elsewhere = await bench({ auth, account: '7654321' });
    expect((await elsewhere.create(order())).kind).toBe('unauthorized');
    const late = await bench({ auth }, {}, () => Date.now() - 6 * 60_000);
    expect((await late.create(order())).kind).toBe('unauthorized');
  });

  test('an RSA key signs with PS256', async () => {
    const keys = rsaKeys();
    const auth = { method: 'oauth2', ...certificate, algorithm: 'PS256', privateKey: keys.privateKey };
    const at = await bench({ auth }, { oauth2: { ...certificate, publicKey: keys.publicKey } });
    expect((await at.create(order())).kind).toBe('done');
  });

  test('a key that does not fit the algorithm says so and quotes nothing', async () => {
    const at = await bench();
    const auth = { ...at.config.auth, algorithm: 'PS256' } as (typeof at.config)['auth'];
    const wrong = await bench({ auth: { ...auth } });
    expect(await wrong.create(order())).toEqual({
      kind: 'unauthorized',
      detail: 'login: the private key is no key for PS256',
    });
  });
});

describe('concurrency governance', () => {
  test('a request beyond the slots of the account is a rate limit, without effect', async () => {
    const at = await bench({}, { requestLimit: 3 });
    at.emulator.platform.slots.occupy(3);
    expect((await at.create(order())).kind).toBe('rate-limited');
    expect(at.emulator.platform.slots.use).toMatchObject({ refused: 1, others: 3 });
    at.emulator.platform.slots.occupy(0);
    expect((await at.create(order())).kind).toBe('done');
  });

  test.each(['SSS_REQUEST_LIMIT_EXCEEDED', 'REQUEST_LIMIT_EXCEEDED', 'ANYTHING_ELSE'])(
    'whatever its code is: %s',
    async (limitCode) => {
      const at = await bench({}, { requestLimit: 0, limitCode });
      expect((await at.create(order())).kind).toBe('rate-limited');
    },
  );

  test('as many as the account allows run side by side', async () => {
    const at = await bench({}, { requestLimit: 4, saveMs: 20 });
    await Promise.all(
      ['1', '2', '3', '4'].map((id) =>
        at.create(order(id, { with: { soldTo: { party: null, address: null } } })),
      ),
    );
    expect(at.emulator.platform.slots.use.refused).toBe(0);
    expect(count(at, 'salesOrder.created')).toBe(4);
  });
});
