import { createHmac } from 'node:crypto';
import { conformance } from '#connector-testkit/conformance.ts';
import { loadCommandFixtures, loadInboundFixtures } from '#connector-testkit/fixtures.ts';
import { shopify } from './connector.ts';
import { emulatedApp, shopifyEmulator, type ShopifyPlatform } from './emulator.ts';

const fixtures = new URL('./fixtures/', import.meta.url);

/** The order that the command fixtures speak of: the first one has the shop's first id. */
const placeOrder = ({ platform }: { readonly platform: ShopifyPlatform }) => {
  platform.shop.placeOrder({
    lines: [
      { sku: 'SHIRT-M', quantity: 2, price: '19.99' },
      { sku: 'SOCKS', price: '4.50' },
    ],
  });
};

/** The same basket, authorised and not captured. */
const placeAuthorized = ({ platform }: { readonly platform: ShopifyPlatform }) => {
  platform.shop.placeOrder({
    payment: 'authorized',
    lines: [
      { sku: 'SHIRT-M', quantity: 2, price: '19.99' },
      { sku: 'SOCKS', price: '4.50' },
    ],
  });
};

conformance({
  connector: shopify,
  emulator: () => shopifyEmulator(),
  config: ({ url }) => ({
    shop: emulatedApp.shop,
    auth: { kind: 'access-token', accessToken: emulatedApp.accessToken },
    clientSecret: emulatedApp.clientSecret,
    previousClientSecret: 'the-secret-before-this-one',
    baseUrl: url,
  }),
  inbound: loadInboundFixtures(fixtures),
  commands: loadCommandFixtures(fixtures),
  trials: {
    'storefront.order.read': { fixture: 'commands/order-read', effects: null, prepare: placeOrder },
    'storefront.fulfillment.create': {
      fixture: 'commands/fulfillment-tracked',
      effects: ({ journal }) => journal.effects.filter(({ type }) => type === 'fulfillment.created').length,
      prepare: placeOrder,
    },
    'storefront.fulfillment.update': {
      fixture: 'commands/fulfillment-delivered',
      effects: ({ journal }) => journal.effects.filter(({ type }) => type === 'fulfillment.tracked').length,
      prepare: ({ platform }) => {
        placeOrder({ platform });
        const [order] = platform.shop.orders.values();
        const records = order?.fulfillmentOrders ?? [];
        platform.shop.fulfill({
          lineItemsByFulfillmentOrder: records.map(({ id }) => ({ fulfillmentOrderId: id })),
        });
      },
    },
    'storefront.payment.capture': {
      fixture: 'commands/payment-capture',
      effects: ({ journal }) => journal.effects.filter(({ type }) => type === 'payment.captured').length,
      prepare: placeAuthorized,
    },
    'storefront.payment.void': {
      fixture: 'commands/payment-void',
      effects: ({ journal }) => journal.effects.filter(({ type }) => type === 'payment.voided').length,
      prepare: placeAuthorized,
    },
  },
  webhook: {
    body: { id: '820982911946154508' },
    signatureHeader: 'x-shopify-hmac-sha256',
    staleAfterMs: 26 * 3_600_000,
    otherSecret: ({ previousClientSecret: _, ...config }) => ({
      ...config,
      clientSecret: 'not-the-secret-at-all',
    }),
    sign: (body, config, nowMs) => ({
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': config.shop,
      'x-shopify-event-id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
      'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
      'x-shopify-triggered-at': new Date(nowMs).toISOString(),
      'x-shopify-hmac-sha256': createHmac('sha256', config.clientSecret).update(body).digest('base64'),
    }),
  },
});
