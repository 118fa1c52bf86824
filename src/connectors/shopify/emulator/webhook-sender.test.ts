import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliveryHistory, type DeliveryHistory } from '#connector-testkit/delivery-history.ts';
import type { WebhookOptions } from './webhook-options.ts';
import { WebhookSender } from './webhook-sender.ts';

const secret = 'the secret';
const body = '{"id":820982911946154501,"total_price":"10.00","line_items":[]}';

let folder: string;
let server: Server;
let history: DeliveryHistory;
let heard: { readonly body: string; readonly isSigned: boolean }[];
let sender: WebhookSender;
let status: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'webhook-sender-'));
  history = deliveryHistory(join(folder, 'deliveries.jsonl'));
  [heard, status] = [[], 200];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const signature = createHmac('sha256', secret).update(text).digest('base64');
      const isSigned = request.headers['x-shopify-hmac-sha256'] === signature;
      heard.push({ body: text, isSigned });
      response.writeHead(isSigned ? status : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await sender.close();
  history.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function send(options: WebhookOptions, change: WebhookOptions = {}): Promise<readonly object[]> {
  const { port } = server.address() as AddressInfo;
  const uri = `http://127.0.0.1:${port}/webhooks/north/shop-us`;
  sender = new WebhookSender(
    { timeScale: 1e-7, retries: 2, history, ...options },
    {
      shop: 'north.myshopify.com',
      apiVersion: '2026-10',
      seed: 7,
      now: Date.now,
      secret: () => secret,
      subscriptions: (topic) => [{ id: 's', topic, uri, format: 'JSON' }],
      failed: () => undefined,
    },
  );
  sender.set(change);
  sender.send('orders/create', 'event-1', body);
  await sender.idle();
  expect(sender.pending).toBe(0);
  return readFileSync(join(folder, 'deliveries.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
}

const genuine = {
  retailer: 'north',
  connection: 'shop-us',
  topic: 'orders/create',
  kind: 'genuine',
  eventId: 'event-1',
  subject: '820982911946154501',
  attempt: 1,
  status: 200,
  error: null,
};

test('the history has a line for each attempt, with what came back', async () => {
  expect(await send({})).toEqual([expect.objectContaining(genuine)]);
});

test('an attempt that was refused and the ones after it are told apart', async () => {
  status = 503;
  expect(await send({})).toMatchObject([
    { ...genuine, status: 503 },
    { ...genuine, status: 503, attempt: 2 },
    { ...genuine, status: 503, attempt: 3 },
  ]);
});

test('a duplicate is the same delivery once more, a late one is one that waited', async () => {
  const twice = await send({ duplicated: 1, late: 1, lateMs: 5 });
  expect(twice).toHaveLength(2);
  expect(twice).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...genuine, kind: 'late' }),
      expect.objectContaining({ ...genuine, kind: 'duplicate' }),
    ]),
  );
  expect(sender.counts).toMatchObject({ duplicated: 1, late: 1, accepted: 2 });
});

test('beside it comes, when that is asked for at run time, one that is cut and one that is forged, each as an event of its own', async () => {
  const lines = await send({}, { malformed: 1, forged: 1 });
  expect(lines).toHaveLength(3);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.objectContaining(genuine),
      expect.objectContaining({ kind: 'malformed', status: 200 }),
      expect.objectContaining({ kind: 'forged', status: 401 }),
    ]),
  );
  expect(new Set(lines.map((line) => (line as { eventId: string }).eventId)).size).toBe(3);
  const forged = heard.find(({ isSigned }) => !isSigned);
  expect(forged?.body).toMatch(/^\{"id":666\d+,/);
  const cut = heard.find(({ isSigned, body: text }) => isSigned && text !== body);
  expect(body.startsWith(cut?.body ?? '-')).toBe(true);
  // Nobody counts them among the shop's own.
  expect(sender.counts).toMatchObject({ sent: 1, accepted: 1, failed: 0, malformed: 1, forged: 1 });
});
