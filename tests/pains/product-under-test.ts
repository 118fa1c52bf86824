import { createHmac } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { expect } from 'vitest';
import type { ShopifyEmulatorOptions } from '#connectors/shopify/emulator.ts';
import type { WebhookOptions } from '#connectors/shopify/emulator/webhook-options.ts';
import type { OrderInput } from '#connectors/shopify/emulator/order-input.ts';
import { bodyText, orderBody } from '#connectors/shopify/emulator/rest-body.ts';
import { inTransaction } from '#journal/database.ts';
import { listParked, type Parked } from '#ops/parked.ts';
import { readStatus, type Status } from '#ops/status.ts';
import { productEnvironment } from '#sandbox/platforms/product-environment.ts';
import type { TrytonPlatform } from '#connectors/tryton/emulator.ts';
import { type RetailerPlatforms, startPlatforms } from '#sandbox/platforms/retailer-platforms.ts';
import { setUps } from '#sandbox/platforms/set-ups.ts';
import { readEnvironment } from '#server/config/environment.ts';
import { type Running, startTallyport } from '#server/start.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import { testDatabase } from '../postgres/test-database.ts';

/** The whole product in process, with one retailer and its three emulated systems: what a pain of a user is played out on. */
export type ProductUnderTest = RetailerPlatforms<TrytonPlatform> & {
  readonly tenant: string;
  readonly running: Running;
  readonly gatewayUrl: string;
  /** The variables it was started with: what leads a command line to it. */
  readonly variables: Readonly<Record<string, string>>;
  placeOrder(order?: Partial<OrderInput>): { readonly id: string; readonly name: string };
  /** The order as a webhook shows it now. */
  bodyOf(orderId: string): string;
  /** One signed delivery, as the shop's own sender makes it; answers the status. */
  deliver(topic: string, eventId: string, body: string): Promise<number>;
  /** The sales that the ERP holds for an order. */
  salesOf(orderId: string): readonly { readonly total: string }[];
  status(): Promise<Status>;
  parked(): Promise<readonly Parked[]>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Waits until the order is in the ERP and in the CRM and nothing is left to do. */
  delivered(orderId: string): Promise<void>;
  stop(): Promise<void>;
};

async function deliver(
  gatewayUrl: string,
  { setUp }: RetailerPlatforms,
  topic: string,
  eventId: string,
  body: string,
): Promise<number> {
  const signature = createHmac('sha256', setUp.shop.clientSecret).update(body).digest('base64');
  const answer = await request(`${gatewayUrl}/webhooks/${setUp.profile.retailer}/${setUp.shopConnection}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': setUp.shop.shop,
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': eventId,
      'x-shopify-event-id': eventId,
      'x-shopify-triggered-at': new Date().toISOString(),
      'x-shopify-hmac-sha256': signature,
    },
  });
  await answer.body.dump();
  return answer.statusCode;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

/** A copy of the retailer's folder with other rules. Answers the folder above it. */
async function retailersWith(
  name: string,
  rules: Readonly<Record<string, unknown>>,
  directory: string,
): Promise<string> {
  const folder = join(directory, 'retailers', name);
  await cp(join('retailers', name), folder, { recursive: true });
  const file = join(folder, 'retailer.json');
  const retailer = JSON.parse(await readFile(file, 'utf8')) as { rules: Record<string, object> };
  retailer.rules['order-to-cash'] = { ...retailer.rules['order-to-cash'], ...rules };
  await writeFile(file, JSON.stringify(retailer));
  return join(directory, 'retailers');
}

export type ProductOptions = {
  readonly variables?: Readonly<Record<string, string>>;
  readonly webhooks?: WebhookOptions;
  readonly tokens?: ShopifyEmulatorOptions['tokens'];
  /** In place of (parts of) the retailer's own rules of order to cash. */
  readonly rules?: Readonly<Record<string, unknown>>;
};

export async function productUnderTest({
  variables = {},
  webhooks = {},
  tokens = {},
  rules = {},
}: ProductOptions = {}): Promise<ProductUnderTest> {
  const [first] = setUps;
  if (first === undefined) throw new Error('the sandbox has no retailer');
  const setUp = { ...first, shop: { ...first.shop, tokens } };
  const { retailer: tenant } = setUp.profile;
  const directory = await mkdtemp(join(tmpdir(), 'tallyport-pain-'));
  const [place, port] = await Promise.all([testDatabase(), freePort()]);
  const platforms = await startPlatforms(setUp, {
    directory,
    seed: 1,
    webhooks: { timeScale: 1 / 500, ...webhooks },
  });
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const { log } = testServices();
  const settings = {
    DATABASE_URL: place.url,
    TALLYPORT_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'),
    TALLYPORT_RETAILERS: tenant,
    TALLYPORT_RETAILERS_DIR: await retailersWith(tenant, rules, directory),
    TALLYPORT_PUBLIC_URL: gatewayUrl,
    TALLYPORT_POLL_INTERVAL_SCALE: '0.02',
    PORT: String(port),
    ...productEnvironment(platforms),
    ...variables,
  };
  const running = await startTallyport({
    roles: new Set(['gateway', 'worker', 'scheduler']),
    log: { ...log, with: () => ({ ...log, with: () => log as never }) },
    environment: readEnvironment(settings),
  });
  // The shop tells us only once its subscriptions stand.
  await expect
    .poll(() => platforms.shop.platform.shop.subscriptions.length, { timeout: 20_000 })
    .toBeGreaterThan(5);
  const rows: ProductUnderTest['rows'] = (sql, values) =>
    inTransaction(
      running.database,
      [tenant],
      async (client) => (await client.query(sql, values)).rows as never,
    );
  const erpReference = (orderId: string): string => `order:${setUp.shopConnection}:${orderId}`;
  const product: ProductUnderTest = {
    ...platforms,
    tenant,
    running,
    gatewayUrl,
    variables: settings,
    rows,
    deliver: (topic, eventId, body) => deliver(gatewayUrl, platforms, topic, eventId, body),
    bodyOf(orderId) {
      const record = platforms.shop.platform.shop.orders.get(`gid://shopify/Order/${orderId}`);
      if (record === undefined) throw new Error(`the shop has no order ${orderId}`);
      return bodyText(orderBody(record));
    },
    placeOrder: (order = {}) =>
      platforms.shop.platform.shop.placeOrder({
        lines: [{ sku: 'NW-TEE-BLK-M', title: 'Tee', quantity: 2, price: '19.90' }],
        email: 'ann@example.com',
        shippingAddress: {
          firstName: 'Ann',
          lastName: 'Lee',
          address1: '1 Main St',
          city: 'Oakland',
          provinceCode: 'CA',
          zip: '94607',
          countryCode: 'US',
        },
        ...order,
      }),
    salesOf: (orderId) =>
      platforms.erp.journal.effects
        .filter((effect) => effect.type === 'sale.processed' && effect.key === erpReference(orderId))
        .map((effect) => ({ total: (effect.data as { total: { decimal: string } }).total.decimal })),
    status: () => readStatus(running.database, tenant),
    parked: () => listParked(running.database, tenant, { limit: 100 }),
    async delivered(orderId) {
      await expect
        .poll(
          () => [
            product.salesOf(orderId).length,
            platforms.crm.journal.counts('order.created').get(erpReference(orderId)) ?? 0,
          ],
          { timeout: 25_000 },
        )
        .toEqual([1, 1]);
      await expect.poll(async () => (await rows('select * from lane')).length, { timeout: 25_000 }).toBe(0);
    },
    async stop() {
      await running.stop();
      await platforms.close();
      await place.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return product;
}
