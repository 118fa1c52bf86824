import { createHmac, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bodyText, orderBody } from '#connectors/shopify/emulator/rest-body.ts';
import { type Parked, listParked } from '#ops/parked.ts';
import { readStatus, type Status } from '#ops/status.ts';
import { productEnvironment } from '#sandbox/platforms/product-environment.ts';
import { type RetailerPlatforms, startPlatforms } from '#sandbox/platforms/retailer-platforms.ts';
import { type RetailerSetUp, setUps } from '#sandbox/platforms/set-ups.ts';
import { readEnvironment } from '#server/config/environment.ts';
import { openLog } from '#server/logger.ts';
import { startEmbeddedCluster } from '#server/postgres/embedded-cluster.ts';
import { startTallyport } from '#server/start.ts';
import { freePort } from './private-postgres.ts';
import { alsoKill } from './processes.ts';

/** The whole product in this process, with an emulated shop and an emulated CRM; its ERP is whatever answers at `erp.url`. */
export type Product = Pick<RetailerPlatforms, 'shop' | 'crm'> & {
  /** The retailer's name for its shop; heads every order's id. */
  readonly shopConnection: string;
  /** The order as a webhook would show it now. */
  bodyOf(orderId: string): string;
  /** Delivers one signed webhook so many times at once, under one event id. @throws Error unless each is answered 200. */
  deliver(topic: string, body: string, times: number): Promise<void>;
  status(): Promise<Status>;
  parked(): Promise<readonly Parked[]>;
  /** What the product logged beyond the ordinary, newest last. */
  readonly complaints: readonly string[];
  stop(): Promise<void>;
};

const retailer = 'proof-apparel';
const retailersFolder = fileURLToPath(new URL('./retailers', import.meta.url));
const text = (name: string) => ({ name, type: 'string', length: 255 }) as const;

/** The sandbox's US retailer under another name, in an org that has the fields which retailers/proof-apparel shows. */
function proofSetUp(): RetailerSetUp {
  const [us] = setUps;
  if (us === undefined) throw new Error('the sandbox has no retailer');
  return {
    ...us,
    profile: { ...us.profile, retailer },
    prefix: 'PROOF',
    crm: {
      ...us.crm,
      customFields: {
        Order: [
          text('Shop_Status__c'),
          text('Erp_Number__c'),
          text('Tracking_Numbers__c'),
          text('Invoice_Numbers__c'),
          text('Payment_State__c'),
          text('Cancel_Reason__c'),
        ],
        OrderItem: [{ name: 'Shipped__c', type: 'double', scale: 2 }],
      },
    },
  };
}

/** Starts the product with a journal of its own; every webhook of the shop comes twice and out of order. */
export async function startProduct(erp: {
  readonly url: string;
  readonly database: string;
  readonly password: string;
}): Promise<Product> {
  await using begun = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'tallyport-proof-'));
  begun.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755); // run as root, PostgreSQL belongs to another user, who must get in
  const cluster = await startEmbeddedCluster({ directory: join(directory, 'postgres') });
  begun.defer(() => cluster.stop());
  alsoKill(() => cluster.pid);
  await cluster.createDatabase('proof');

  const setUp = proofSetUp();
  const platforms = await startPlatforms(setUp, {
    directory,
    seed: 1,
    webhooks: { duplicated: 1, shuffleMs: 400, timeScale: 1 / 500 },
  });
  begun.defer(() => platforms.close());
  const port = await freePort();
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const complaints: string[] = [];
  const running = await startTallyport({
    roles: new Set(['gateway', 'worker', 'scheduler']),
    log: openLog({ LOG_LEVEL: 'warn', LOG_FORMAT: 'json' }, [], {
      write: (line) => void complaints.push(line),
    }),
    environment: readEnvironment({
      DATABASE_URL: cluster.url('proof'),
      TALLYPORT_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
      TALLYPORT_RETAILERS: retailer,
      TALLYPORT_RETAILERS_DIR: retailersFolder,
      TALLYPORT_PUBLIC_URL: gatewayUrl,
      PORT: String(port),
      ...productEnvironment(platforms),
      // In place of the sandbox's ERP, which stands idle.
      PROOF_TRYTON_URL: erp.url,
      PROOF_TRYTON_DATABASE: erp.database,
      PROOF_TRYTON_PASSWORD: erp.password,
    }),
  });
  begun.defer(() => running.stop());

  const kept = begun.move();
  return {
    shop: platforms.shop,
    crm: platforms.crm,
    shopConnection: setUp.shopConnection,
    complaints,
    bodyOf(orderId) {
      const record = platforms.shop.platform.shop.orders.get(`gid://shopify/Order/${orderId}`);
      if (record === undefined) throw new Error(`the shop has no order ${orderId}`);
      return bodyText(orderBody(record));
    },
    async deliver(topic, body, times) {
      const eventId = randomUUID();
      const post = (): Promise<Response> =>
        fetch(`${gatewayUrl}/webhooks/${retailer}/${setUp.shopConnection}`, {
          method: 'POST',
          body,
          headers: {
            'content-type': 'application/json',
            'x-shopify-topic': topic,
            'x-shopify-shop-domain': setUp.shop.shop,
            'x-shopify-api-version': '2026-10',
            'x-shopify-webhook-id': randomUUID(),
            'x-shopify-event-id': eventId,
            'x-shopify-triggered-at': new Date().toISOString(),
            'x-shopify-hmac-sha256': createHmac('sha256', setUp.shop.clientSecret)
              .update(body)
              .digest('base64'),
          },
        });
      for (const { status } of await Promise.all(Array.from({ length: times }, post)))
        if (status !== 200) throw new Error(`a webhook ${topic} was answered ${status}`);
    },
    status: () => readStatus(running.database, retailer),
    parked: () => listParked(running.database, retailer, { limit: 100 }),
    stop: () => kept.disposeAsync(),
  };
}
