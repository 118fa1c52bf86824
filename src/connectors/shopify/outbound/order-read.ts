import { createHash } from 'node:crypto';
import type { Json } from '#canonical/json.ts';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import { mapped, unmappable } from '#connector-sdk/mapping.ts';
import type { ShopifyClient } from '../client.ts';
import { canonicalOrder } from '../inbound/canonical/order.ts';
import { orderSubject } from '../inbound/order-subject.ts';
import { readGraphqlOrder } from '../inbound/source/graphql-order.ts';
import { readOrder } from '../order-reading.ts';

export type OrderReadRequest = { readonly orderId: string };

/** Reads the order again; the whole of it, with its transactions and fulfilment orders, comes back as an event. Changes nothing. */
export const orderRead: CommandHandler<'storefront.order.read', OrderReadRequest, ShopifyClient> = {
  name: 'storefront.order.read',
  safety: { kind: 'upsert' },
  timeoutMs: 20_000,
  settleMs: 0,
  searchLagMs: 0,
  render({ order }) {
    if (order.type !== 'Order' || !/^\d+$/.test(order.id))
      throw unmappable('order', `${order.type} ${order.id} is no Shopify order`);
    return { orderId: order.id };
  },
  async send({ orderId }, call, client) {
    const read = await readOrder(orderId, call, client);
    if (read.kind === 'absent') {
      return { kind: 'rejected', code: 'order-not-found', detail: `the shop has no order ${orderId}` };
    }
    if (read.kind !== 'order') return read;
    const result = mapped(() => {
      const { order: source, transactions, fulfillmentOrders } = readGraphqlOrder(read.body);
      const version = { at: source.updatedAt, hash: bodyHash(read.body) };
      const order = canonicalOrder(source, client.connection, version, { transactions, fulfillmentOrders });
      return {
        type: 'order.observed' as const,
        subject: orderSubject(client.connection, source.id),
        version,
        data: order,
      };
    });
    if (!result.ok) return { kind: 'unmappable', problems: result.problems };
    const event = result.value;
    return { kind: 'done', result: { updatedAt: event.version.at }, refs: [event.data.ref], events: [event] };
  },
};

const bodyHash = (body: Json): string => createHash('sha256').update(JSON.stringify(body)).digest('hex');
