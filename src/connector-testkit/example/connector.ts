import type { Call, Connector, Finding } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { findCancel, sendCancel } from './cancel-delivery.ts';
import { ExampleClient } from './client.ts';
import { configSchema, type ExampleConfig } from './config.ts';
import { orderChanged } from './inbound/order-changed.ts';
import { orderPoller } from './order-poller.ts';
import { renderOrderCancel } from './outbound/order-cancel.ts';
import { webhookReceiver } from './webhook.ts';

async function probe(call: Call, client: ExampleClient): Promise<Outcome> {
  const reply = await client.read('/me', call);
  return reply.ok ? { kind: 'done', result: null } : reply.failure;
}

async function doctor(call: Call, client: ExampleClient): Promise<readonly Finding[]> {
  const outcome = await probe(call, client);
  if (outcome.kind === 'done')
    return [{ level: 'ok', check: 'access', detail: 'Example lets us in', remedy: null }];
  const detail = 'detail' in outcome ? outcome.detail : outcome.kind;
  return [
    { level: 'error', check: 'access', detail, remedy: 'Check baseUrl and apiKey of this connection.' },
  ];
}

/** Example: an ERP that tells about its orders and takes back those that have not left. */
export const example: Connector<ExampleConfig, ExampleClient> = {
  id: 'example',
  title: 'Example',
  apiVersion: '1',
  roles: ['erp'],
  config: configSchema,
  limits: (config) => ({ concurrency: config.concurrency, bucket: null }),
  open: (config, services) => new ExampleClient(config, services),
  webhook: webhookReceiver,
  inbound: { 'order.changed': orderChanged },
  pollers: { orders: orderPoller },
  commands: {
    'erp.order.cancel': {
      name: 'erp.order.cancel',
      // Example cancels twice when asked twice, and tells the warehouse each time.
      safety: { kind: 'lookup-first' },
      timeoutMs: 10_000,
      settleMs: 2_000,
      searchLagMs: 1_000,
      render: renderOrderCancel,
      conflictKeys: (request) => [`Order/${request.orderId}`],
      send: sendCancel,
      find: findCancel,
    },
  },
  probe,
  doctor,
};
