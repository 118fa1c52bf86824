import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'undici';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { readEnvironment } from '../config/environment.ts';
import type { MaskedLog } from '../logger.ts';
import type { Role } from '../roles.ts';
import { type Running, startTallyport } from '../start.ts';

export const shopSecret = 'canary-of-the-shop';
/** A port of this machine where nobody listens: platforms that are away. */
const nobody = 'http://127.0.0.1:9';

/** An environment in which the example retailer `northwind-apparel` runs, with all its platforms away. */
export const northwindVariables = (databaseUrl: string): Readonly<Record<string, string>> => ({
  DATABASE_URL: databaseUrl,
  TALLYPORT_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  TALLYPORT_RETAILERS: 'northwind-apparel',
  PORT: '0',
  NORTHWIND_ALLOW_PRIVATE_ADDRESSES: 'true',
  NORTHWIND_SHOPIFY_CLIENT_ID: 'app',
  NORTHWIND_SHOPIFY_CLIENT_SECRET: shopSecret,
  NORTHWIND_SHOPIFY_URL: nobody,
  NORTHWIND_TRYTON_URL: nobody,
  NORTHWIND_TRYTON_PASSWORD: 'canary-of-the-erp',
  NORTHWIND_SALESFORCE_CLIENT_ID: 'app',
  NORTHWIND_SALESFORCE_CLIENT_SECRET: 'canary-of-the-crm',
  NORTHWIND_SALESFORCE_URL: nobody,
});

/** An installation of several processes (here: in one) on one database. */
export async function installationUnderTest(): Promise<{
  readonly databaseUrl: string;
  readonly superuserUrl: string;
  readonly lines: readonly string[];
  start(roles: readonly Role[], change?: Readonly<Record<string, string>>): Promise<Running>;
  stop(): Promise<void>;
}> {
  const place = await testDatabase();
  const running: Running[] = [];
  const lines: string[] = [];
  return {
    databaseUrl: place.url,
    superuserUrl: place.superuserUrl,
    lines,
    async start(roles, change = {}) {
      const started = await startTallyport({
        environment: readEnvironment({ ...northwindVariables(place.url), ...change }),
        roles: new Set(roles),
        log: logInto(lines),
      });
      running.push(started);
      return started;
    },
    async stop() {
      await Promise.all(running.map((each) => each.stop()));
      await place.drop();
    },
  };
}

function logInto(lines: string[]): MaskedLog {
  const write = (fields: Record<string, unknown>, message: string): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log: MaskedLog = { info: write, warn: write, error: write, with: () => log };
  return log;
}

/** Sends what the shop would send. */
export async function sendWebhook(
  url: string,
  body: object,
  topic: string,
  eventId: string = randomUUID(),
): Promise<{ readonly status: number; readonly body: unknown }> {
  const bytes = JSON.stringify(body);
  const answer = await request(`${url}/webhooks/northwind-apparel/shopify-us`, {
    method: 'POST',
    body: bytes,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-event-id': eventId,
      'x-shopify-shop-domain': 'northwind-apparel.myshopify.com',
      'x-shopify-hmac-sha256': createHmac('sha256', shopSecret).update(bytes).digest('base64'),
    },
  });
  return { status: answer.statusCode, body: await answer.body.json() };
}

export async function get(url: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await request(url);
  return { status: answer.statusCode, body: await answer.body.json() };
}
