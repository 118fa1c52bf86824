import { afterEach, expect, test } from 'vitest';
import { setCrosswalk } from '#journal/crosswalk-import.ts';
import { type ProductUnderTest, productUnderTest } from './product-under-test.ts';

// Each test is a pain that users of other products reported; the behaviour that ends it is the test's name.

let product: ProductUnderTest;
afterEach(() => product.stop());
const ms = 90_000;
const entity = (orderId: string): string => `order:shopify-us:${orderId}`;

test(
  'the main job: a signed webhook ends as one sale in the ERP and one order with its account in the CRM, and the shipment comes back',
  { timeout: ms },
  async () => {
    product = await productUnderTest();
    const { erp, crm, shop } = product;
    const order = product.placeOrder();
    await product.delivered(order.id);
    expect(product.salesOf(order.id)).toMatchObject([{ total: '39.80' }]);
    const [sale] = erp.platform.salesWith(entity(order.id));
    erp.platform.ship(sale?.id ?? 0, { parts: 2, tracking: ['1Z1', '1Z2'] });
    await expect
      .poll(() => shop.journal.effects.filter((effect) => effect.type === 'fulfillment.created').length, {
        timeout: 30_000,
      })
      .toBe(2);
    erp.platform.invoice(sale?.id ?? 0, { paid: true });
    await expect
      .poll(
        async () =>
          (
            await product.rows<{ status: string }>(
              `select state::json->>'status' as status from instance where entity = $1`,
              [entity(order.id)],
            )
          )[0]?.status,
        { timeout: 30_000 },
      )
      .toBe('closed');
    expect(crm.journal.counts('account.created').size).toBe(1);
    await expect
      .poll(async () => (await product.parked()).map((each) => each.detail), { timeout: 10_000 })
      .toEqual([]);
  },
);

test(
  'pain 2: orders whose webhook never came are found by a poll that overlaps, and only once',
  { timeout: ms },
  async () => {
    product = await productUnderTest({ webhooks: { dropped: 1 } });
    const orders = [product.placeOrder(), product.placeOrder(), product.placeOrder()];
    for (const { id } of orders) await product.delivered(id);
    expect(product.shop.platform.webhooks.counts.accepted).toBe(0);
    const polled = await product.rows<{ via: string }>('select distinct via from message');
    expect(polled).toEqual([{ via: 'poll' }]);
    for (const { id } of orders) expect(product.salesOf(id)).toHaveLength(1);
  },
);

test(
  'pain 3: identical webhooks at the same instant are one message and one order',
  { timeout: ms },
  async () => {
    product = await productUnderTest({
      webhooks: { dropped: 1 },
      variables: { TALLYPORT_POLL_INTERVAL_SCALE: '100' },
    });
    const order = product.placeOrder();
    const body = product.bodyOf(order.id);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => product.deliver('orders/create', 'event-1', body)),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    await product.delivered(order.id);
    expect(
      await product.rows(`select count(*)::int as messages from message where topic = 'orders/create'`),
    ).toEqual([{ messages: 1 }]);
    expect(product.salesOf(order.id)).toHaveLength(1);
  },
);

test(
  'pain 4: an old webhook that comes back imports nothing, however long its delivery id is forgotten',
  { timeout: ms },
  async () => {
    product = await productUnderTest();
    const order = product.placeOrder();
    const old = product.bodyOf(order.id);
    await product.delivered(order.id);
    product.shop.platform.shop.editOrder(order.id, {
      add: { sku: 'NW-TEE-BLK-M', title: 'Tee', quantity: 1, price: '19.90' },
    });
    await expect.poll(async () => (await product.rows('select * from inbox')).length).toBe(0);
    await product.rows('delete from seen');
    expect(await product.deliver('orders/create', 'came-back', old)).toBe(200);
    await expect
      .poll(
        async () =>
          (
            await product.rows(
              `select e.disposition from event_log e join message m using (tenant, message_id) where m.source_event_id = 'came-back'`,
            )
          )[0],
        { timeout: 20_000 },
      )
      .toEqual({ disposition: 'superseded' });
    expect(product.salesOf(order.id)).toHaveLength(1);
  },
);

test('pain 5: create and update webhooks together make one order', { timeout: ms }, async () => {
  product = await productUnderTest({
    webhooks: { dropped: 1 },
    variables: { TALLYPORT_POLL_INTERVAL_SCALE: '100' },
  });
  const order = product.placeOrder();
  const body = product.bodyOf(order.id);
  await Promise.all([
    product.deliver('orders/updated', 'u1', body),
    product.deliver('orders/create', 'c1', body),
    product.deliver('orders/updated', 'u2', body),
  ]);
  await product.delivered(order.id);
  expect(product.salesOf(order.id)).toHaveLength(1);
  expect(product.crm.journal.counts('order.created').get(entity(order.id))).toBe(1);
});

test(
  'pain 6: "paid" before "created", and a payment before its order, end as the same one order',
  { timeout: ms },
  async () => {
    product = await productUnderTest({
      webhooks: { dropped: 1 },
      variables: { TALLYPORT_POLL_INTERVAL_SCALE: '100' },
    });
    const order = product.placeOrder();
    const body = product.bodyOf(order.id);
    const number = order.id;
    const transaction = `{"id":${BigInt(number) + 1n},"admin_graphql_api_id":"gid://shopify/OrderTransaction/1","order_id":${number},"kind":"sale","gateway":"manual","status":"success","amount":"39.80","currency":"USD","test":false,"created_at":"2026-11-24T10:00:00Z","processed_at":"2026-11-24T10:00:00Z"}`;
    expect(await product.deliver('order_transactions/create', 't1', transaction)).toBe(200);
    expect(await product.deliver('orders/paid', 'p1', body)).toBe(200);
    expect(await product.deliver('orders/create', 'c1', body)).toBe(200);
    await product.delivered(order.id);
    expect(product.salesOf(order.id)).toHaveLength(1);
  },
);

test(
  'pain 8: one unmapped value parks its order with a proposed row, stops no other, and goes on by itself when the row appears',
  { timeout: ms },
  async () => {
    product = await productUnderTest();
    const odd = product.placeOrder({
      lines: [{ sku: 'NW-TEE-BLK-M', title: 'Tee', price: '10.00', taxRate: 0.0725 }],
      taxTitle: 'Moon tax',
    });
    const plain = product.placeOrder();
    await product.delivered(plain.id);
    await expect
      .poll(
        async () =>
          (await product.parked()).filter((each) => each.kind === 'command').map((each) => each.cause),
        { timeout: 20_000 },
      )
      .toEqual(['unmappable']);
    const proposals = await product.rows<{ connection: string; crosswalk_table: 'tax-code'; key: string }>(
      `select connection, crosswalk_table, key from crosswalk where status = 'proposed'`,
    );
    expect(proposals).toHaveLength(1);
    const [row] = proposals;
    if (row === undefined) throw new Error('no row was proposed');
    expect(row.crosswalk_table).toBe('tax-code');
    await setCrosswalk(
      product.running.database,
      product.tenant,
      { connection: row.connection, table: row.crosswalk_table, key: row.key, value: 'California 7.25%' },
      'ann',
    );
    await product.delivered(odd.id);
    await expect.poll(() => product.parked(), { timeout: 10_000 }).toEqual([]);
  },
);

test('pain 12: shop and presentment currency never meet in one document', { timeout: ms }, async () => {
  product = await productUnderTest();
  const order = product.placeOrder({
    presentmentCurrency: 'EUR',
    rate: '0.9173',
    lines: [{ sku: 'NW-TEE-BLK-M', title: 'Tee', quantity: 3, price: '19.99' }],
  });
  await product.delivered(order.id);
  const record = product.shop.platform.shop.orders.get(`gid://shopify/Order/${order.id}`);
  const { presentmentMoney } = record?.totalPriceSet ?? { presentmentMoney: null };
  expect(presentmentMoney?.currencyCode).toBe('EUR');
  expect(product.salesOf(order.id)).toMatchObject([{ total: presentmentMoney?.amount }]);
});

test(
  'pain 13: tax rounded by line in the shop and by document in the ERP still gives the same total to the cent',
  { timeout: ms },
  async () => {
    product = await productUnderTest();
    const lines = [1, 2, 3, 4, 5].map((n) => ({
      sku: 'NW-TEE-BLK-M',
      title: `Tee ${n}`,
      price: '1.93',
      taxRate: 0.0725,
    }));
    const order = product.placeOrder({ lines, taxTitle: 'California State Tax' });
    await product.delivered(order.id);
    const record = product.shop.platform.shop.orders.get(`gid://shopify/Order/${order.id}`);
    expect(product.salesOf(order.id)).toMatchObject([
      { total: record?.totalPriceSet.presentmentMoney.amount },
    ]);
  },
);

test(
  'pain 19: an error that GraphQL answers with 200 is a failure, and is seen',
  { timeout: ms },
  async () => {
    product = await productUnderTest();
    const order = product.placeOrder();
    await product.delivered(order.id);
    const body = JSON.stringify({
      data: {
        fulfillmentCreate: {
          fulfillment: null,
          userErrors: [{ field: ['fulfillment'], message: 'Location is closed' }],
        },
      },
      extensions: {
        cost: {
          requestedQueryCost: 10,
          actualQueryCost: 10,
          throttleStatus: { maximumAvailable: 20000, currentlyAvailable: 19990, restoreRate: 1000 },
        },
      },
    });
    product.shop.faults.next(
      { kind: 'answer', status: 200, headers: { 'x-shopify-api-version': '2026-10' }, body },
      1,
      (request) => request.body.includes('fulfillmentCreate'),
    );
    const [sale] = product.erp.platform.salesWith(entity(order.id));
    product.erp.platform.ship(sale?.id ?? 0, { parts: 1, tracking: ['1Z9'] });
    await expect
      .poll(async () => (await product.parked()).find((each) => each.kind === 'command')?.detail, {
        timeout: 30_000,
      })
      .toContain('Location is closed');
    expect(product.shop.journal.counts('fulfillment.created').size).toBe(0);
  },
);

test('pain 20: answers of "too many" drop nothing', { timeout: ms }, async () => {
  product = await productUnderTest();
  product.erp.faults.next({ kind: 'answer', status: 429 }, 8);
  product.crm.faults.next({ kind: 'answer', status: 503 }, 8);
  const orders = Array.from({ length: 10 }, () => product.placeOrder());
  await expect
    .poll(() => orders.filter(({ id }) => product.salesOf(id).length === 1).length, { timeout: 60_000 })
    .toBe(10);
  for (const { id } of orders) await product.delivered(id);
  await expect.poll(() => product.parked(), { timeout: 10_000 }).toEqual([]);
});

test(
  'pain 23: a token that ends is renewed once for all, and no order is lost over it',
  { timeout: ms },
  async () => {
    product = await productUnderTest();
    const before = product.placeOrder();
    await product.delivered(before.id);
    product.shop.platform.tokens.revokeAll();
    const orders = [product.placeOrder(), product.placeOrder(), product.placeOrder()];
    for (const { id } of orders) await product.delivered(id);
    const [sale] = product.erp.platform.salesWith(entity(before.id));
    product.erp.platform.ship(sale?.id ?? 0, { parts: 1, tracking: ['1Z7'] });
    await expect
      .poll(() => product.shop.journal.counts('fulfillment.created').size, { timeout: 30_000 })
      .toBe(1);
  },
);

test(
  'pain 1: ten orders that the ERP took and lost are missed by name and value, without anybody asking',
  { timeout: ms },
  async () => {
    product = await productUnderTest({ rules: { census: { missingAfterMs: 1_500 } } });
    // An ERP that says yes to each sale and shows none of them to anybody who looks.
    product.erp.platform.delaySearches(600_000);
    const orders = Array.from({ length: 10 }, () => product.placeOrder());
    await expect
      .poll(async () => (await product.parked()).filter((each) => each.cause === 'missing-in-erp').length, {
        timeout: 40_000,
      })
      .toBe(10);
    const missing = (await product.parked()).filter((each) => each.cause === 'missing-in-erp');
    expect(new Set(missing.map((each) => each.entity))).toEqual(new Set(orders.map(({ id }) => entity(id))));
    expect(missing.reduce((total, each) => total + (each.valueMinor ?? 0), 0)).toBe(39_800);
  },
);
