import { afterEach, expect, test } from 'vitest';
import { type ProductUnderTest, productUnderTest } from '../pains/product-under-test.ts';

let product: ProductUnderTest;
afterEach(() => product.stop());
const timeout = 90_000;
const entity = (orderId: string): string => `order:shopify-us:${orderId}`;
const fulfilments = (): number => product.shop.journal.counts('fulfillment.created').size;
const away = { kind: 'answer', status: 503, body: '{}' } as const;
const breaker = async (connection: string) =>
  (
    await product.rows<{ state: string; cause: string | null }>(
      `select state, cause from connection_state where connection = $1`,
      [connection],
    )
  )[0];

test(
  'a shop whose token endpoint is away when its token ends gets its shipments when it is back, and nothing is parked',
  { timeout },
  async () => {
    product = await productUnderTest();
    const order = product.placeOrder();
    await product.delivered(order.id);
    product.shop.platform.tokens.revokeAll();
    product.shop.faults.often(away, 1, ({ path }) => path.includes('/oauth/'));
    const [sale] = product.erp.platform.salesWith(entity(order.id));
    product.erp.platform.ship(sale?.id ?? 0, { parts: 1, tracking: ['1Z1'] });
    await expect
      .poll(() => product.rows(`select from attempt where outcome in ('unavailable', 'unauthorized')`), {
        timeout: 30_000,
      })
      .not.toHaveLength(0);
    expect(fulfilments()).toBe(0);
    expect(product.shop.faults.injected.get('answer')).toBeGreaterThan(0);
    product.shop.faults.clear();
    await expect.poll(fulfilments, { timeout: 30_000 }).toBe(1);
    expect((await product.parked()).filter(({ kind }) => kind === 'command')).toEqual([]);
  },
);

test(
  'a CRM whose token endpoint is away gets its orders when it is back, while the ERP goes on',
  { timeout },
  async () => {
    product = await productUnderTest();
    const first = product.placeOrder();
    await product.delivered(first.id);
    product.crm.platform.oauth.expireSessions();
    product.crm.faults.often(away, 1, ({ path }) => path.includes('/oauth2/'));
    const orders = [product.placeOrder(), product.placeOrder(), product.placeOrder()];
    for (const { id } of orders)
      await expect.poll(() => product.salesOf(id).length, { timeout: 30_000 }).toBe(1);
    await expect
      .poll(() => product.crm.faults.injected.get('answer') ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(0);
    product.crm.faults.clear();
    for (const { id } of orders) await product.delivered(id);
    expect((await product.parked()).filter(({ kind }) => kind === 'command')).toEqual([]);
  },
);

test(
  'a CRM whose allowance for the day is used up is left alone as long as it says, is told to nobody as a failure, and loses no order',
  { timeout },
  async () => {
    product = await productUnderTest();
    const used = JSON.stringify([
      { message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' },
    ]);
    product.crm.faults.often(
      { kind: 'answer', status: 403, body: used },
      1,
      ({ path }) => !path.includes('/oauth2/'),
    );
    const orders = [product.placeOrder(), product.placeOrder()];
    for (const { id } of orders)
      await expect.poll(() => product.salesOf(id).length, { timeout: 30_000 }).toBe(1);
    await expect
      .poll(() => product.rows(`select from attempt where outcome = 'rate-limited'`), { timeout: 30_000 })
      .not.toHaveLength(0);
    const asked = product.crm.faults.injected.get('answer') ?? 0;
    expect(asked).toBeLessThan(10);
    expect(await breaker('salesforce')).toBeUndefined();
    expect((await product.parked()).filter(({ kind }) => kind === 'command')).toEqual([]);
  },
);

test(
  'a shop that is away altogether, webhooks and all, is caught up with when it is back',
  { timeout },
  async () => {
    product = await productUnderTest({ webhooks: { dropped: 1 } });
    product.shop.faults.often({ kind: 'reset' }, 1);
    const orders = [product.placeOrder(), product.placeOrder(), product.placeOrder()];
    await expect
      .poll(() => product.shop.faults.injected.get('reset') ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(1);
    expect(await product.rows('select from message')).toEqual([]);
    product.shop.faults.clear();
    for (const { id } of orders) await product.delivered(id);
    for (const { id } of orders) expect(product.salesOf(id)).toHaveLength(1);
  },
);

test(
  'subscriptions that nobody could look after at the start cost no order: polls find them',
  { timeout },
  async () => {
    product = await productUnderTest();
    const { subscriptions } = product.shop.platform.shop;
    subscriptions.splice(0);
    const order = product.placeOrder();
    await product.delivered(order.id);
    expect(
      await product.rows(`select distinct via from message where topic like '%order%' and entity = $1`, [
        entity(order.id),
      ]),
    ).toEqual([{ via: 'poll' }]);
  },
);
