import type { Connector } from '#connector-sdk/connector.ts';
import { checkAccount } from './account-check.ts';
import { changedOrders } from './changed-orders.ts';
import { openClient, type ShopifyClient } from './client.ts';
import { type ShopifyConfig, shopifyConfig } from './config.ts';
import { inbound } from './inbound/topics.ts';
import { fulfillmentCreate } from './outbound/fulfillment-create.ts';
import { fulfillmentUpdate } from './outbound/fulfillment-update.ts';
import { orderRead } from './outbound/order-read.ts';
import { paymentCapture } from './outbound/payment-capture.ts';
import { paymentVoid } from './outbound/payment-void.ts';
import { shopIdQuery } from './queries/shop-id.ts';
import { keepSubscriptions } from './subscriptions.ts';
import { webhook } from './webhook.ts';

/** Shopify, Admin GraphQL API. What syncs, its limits and its quirks: README.md beside this file. */
export const shopify: Connector<ShopifyConfig, ShopifyClient> = {
  id: 'shopify',
  title: 'Shopify',
  apiVersion: '2026-10',
  roles: ['storefront'],
  config: shopifyConfig,
  limits: ({ concurrency, bucketCapacity, bucketRefillPerSecond }) => ({
    concurrency,
    bucket: { capacity: bucketCapacity, refillPerSecond: bucketRefillPerSecond },
  }),
  open: openClient,
  webhook,
  inbound,
  pollers: { orders: changedOrders },
  commands: {
    'storefront.order.read': orderRead,
    'storefront.fulfillment.create': fulfillmentCreate,
    'storefront.fulfillment.update': fulfillmentUpdate,
    'storefront.payment.capture': paymentCapture,
    'storefront.payment.void': paymentVoid,
  },
  async probe(call, client) {
    const answer = await client.run(shopIdQuery, {}, call);
    return answer.kind === 'answer' ? { kind: 'done', result: { shop: answer.data.shop.id } } : answer;
  },
  doctor: checkAccount,
  maintain: { everyMs: 15 * 60_000, run: keepSubscriptions },
};
