import Big from 'big.js';
import { describe, expect, test } from 'vitest';
import { newCall } from '#connector-sdk/call.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import { salesforce } from './connector.ts';
import { orderConflictKeys } from './outbound/order-upsert.ts';
import { toExactJson } from '#connector-sdk/exact-json.ts';
import { fixtureOrder, orgBench, payloadOf } from './testing/org-bench.ts';
import { decimal } from '#canonical/decimal.ts';

const bag = (amountMinor: number, currency = 'USD') => ({
  shop: { amountMinor, currency, role: 'shop' },
  presentment: { amountMinor, currency, role: 'presentment' },
});
/** The order as another one of another buyer. */
const renumbered = (name: string, id: string, email?: string) =>
  fixtureOrder(name, (order) => {
    order['id'] = `order:web:${id}`;
    if (email !== undefined)
      for (const role of ['soldTo', 'billTo', 'shipTo', 'payer'])
        (order[role] as { party: { email: string } }).party.email = email;
  });
/** An order of many lines at 1.01 each. */
const bigOrder = (lines: number, more: (order: Record<string, unknown>) => void = () => {}) =>
  fixtureOrder('person', (order) => {
    const [first] = order['lines'] as OrderLine[];
    order['lines'] = Array.from({ length: lines }, (_, index) => ({
      ...first,
      id: `L${index}`,
      sku: `SKU-${index}`,
      ordered: '1',
      current: '1',
      subtotal: bag(101),
      taxes: [],
      unitPrice: { shop: '1.01', presentment: '1.01', per: '1' },
    }));
    order['shipping'] = [];
    order['totals'] = Object.fromEntries(
      Object.keys(order['totals'] as object).map((key) => [
        key,
        bag(['lines', 'grand', 'original'].includes(key) ? lines * 101 : 0),
      ]),
    );
    more(order);
  });
const order1001 = 'order:web:1001';

describe('amounts', () => {
  test.each([
    ['person', {}, '74.71'],
    ['mixed', {}, '82.41'],
    ['by-weight', {}, '14.99'],
    ['cancelled', {}, '74.71'],
    ['edited', {}, '18.41'],
    ['two-currencies', { currency: 'EUR' }, '32.96'],
  ])('amounts reach the CRM to the cent: %s', async (name, org, total) => {
    await using bench = await orgBench(
      { currencies: { [(org as { currency?: string }).currency ?? 'USD']: 2 } },
      org,
    );
    const order = fixtureOrder(name);
    expect(await bench.send(payloadOf(order))).toMatchObject({ kind: 'done' });
    expect(bench.org.find('Order', order.id)?.['TotalAmount']).toBe(Number(total));
    const created = bench.emulator.journal.effects.find((effect) => effect.type === 'order.created');
    expect(created?.data).toMatchObject({ total: new Big(total).toFixed() });
  });
  test('a fee line with a discount is charged once, less its discount', async () => {
    await using bench = await orgBench();
    const order = fixtureOrder('mixed', (body) => {
      const fee = (body['lines'] as Record<string, unknown>[])[2];
      if (fee !== undefined) fee['discounts'] = [{ discountId: 'd1', amount: bag(100) }];
      const totals = body['totals'] as Record<string, unknown>;
      Object.assign(totals, { discounts: bag(1251), grand: bag(8141), original: bag(8141) });
    });
    expect(await bench.send(payloadOf(order))).toMatchObject({ kind: 'done' });
    expect(bench.org.find('Order', order.id)?.['TotalAmount']).toBe(81.41);
  });
  test('an amount is written digit for digit, beyond what a float can hold', () => {
    expect(
      toExactJson({ UnitPrice: { decimal: decimal('123456789012345678.10') }, Name: '{"decimal":"1"}' }),
    ).toBe('{"UnitPrice":123456789012345678.10,"Name":"{\\"decimal\\":\\"1\\"}"}');
  });
  test("a currency without decimals stays whole, and price book entries are of the order's currency", async () => {
    await using bench = await orgBench(
      { multiCurrency: true, currencies: { EUR: 2, JPY: 0 } },
      { currency: 'EUR', multiCurrency: true },
    );
    expect(await bench.send(payloadOf(fixtureOrder('two-currencies')))).toMatchObject({ kind: 'done' });
    expect(bench.org.find('Order', 'order:web:3001')).toMatchObject({
      CurrencyIsoCode: 'JPY',
      TotalAmount: 5340,
    });
    expect(bench.org.records('PricebookEntry').map((entry) => entry['CurrencyIsoCode'])).toEqual([
      'JPY',
      'JPY',
    ]);
  });
  test('a part that went missing between source and CRM is unmappable, not a smaller total', async () => {
    await using bench = await orgBench();
    const order = fixtureOrder('person', (body) => {
      body['shipping'] = [];
    });
    expect(() => bench.render(payloadOf(order))).toThrow(
      /order\.totals\.grand: 74\.71 USD, but the parts come to 69\.71 USD/,
    );
  });
});

describe('accounts', () => {
  test('guests do not share a bucket account', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(renumbered('guest', '1', 'a@example.com')));
    await bench.send(payloadOf(renumbered('guest', '2', 'b@example.com')));
    await bench.send(payloadOf(renumbered('guest', '3', ' A@example.com ')));
    expect(bench.org.records('Account')).toHaveLength(2);
    expect(bench.org.records('Contact').map((contact) => contact['Email'])).toEqual([
      'a@example.com',
      'b@example.com',
    ]);
  });
  test('guests at a till whose address everybody gives are told apart by order', async () => {
    await using bench = await orgBench({}, { sharedEmails: ['Till@example.com'] });
    await bench.send(payloadOf(renumbered('guest', '1', 'till@example.com')));
    await bench.send(payloadOf(renumbered('guest', '2', 'till@example.com')));
    expect(bench.org.records('Account')).toHaveLength(2);
  });
  test('ids that differ in capitals only are two customers, although Salesforce compares external ids without case', async () => {
    await using bench = await orgBench();
    for (const id of ['AbC', 'aBc']) {
      await bench.send(
        payloadOf(
          fixtureOrder('person', (order) => {
            order['id'] = `order:web:${id}`;
            (order['soldTo'] as { party: { ref: { id: string } } }).party.ref.id = id;
          }),
        ),
      );
    }
    expect(bench.org.records('Account')).toHaveLength(2);
    expect(bench.org.records('Order')).toHaveLength(2);
  });
  test('an account that exists belongs to the CRM and is left alone', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(fixtureOrder('person')));
    const account = bench.org.find('Account', 'customer:web:501');
    bench.org.tamper('Account', account?.Id ?? '', { Phone: 'corrected by an agent' });
    await bench.send(payloadOf(fixtureOrder('person'), { status: 'shipped' }));
    expect(bench.org.find('Account', 'customer:web:501')?.['Phone']).toBe('corrected by an agent');
    expect(bench.count('account.updated')).toBe(0);
  });
  test('a company has one account, its buyer is a contact in it, and the order bills to that contact', async () => {
    await using bench = await orgBench({ currencies: { GBP: 2 } }, { currency: 'GBP' });
    await bench.send(payloadOf(fixtureOrder('company')));
    const contact = bench.org.find('Contact', 'company:web:77/contact:601');
    const account = bench.org.find('Account', 'company:web:77');
    expect(contact).toMatchObject({ LastName: 'Builder', AccountId: account?.Id });
    expect(bench.org.find('Order', 'order:web:2001')).toMatchObject({
      AccountId: account?.Id,
      BillToContactId: contact?.Id,
      PoNumber: 'PO-4711',
    });
  });
  test('a private buyer is a person account where the org has them', async () => {
    const probe = await orgBench({ personAccounts: true });
    const type = probe.org.ids.get('PersonAccount') ?? '';
    await probe[Symbol.asyncDispose]();
    await using bench = await orgBench(
      { personAccounts: true },
      { personAccounts: true, accountModel: 'person', recordTypeIds: { personAccount: type } },
    );
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({ kind: 'done' });
    expect(bench.org.records('Account')).toMatchObject([
      { IsPersonAccount: true, Name: 'Ada Byron', PersonEmail: 'ada@example.com' },
    ]);
    expect(bench.org.records('Contact')).toEqual([]);
  });
  test('a guest who turns out to be a customer takes the draft order along', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(renumbered('guest', '1001')));
    await bench.send(payloadOf(fixtureOrder('person')));
    expect(bench.org.find('Order', order1001)?.['AccountId']).toBe(
      bench.org.find('Account', 'customer:web:501')?.Id,
    );
  });
});

describe('row locks', () => {
  test('two orders of one account never run at once: the parent account is a conflict key', async () => {
    await using bench = await orgBench();
    const keys = (id: string) => orderConflictKeys(bench.render(payloadOf(renumbered('person', id))));
    expect(keys('1')).toEqual(['Account:customer:web:501']);
    expect(keys('2')).toEqual(keys('1'));
  });
  test('a locked row is a conflict and never feeds the breaker', async () => {
    await using bench = await orgBench({ lockHoldMs: 400, lockWaitMs: 50 });
    await bench.send(payloadOf(fixtureOrder('person')));
    const outcomes = await Promise.all(
      ['1', '2', '3'].map((id) => bench.send(payloadOf(renumbered('person', id)))),
    );
    expect(outcomes.filter((outcome) => outcome.kind === 'done')).toHaveLength(1);
    for (const outcome of outcomes.filter((candidate) => candidate.kind !== 'done')) {
      expect(outcome).toMatchObject({
        kind: 'conflict',
        stale: false,
        detail: expect.stringContaining('UNABLE_TO_LOCK_ROW') as string,
      });
    }
  });
  test('a lock that ends in time is only a wait', async () => {
    await using bench = await orgBench({ lockHoldMs: 30 });
    await bench.send(payloadOf(fixtureOrder('person')));
    const outcomes = await Promise.all(
      ['1', '2', '3'].map((id) => bench.send(payloadOf(renumbered('person', id)))),
    );
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['done', 'done', 'done']);
  });
  test('two workers that make one account at once: one makes it, the other meets a conflict and then finds it', async () => {
    await using bench = await orgBench({ lockHoldMs: 60 });
    await bench.send(payloadOf(renumbered('person', '0', 'warm@example.com')));
    const requests = ['1', '2'].map((id) =>
      bench.render(payloadOf(renumbered('guest', id, 'new@example.com'))),
    );
    const outcomes = await Promise.all(requests.map((request) => bench.sendRequest(request)));
    expect(outcomes.map((outcome) => outcome.kind).toSorted()).toEqual(['conflict', 'done']);
    for (const request of requests) expect(await bench.sendRequest(request)).toMatchObject({ kind: 'done' });
    expect(bench.org.records('Account')).toHaveLength(2);
  });
});

describe('once', () => {
  test('an upsert whose answer was lost has one effect', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(renumbered('person', '0')));
    const request = bench.render(payloadOf(fixtureOrder('person')));
    bench.emulator.faults.next(
      { kind: 'reset-after' },
      1,
      ({ path, body }) => path.endsWith('/composite') && body.includes('PATCH'),
    );
    expect(await bench.sendRequest(request)).toMatchObject({ kind: 'outcome-unknown' });
    expect(await bench.sendRequest(request)).toMatchObject({ kind: 'done' });
    expect(bench.emulator.journal.counts('order.created').get(order1001)).toBe(1);
    expect(bench.count('orderitem.created')).toBe(8);
  });
  test('a lost answer of a look-up is unavailable: nothing can have happened', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(renumbered('person', '0')));
    bench.emulator.faults.next({ kind: 'reset-after' });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({ kind: 'unavailable' });
  });
  test('an order in steady state costs two calls, whatever it holds', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(fixtureOrder('person')));
    const before = bench.org.allowance.used;
    await bench.send(payloadOf(renumbered('person', '2')));
    expect(bench.org.allowance.used - before).toBe(2);
  });
  test('a newer status touches neither account nor items', async () => {
    await using bench = await orgBench(
      { customFields: { Order: [{ name: 'Shop_Status__c', type: 'string', length: 40 }] } },
      { orderFields: { status: 'Shop_Status__c' } },
    );
    await bench.send(payloadOf(fixtureOrder('person')));
    const before = bench.emulator.journal.effects.length;
    await bench.send(payloadOf(fixtureOrder('person'), { status: 'shipped' }));
    expect(bench.emulator.journal.effects.slice(before).map((effect) => effect.type)).toEqual([
      'order.updated',
    ]);
    expect(bench.org.find('Order', order1001)?.['Shop_Status__c']).toBe('shipped');
  });
});

describe('items', () => {
  test('a line that was removed goes from the draft, a changed one changes, and what an agent added stays', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(fixtureOrder('person')));
    const [mine] = bench.org.records('OrderItem');
    bench.org.seed('OrderItem', {
      ...mine,
      Tallyport_Id__c: null,
      Description: 'added by an agent',
      UnitPrice: 0,
      Quantity: 1,
    });
    await bench.send(payloadOf(fixtureOrder('edited')));
    expect(
      bench.org
        .records('OrderItem')
        .map((item) => [item['Description'], item['Quantity'], item['UnitPrice']]),
    ).toEqual([
      ['Enamel mug', 1, 12.5],
      ['Standard shipping', 1, 5],
      ['Tax', 1, 0.91],
      ['added by an agent', 1, 0],
    ]);
    expect(bench.org.find('Order', order1001)?.['TotalAmount']).toBe(18.41);
  });
  test('quantity and price are always sent together, since Salesforce adapts the one to the other', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(fixtureOrder('person')));
    const [item] = bench.org.records('OrderItem');
    const patch = await bench.client.ask(
      { method: 'PATCH', path: `/sobjects/OrderItem/${item?.Id}`, body: { Quantity: 4 }, effect: 'write' },
      newCall({ timeoutMs: 5_000 }),
    );
    expect(patch.ok).toBe(true);
    expect(bench.org.records('OrderItem')[0]).toMatchObject({ Quantity: 4, UnitPrice: 6.25 });
    await bench.send(payloadOf(fixtureOrder('person')));
    expect(bench.org.records('OrderItem')[0]).toMatchObject({ Quantity: 2, UnitPrice: 12.5 });
  });
  test('an order of more than 200 lines is sent in transactions of 200 and complete in the end', async () => {
    await using bench = await orgBench();
    expect(await bench.send(payloadOf(bigOrder(450)))).toMatchObject({ kind: 'done' });
    expect(bench.org.records('OrderItem')).toHaveLength(450);
    expect(bench.org.find('Order', order1001)?.['TotalAmount']).toBe(454.5);
    await bench.send(
      payloadOf(
        bigOrder(3, (order) => {
          order['refunds'] = [];
        }),
      ),
    );
    expect(bench.org.records('OrderItem')).toHaveLength(3);
  });
  test('an order cut off between its transactions is completed by the same bytes', async () => {
    await using bench = await orgBench();
    const request = bench.render(payloadOf(bigOrder(450)));
    bench.emulator.faults.next(
      { kind: 'reset' },
      1,
      ({ path, body }) =>
        path.endsWith('/composite') && body.includes('addedItems') && !body.includes('/sobjects/Order/'),
    );
    expect(await bench.sendRequest(request)).toMatchObject({ kind: 'outcome-unknown' });
    expect(bench.org.records('OrderItem')).toHaveLength(200);
    expect(await bench.sendRequest(request)).toMatchObject({ kind: 'done' });
    expect(bench.count('orderitem.created')).toBe(450);
  });
  test('the standard price book gets its entry before any other', async () => {
    const first = await orgBench({ priceBooks: ['Web'] });
    const priceBookId = first.org.ids.get('Web') ?? '';
    await first[Symbol.asyncDispose]();
    await using bench = await orgBench({ priceBooks: ['Web'] }, { priceBookId });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({ kind: 'done' });
    expect(bench.org.find('Order', order1001)?.['Pricebook2Id']).toBe(priceBookId);
    expect(bench.count('pricebookentry.created')).toBe(8);
  });
  test('a price book entry that was removed behind our back is made again', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(renumbered('person', '1')));
    for (const entry of bench.org.records('PricebookEntry')) bench.org.erase('PricebookEntry', entry.Id);
    expect(await bench.send(payloadOf(renumbered('person', '2')))).toMatchObject({ kind: 'done' });
  });
  test('an order waits for no product twice: many orders of one product make one product', async () => {
    await using bench = await orgBench();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        bench.send(payloadOf(renumbered('guest', `n${index}`, `n${index}@example.com`))),
      ),
    );
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(8).fill('done'));
    expect(bench.org.records('Product2')).toHaveLength(4);
  });
  test('a product that must exist and does not is rejected, by name', async () => {
    await using bench = await orgBench({}, { products: 'must-exist' });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'rejected',
      code: 'product-missing',
      detail: expect.stringContaining('sku:MUG-BLUE') as string,
    });
  });
});

describe('activation', () => {
  const activated = {
    orderMode: 'activated',
    statuses: Object.fromEntries(
      ['released', 'partially-shipped', 'shipped', 'invoiced', 'closed'].map((status) => [
        status,
        'Activated',
      ]),
    ),
    orderFields: { status: 'Shop_Status__c' },
  };
  const options = {
    customFields: { Order: [{ name: 'Shop_Status__c', type: 'string', length: 40 } as const] },
  };

  test('an order is made as a draft, gets its items, and only then is activated', async () => {
    await using bench = await orgBench(options, activated);
    expect(await bench.send(payloadOf(fixtureOrder('person'), { status: 'released' }))).toMatchObject({
      kind: 'done',
    });
    expect(bench.org.find('Order', order1001)).toMatchObject({ StatusCode: 'Activated', TotalAmount: 74.71 });
  });
  test('an activated order takes a newer status and nothing else is touched', async () => {
    await using bench = await orgBench(options, activated);
    await bench.send(payloadOf(fixtureOrder('person'), { status: 'released' }));
    const before = bench.emulator.journal.effects.length;
    expect(await bench.send(payloadOf(fixtureOrder('person'), { status: 'cancelled' }))).toMatchObject({
      kind: 'done',
    });
    expect(bench.org.find('Order', order1001)).toMatchObject({
      StatusCode: 'Activated',
      Shop_Status__c: 'cancelled',
    });
    expect(bench.emulator.journal.effects.length - before).toBe(1);
  });
  test('a cancelled order keeps its frozen items, so that the cancellation still reaches the CRM', async () => {
    await using bench = await orgBench(options, activated);
    await bench.send(payloadOf(fixtureOrder('person'), { status: 'released' }));
    expect(await bench.send(payloadOf(fixtureOrder('cancelled'), { status: 'cancelled' }))).toMatchObject({
      kind: 'done',
    });
  });
  test('a change to frozen items is rejected with its own code, and nothing was tried', async () => {
    await using bench = await orgBench(options, activated);
    await bench.send(payloadOf(fixtureOrder('person'), { status: 'released' }));
    const before = bench.emulator.journal.effects.length;
    expect(await bench.send(payloadOf(fixtureOrder('edited'), { status: 'released' }))).toMatchObject({
      kind: 'rejected',
      code: 'order-frozen',
      field: 'OrderItems',
    });
    expect(bench.emulator.journal.effects.length).toBe(before);
  });
  test('the account of an activated order is frozen too', async () => {
    await using bench = await orgBench(options, activated);
    await bench.send(payloadOf(renumbered('guest', '1001'), { status: 'released' }));
    expect(await bench.send(payloadOf(fixtureOrder('person'), { status: 'released' }))).toMatchObject({
      kind: 'rejected',
      code: 'order-frozen',
      field: 'AccountId',
    });
  });
  test('a big order is activated after its last transaction', async () => {
    await using bench = await orgBench(options, activated);
    expect(await bench.send(payloadOf(bigOrder(250), { status: 'shipped' }))).toMatchObject({ kind: 'done' });
    expect(bench.org.find('Order', order1001)).toMatchObject({ StatusCode: 'Activated', TotalAmount: 252.5 });
  });
});

describe('refusals of the org', () => {
  test('a composite reply of 200 with a failed part is a failure, and the whole was rolled back', async () => {
    await using bench = await orgBench({
      saveRules: [
        {
          object: 'OrderItem',
          refuses: (item) => item['Description'] === 'Wool scarf',
          message: 'no scarves',
          field: 'Description',
        },
      ],
    });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'rejected',
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      field: 'Description',
    });
    expect(bench.org.records('Order')).toEqual([]);
    expect(bench.org.records('Account')).toEqual([]);
  });
  test('a trigger that met a lock is a conflict, whatever code it fails with', async () => {
    await using bench = await orgBench({
      saveRules: [
        {
          object: 'Order',
          refuses: () => true,
          code: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
          message: 'OrderTrigger: System.DmlException: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access',
        },
      ],
    });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'conflict',
      stale: false,
    });
  });
  test('a status that the picklist lacks is rejected with its field', async () => {
    await using bench = await orgBench({}, { statuses: { captured: 'New' } });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'rejected',
      code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      field: 'Status',
    });
  });
  test('a field that does not exist or may not be seen is rejected', async () => {
    await using bench = await orgBench({}, { orderFields: { erpNumber: 'Missing__c' } });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'rejected',
      code: 'INVALID_FIELD',
    });
  });
  test('a duplicate rule that alerts is passed, one that blocks rejects', async () => {
    const twin = () =>
      payloadOf(
        fixtureOrder('person', (order) => {
          order['id'] = 'order:web:2';
          (order['soldTo'] as { party: { ref: { id: string } } }).party.ref.id = '502';
        }),
      );
    for (const [action, duplicateRules, kind] of [
      ['alert', 'allow-save', 'done'],
      ['alert', 'enforce', 'rejected'],
      ['block', 'allow-save', 'rejected'],
    ] as const) {
      await using bench = await orgBench(
        { duplicateRules: [{ name: 'Same_Email', object: 'Contact', field: 'Email', action }] },
        {},
        { duplicateRules },
      );
      await bench.send(payloadOf(fixtureOrder('person')));
      expect(await bench.send(twin()), `${action}, ${duplicateRules}`).toMatchObject(
        kind === 'done' ? { kind } : { kind, code: 'DUPLICATES_DETECTED' },
      );
    }
  });
  test('an external id that two records carry is rejected as ambiguous', async () => {
    await using bench = await orgBench({ externalIdUnique: false });
    for (const PoNumber of ['1', '2'])
      bench.org.seed('Order', { Tallyport_Id__c: order1001, StatusCode: 'Draft', Status: 'Draft', PoNumber });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'rejected',
      code: 'ambiguous-external-id',
    });
  });
});

describe('the account', () => {
  test('a session that ended is renewed once, and the order goes on', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(fixtureOrder('person')));
    bench.org.oauth.expireSessions();
    expect(await bench.send(payloadOf(renumbered('person', '2')))).toMatchObject({ kind: 'done' });
    expect(bench.org.oauth.logins).toBe(2);
  });
  test('ten calls without a session log in once', async () => {
    await using bench = await orgBench();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        bench.send(payloadOf(renumbered('guest', `${index}`, `${index}@example.com`))),
      ),
    );
    expect(bench.org.oauth.logins).toBe(1);
  });
  test.each([
    ['audience', { audience: 'https://elsewhere.example' }],
    ['user', { username: 'nobody@example.com' }],
    ['consumer', { consumerKey: 'other' }],
    ['key', { privateKey: '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----' }],
  ])('a login refused for its %s is unauthorized', async (_what, wrong) => {
    await using bench = await orgBench();
    const auth = { ...bench.config.auth, ...wrong } as typeof bench.config.auth;
    const client = salesforce.open({ ...bench.config, auth }, bench.services);
    expect(await salesforce.probe(newCall({ timeoutMs: 5_000 }), client)).toMatchObject({
      kind: 'unauthorized',
    });
  });
  test('client credentials log in as well', async () => {
    await using bench = await orgBench(
      {},
      {},
      {
        auth: {
          flow: 'client-credentials',
          clientId: 'emulated-consumer-key',
          clientSecret: 'emulated-consumer-secret',
        },
      },
    );
    expect(await salesforce.probe(newCall({ timeoutMs: 5_000 }), bench.client)).toMatchObject({
      kind: 'done',
    });
  });
  test('every reply tells the limiter what is left of the day', async () => {
    await using bench = await orgBench({ dailyApiRequests: 100 });
    await salesforce.probe(newCall({ timeoutMs: 5_000 }), bench.client);
    expect(bench.services.reports).toEqual([{ available: 99, capacity: 100 }]);
  });
  test('a used-up allocation is rate-limited for a long while, and says so to the limiter', async () => {
    await using bench = await orgBench({ dailyApiRequests: 1 });
    await salesforce.probe(newCall({ timeoutMs: 5_000 }), bench.client);
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 900_000,
    });
    expect(bench.services.reports.at(-1)).toEqual({ pausedForMs: 900_000 });
  });
  test('how long a used-up allocation is left alone can be set', async () => {
    await using bench = await orgBench({ dailyApiRequests: 1 }, {}, { usedUpPauseMs: 60_000 });
    await salesforce.probe(newCall({ timeoutMs: 5_000 }), bench.client);
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 60_000,
    });
    expect(bench.services.reports.at(-1)).toEqual({ pausedForMs: 60_000 });
  });
  test('too many long calls at once are rate-limited for seconds', async () => {
    await using bench = await orgBench({ longCalls: 0 });
    expect(await bench.send(payloadOf(fixtureOrder('person')))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 10_000,
    });
  });
  test("our own share of the day ends before the org's, without a call", async () => {
    await using bench = await orgBench({}, {}, { callsPerDay: 1 });
    await salesforce.probe(newCall({ timeoutMs: 5_000 }), bench.client);
    const used = bench.org.allowance.used;
    expect(bench.services.reports.at(-1)).toEqual({ available: 0, capacity: 1 });
    expect(await salesforce.probe(newCall({ timeoutMs: 5_000 }), bench.client)).toMatchObject({
      kind: 'rate-limited',
    });
    expect(bench.org.allowance.used).toBe(used);
  });
  test('our changes carry our name, so that they can be told from others', async () => {
    await using bench = await orgBench();
    await bench.send(payloadOf(fixtureOrder('person')));
    expect(
      bench.emulator.journal.effects.map((effect) => (effect.data as { client: string }).client),
    ).toEqual(bench.emulator.journal.effects.map(() => 'Tallyport'));
  });
});
