import { afterEach, describe, expect, test } from 'vitest';
import type { CommandPayload } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Order } from '#canonical/order.ts';
import type { RenderContext } from '#connector-sdk/mapping.ts';
import { deliver } from '#connector-testkit/deliver.ts';
import { changedOrders } from './changed-orders.ts';
import { shopify } from './connector.ts';
import type { OrderInput } from './emulator/order-input.ts';
import { inbound } from './inbound/topics.ts';
import { fulfillmentCreate } from './outbound/fulfillment-create.ts';
import { orderRead } from './outbound/order-read.ts';
import { keepSubscriptions } from './subscriptions.ts';
import { aCall, connected, type Connected } from './testing/connected.ts';
import { eventsOf, type Heard, listen } from './testing/heard.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const made of closing.splice(0).reverse()) await made.close();
});

/** A shop whose webhooks are heard. */
async function heardShop(
  options: Parameters<typeof connected>[0] = {},
  settings: Record<string, unknown> = {},
): Promise<Connected & { heard: Heard }> {
  const made = await connected(
    { webhooks: { timeScale: 0.00001 }, bucket: { capacity: 20_000, refillPerSecond: 1000 }, ...options },
    settings,
  );
  closing.push(made);
  const heard = await listen(made.config, 'shopify-us');
  closing.push(heard);
  await keepSubscriptions(heard.url, aCall(), made.client);
  return { ...made, heard };
}

const basket: OrderInput = {
  lines: [
    { sku: 'SHIRT-M', title: 'Shirt', quantity: 2, price: '19.99', taxRate: 0.0825, grams: 250 },
    { sku: 'SOCKS', title: 'Socks', quantity: 3, price: '4.50', taxRate: 0.0825 },
  ],
  customer: { firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com' },
  shippingAddress: {
    firstName: 'Ada',
    lastName: 'Byron',
    address1: '1 Main St',
    city: 'Austin',
    province: 'Texas',
    provinceCode: 'TX',
    zip: '78701',
    countryCode: 'US',
  },
  shipping: { title: 'Standard', code: 'STD', price: '5.00', taxRate: 0.0825 },
};

const read = async (shop: Connected, id: string): Promise<Order> => {
  const outcome = await orderRead.send({ orderId: id }, aCall(), shop.client);
  const [event] = outcome.kind === 'done' ? (outcome.events ?? []) : [];
  if (event?.type !== 'order.observed') throw new Error(`not read: ${JSON.stringify(outcome)}`);
  return event.data;
};

const observed = (heard: Heard, topic: string): Order => {
  const message = heard.messages.findLast((candidate) => candidate.topic === topic);
  const [event] = message ? eventsOf(message) : [];
  if (event?.type !== 'order.observed') throw new Error(`${topic} gave ${event?.type ?? 'nothing'}`);
  return event.data;
};

/** What a webhook cannot carry; the rest of an order must be the same from both sources. */
const comparable = ({ version: _, fulfillmentOrders: __, payment, ...order }: Order) => ({
  ...order,
  payment: payment.state,
});

const context = (over: Partial<RenderContext> = {}): RenderContext => ({
  connection: 'shopify-us',
  crosswalk: () => {
    throw new Error('no row');
  },
  crosswalkOptional: () => null,
  linked: () => null,
  config: {},
  ...over,
});

type Shipped = { readonly sku?: string; readonly lineId?: string; readonly quantity: string };
const payload = (
  orderId: string,
  lines: readonly Shipped[],
  tracking: string | null = '1Z999',
  number = 'OUT-1',
): CommandPayload<'storefront.fulfillment.create'> => ({
  order: { connection: 'shopify-us', type: 'Order', id: orderId },
  notifyCustomer: false,
  shipment: {
    schema: 'shipment/1',
    id: `shipment:erp:${number}`,
    ref: { connection: 'erp', type: 'stock.shipment.out', id: '7' },
    number,
    location: null,
    method: 'ship',
    status: 'shipped',
    lines: lines.map(({ sku = null, lineId = null, quantity }) => ({
      sku,
      lineId,
      quantity: quantity as never,
      serialNumbers: [],
    })),
    packages:
      tracking === null
        ? []
        : [{ carrier: 'UPS', trackingNumber: tracking, trackingUrl: null, weightGrams: null, sscc: null }],
    shippedAt: '2026-11-24T12:00:00.000Z',
    deliveredAt: null,
    extensions: {},
  },
});
const fulfil = (shop: Connected, ...args: Parameters<typeof payload>) =>
  deliver(fulfillmentCreate, fulfillmentCreate.render(payload(...args), context()), shop.client, {
    key: 'k',
    settledMs: 5,
    maxAttempts: 3,
  });
const fulfilments = (shop: Connected) => shop.emulator.journal.counts('fulfillment.created');

describe('orders', () => {
  const both: [string, OrderInput][] = [
    ['a paid order in dollars', basket],
    [
      'an order in euro on a dollar shop with a discount code',
      { ...basket, presentmentCurrency: 'EUR', rate: '0.9231', discount: { code: 'TEN', percent: 10 } },
    ],
    [
      'a yen order',
      {
        ...basket,
        currency: 'JPY',
        lines: [{ sku: 'TEA', price: '1250', quantity: 3, taxRate: 0.1 }],
        shipping: { title: 'Post', price: '800' },
      },
    ],
    [
      'a dinar order with three decimals',
      { ...basket, currency: 'KWD', lines: [{ sku: 'OUD', price: '12.345', quantity: 2 }] },
    ],
    [
      'prices with VAT in them',
      {
        ...basket,
        currency: 'GBP',
        taxesIncluded: true,
        taxTitle: 'VAT',
        lines: [{ sku: 'A', price: '9.99', quantity: 3, taxRate: 0.2 }],
      },
    ],
    ['a test order', { ...basket, test: true }],
    [
      'a guest at a point of sale',
      { lines: [{ sku: 'MUG', price: '8.00' }], sourceName: 'pos', email: null },
    ],
    [
      'gift cards, a custom line, a tip and duties',
      {
        ...basket,
        lines: [
          { title: 'Gift card', price: '50.00', giftCard: true },
          { title: 'Engraving', price: '7.00', custom: true, requiresShipping: false },
          { sku: 'BAG', price: '80.00', duty: '6.40' },
        ],
        tip: '3.00',
      },
    ],
    [
      'a marketplace that pays the tax',
      { ...basket, lines: [{ sku: 'A', price: '10.00', taxRate: 0.07, channelLiable: true }] },
    ],
    [
      'terms of payment, note, tags and attributes',
      {
        ...basket,
        payment: 'pending',
        netDays: 30,
        poNumber: 'PO-77',
        note: 'Ring twice',
        tags: ['vip', 'b'],
        attributes: { gift: 'yes' },
      },
    ],
  ];
  test.each(both)('%s is the same from the webhook and from the Admin API', async (_, input) => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder(input);
    await shop.emulator.platform.webhooks.idle();
    const fromApi = await read(shop, id);
    expect(comparable(observed(shop.heard, 'orders/create'))).toEqual(comparable(fromApi));
    expect(fromApi.id).toBe(`order:shopify-us:${id}`);
  });

  test('it stays the same after a part was fulfilled, a part refunded and a line added', async () => {
    const shop = await heardShop();
    const { shop: place, webhooks } = shop.emulator.platform;
    const { id } = place.placeOrder({ ...basket, discount: { code: 'TEN', percent: 10 } });
    expect((await fulfil(shop, id, [{ sku: 'SHIRT-M', quantity: '2' }])).outcome.kind).toBe('done');
    place.refundOrder(id, 'SHIRT-M', 1, 'too small');
    place.refundOrder(id, 'SOCKS', 1);
    await webhooks.idle(); // deliveries overtake each other; the last state must be told last
    place.editOrder(id, { add: { sku: 'HAT', price: '15.00' } });
    await webhooks.idle();
    const fromApi = await read(shop, id);
    expect(comparable(observed(shop.heard, 'orders/updated'))).toEqual(comparable(fromApi));
    const [shirt, socks, hat] = fromApi.lines;
    expect(shirt?.quantities).toMatchObject({ open: '0', shipped: '2', returned: '1', cancelled: '0' });
    expect(socks?.quantities).toMatchObject({ open: '2', shipped: '0', returned: '0', cancelled: '1' });
    expect(hat?.quantities).toMatchObject({ open: '1' });
    expect(fromApi.refunds.map(({ lines: [line] }) => line?.restock)).toEqual(['returned', 'cancelled']);
    expect(fromApi.totals.rounding.shop.amountMinor).toBe(0);
  });

  test('an id beyond 2^53 survives', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder(basket);
    await shop.emulator.platform.webhooks.idle();
    expect(Number.isSafeInteger(Number(id))).toBe(false);
    expect(observed(shop.heard, 'orders/create').ref.id).toBe(id);
    for (const message of shop.heard.messages) {
      expect(inbound[message.topic]?.subject(message.body as never, 'shopify-us')).toEqual({
        entity: 'order',
        ref: { connection: 'shopify-us', type: 'Order', id },
        founds: true,
      });
    }
  });

  test('an order with more lines than one page is read whole', async () => {
    const shop = await heardShop();
    const lines = Array.from({ length: 47 }, (_, index) => ({ sku: `SKU-${index}`, price: '1.00' }));
    const { id } = shop.emulator.platform.shop.placeOrder({ lines });
    const order = await read(shop, id);
    expect(order.lines.map(({ sku }) => sku)).toEqual(lines.map(({ sku }) => sku));
    expect(order.fulfillmentOrders[0]?.lines).toHaveLength(47);
  });

  test('an order with many fulfilments is read whole', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder({
      lines: [{ sku: 'A', price: '1.00', quantity: 9 }],
    });
    for (let parcel = 1; parcel <= 7; parcel += 1)
      await fulfil(shop, id, [{ sku: 'A', quantity: '1' }], `T${parcel}`);
    const order = await read(shop, id);
    expect(order.shipments).toHaveLength(7);
    expect(order.lines[0]?.quantities).toMatchObject({ shipped: '7', open: '2' });
  });

  test('a company is read by name, since a webhook carries its id alone', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder({
      ...basket,
      company: { name: 'Initech', location: 'Austin' },
      netDays: 30,
      poNumber: 'PO-9',
    });
    await shop.emulator.platform.webhooks.idle();
    const message = shop.heard.messages.find(({ topic }) => topic === 'orders/create');
    expect(message && eventsOf(message)).toMatchObject([
      { type: 'order.touched', data: { reason: 'webhook-lacks-company-name' } },
    ]);
    expect(await read(shop, id)).toMatchObject({
      channel: { kind: 'b2b' },
      poNumber: 'PO-9',
      paymentTerms: { code: 'net-30', dueInDays: 30 },
      soldTo: {
        party: {
          kind: 'company',
          name: 'Initech',
          location: { name: 'Austin' },
          contact: { givenName: 'Ada' },
        },
      },
    });
  });

  test('a bundle is a line without a price above its parts', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder({
      lines: [
        { sku: 'TOP', price: '30.00', bundle: 'PYJAMAS' },
        { sku: 'TROUSERS', price: '25.00', bundle: 'PYJAMAS' },
        { sku: 'SLIPPERS', price: '12.00' },
      ],
    });
    const order = await read(shop, id);
    const [bundle, ...parts] = order.lines;
    expect(bundle).toMatchObject({
      kind: 'bundle',
      charged: false,
      sku: 'PYJAMAS',
      subtotal: { shop: { amountMinor: 0 } },
    });
    expect(parts.map(({ sku, parentId }) => [sku, parentId])).toEqual([
      ['TOP', bundle?.id],
      ['TROUSERS', bundle?.id],
      ['SLIPPERS', null],
    ]);
    expect(order.totals.lines.shop.amountMinor).toBe(6700);
  });

  test('an amount that a webhook states in the shop currency alone is read, never converted', async () => {
    const shop = await heardShop();
    const { shop: place, webhooks } = shop.emulator.platform;
    const { id } = place.placeOrder({ ...basket, presentmentCurrency: 'EUR', rate: '0.9231' });
    place.editOrder(id, { add: { sku: 'HAT', price: '15.00' } });
    await webhooks.idle();
    const message = shop.heard.messages.findLast(({ topic }) => topic === 'orders/updated');
    expect(message && eventsOf(message)).toMatchObject([
      { type: 'order.touched', data: { reason: 'webhook-lacks-presentment-amount' } },
    ]);
    expect((await read(shop, id)).totals.outstanding.presentment).toEqual({
      amountMinor: 1385,
      currency: 'EUR',
      role: 'presentment',
    });
  });

  test('a payment in one currency is observed, one in two is read with the order', async () => {
    const shop = await heardShop();
    const { shop: place, webhooks } = shop.emulator.platform;
    const plain = place.placeOrder(basket);
    const foreign = place.placeOrder({ ...basket, presentmentCurrency: 'EUR', rate: '0.9231' });
    await webhooks.idle();
    const events = shop.heard.messages
      .filter(({ topic }) => topic === 'order_transactions/create')
      .flatMap(eventsOf);
    const about = (id: string) => events.find(({ subject }) => subject.ref.id === id);
    expect(about(plain.id)).toMatchObject({
      type: 'payment.observed',
      data: { kind: 'sale', status: 'succeeded', method: 'shopify_payments', instrument: 'card' },
    });
    expect(about(foreign.id)).toMatchObject({ type: 'order.touched' });
    const order = await read(shop, foreign.id);
    expect(order.payment.transactions[0]?.amount).toEqual(order.totals.grand);
  });

  test('an order that the shop does not have is rejected, not retried', async () => {
    const shop = await heardShop();
    expect(await orderRead.send({ orderId: '1' }, aCall(), shop.client)).toMatchObject({
      kind: 'rejected',
      code: 'order-not-found',
    });
  });

  test('an edit, a refund, a hold and a deletion each say that the order is to be read again, or is gone', async () => {
    const shop = await heardShop(
      {},
      {
        webhookTopics: [
          'ORDERS_EDITED',
          'REFUNDS_CREATE',
          'ORDERS_DELETE',
          'FULFILLMENT_ORDERS_PLACED_ON_HOLD',
          'FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE',
        ],
      },
    );
    const { shop: place, webhooks } = shop.emulator.platform;
    const { id } = place.placeOrder(basket);
    place.editOrder(id, { sku: 'SOCKS', remove: 1 });
    place.refundOrder(id, 'SOCKS', 1);
    place.holdOrder(id);
    await webhooks.idle();
    expect((await read(shop, id)).fulfillmentOrders[0]).toMatchObject({
      status: 'on-hold',
      holds: [{ reason: 'high_risk_of_fraud' }],
    });
    place.deleteOrder(id);
    await webhooks.idle();
    const told = new Map(
      shop.heard.messages.map((message) => [message.topic, eventsOf(message)[0] as CanonicalEvent]),
    );
    expect(told.get('orders/edited')).toMatchObject({
      type: 'order.touched',
      data: { reason: 'edited' },
      subject: { ref: { id } },
    });
    expect(told.get('refunds/create')).toMatchObject({ type: 'order.touched', data: { reason: 'refunded' } });
    expect(told.get('orders/delete')).toMatchObject({ type: 'order.deleted', subject: { ref: { id } } });
    expect(told.get('fulfillment_orders/placed_on_hold')).toMatchObject({
      type: 'order.touched',
      subject: { ref: { type: 'FulfillmentOrder' }, founds: false },
      data: { reason: 'fulfillment-order-placed-on-hold' },
    });
  });
});

describe('fulfilments', () => {
  test('a fulfilment whose answer was lost is created once', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder(basket);
    shop.emulator.faults.next({ kind: 'reset-after' }, 1, ({ body }) => body.includes('fulfillmentCreate('));
    const delivery = await fulfil(shop, id, [
      { sku: 'SHIRT-M', quantity: '2' },
      { sku: 'SOCKS', quantity: '3' },
    ]);
    expect(delivery.history.map(({ kind }) => kind)).toEqual(['outcome-unknown', 'done']);
    expect(delivery.outcome).toMatchObject({ kind: 'done', refs: [{ type: 'Fulfillment' }] });
    expect([...fulfilments(shop)]).toEqual([[`${id}/1Z999`, 1]]);
  });

  test('a shipment without a tracking number is found again by its own number', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder(basket);
    shop.emulator.faults.next({ kind: 'reset-after' }, 1, ({ body }) => body.includes('fulfillmentCreate('));
    const delivery = await fulfil(shop, id, [{ sku: 'SHIRT-M', quantity: '2' }], null, 'OUT-42');
    expect(delivery.outcome.kind).toBe('done');
    expect([...fulfilments(shop)]).toEqual([[`${id}/OUT-42`, 1]]);
  });

  test('parts of an order go out one after the other although each closes its fulfilment order', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder(basket);
    const kinds = [];
    for (const [sku, tracking] of [
      ['SHIRT-M', 'T1'],
      ['SHIRT-M', 'T2'],
      ['SOCKS', 'T3'],
      ['SOCKS', 'T4'],
      ['SOCKS', 'T5'],
    ] as const) {
      kinds.push((await fulfil(shop, id, [{ sku, quantity: '1' }], tracking)).outcome.kind);
    }
    expect(kinds).toEqual(Array.from({ length: 5 }, () => 'done'));
    const order = await read(shop, id);
    expect(order.lines.map(({ quantities }) => [quantities.open, quantities.shipped])).toEqual([
      ['0', '2'],
      ['0', '3'],
    ]);
  });

  test('fulfilment orders that Shopify has not made yet are waited for', async () => {
    const shop = await heardShop({ routingDelayMs: 60_000 });
    const { id } = shop.emulator.platform.shop.placeOrder(basket);
    const delivery = await fulfil(shop, id, [{ sku: 'SOCKS', quantity: '3' }]);
    expect(delivery.outcome).toEqual({
      kind: 'conflict',
      stale: false,
      detail: 'Shopify has not made fulfilment orders yet',
    });
    expect(fulfilments(shop).size).toBe(0);
  });

  test('more than is left is a business exception, not a retry', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder(basket);
    const delivery = await fulfil(shop, id, [{ sku: 'SOCKS', quantity: '4' }]);
    expect(delivery.outcome).toMatchObject({ kind: 'rejected', code: 'nothing-to-fulfil' });
    expect(delivery.attempts).toBe(1);
  });

  test('goods that left while their fulfilment is held are put before a person', async () => {
    const shop = await heardShop();
    const { shop: place } = shop.emulator.platform;
    const { id } = place.placeOrder(basket);
    place.holdOrder(id);
    expect((await fulfil(shop, id, [{ sku: 'SOCKS', quantity: '3' }])).outcome).toMatchObject({
      kind: 'rejected',
      code: 'fulfilment-on-hold',
    });
    place.releaseOrder(id);
    expect((await fulfil(shop, id, [{ sku: 'SOCKS', quantity: '3' }])).outcome.kind).toBe('done');
  });

  test('userErrors are a failure although the answer is 200', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder(basket);
    const headers = { 'x-shopify-api-version': '2026-10' };
    const refused = {
      fulfillmentCreate: {
        fulfillment: null,
        userErrors: [{ field: ['fulfillment'], message: 'Location is not active' }],
      },
    };
    shop.emulator.faults.next(
      { kind: 'answer', status: 200, headers, body: JSON.stringify({ data: refused }) },
      1,
      ({ body }) => body.includes('fulfillmentCreate('),
    );
    const delivery = await fulfil(shop, id, [{ sku: 'SOCKS', quantity: '3' }]);
    expect(delivery.outcome).toEqual({
      kind: 'rejected',
      code: 'user-error',
      detail: 'Location is not active',
      field: 'fulfillment',
    });
  });

  test('a fulfilment order that somebody used between our look and our call is planned anew', async () => {
    const shop = await heardShop();
    const { shop: place } = shop.emulator.platform;
    const { id } = place.placeOrder(basket);
    let raced = false;
    shop.emulator.faults.next({ kind: 'delay', ms: 1 }, 1, ({ body }) => {
      if (body.includes('fulfillmentCreate(') && !raced) {
        raced = true;
        const open = place.orders.get(`gid://shopify/Order/${id}`)?.fulfillmentOrders[0];
        const item = open?.lineItems[0];
        if (open && item)
          place.fulfill({
            lineItemsByFulfillmentOrder: [
              { fulfillmentOrderId: open.id, fulfillmentOrderLineItems: [{ id: item.id, quantity: 1 }] },
            ],
          });
      }
      return false;
    });
    const delivery = await fulfil(shop, id, [{ sku: 'SOCKS', quantity: '3' }]);
    expect(delivery.history.map(({ kind }) => kind)).toEqual(['conflict', 'done']);
    expect(fulfilments(shop).get(`${id}/1Z999`)).toBe(1);
  });

  test('what Shopify then tells of the fulfilment is the shipment', async () => {
    const shop = await heardShop();
    const { id } = shop.emulator.platform.shop.placeOrder(basket);
    const { outcome } = await fulfil(shop, id, [{ sku: 'SOCKS', quantity: '3' }]);
    const made = outcome.kind === 'done' ? (outcome.refs?.[0]?.id ?? '') : '';
    shop.emulator.platform.shop.trackFulfillment(made, 'DELIVERED');
    await shop.emulator.platform.webhooks.idle();
    const told = shop.heard.messages
      .filter(({ topic }) => topic.startsWith('fulfillments/'))
      .flatMap(eventsOf);
    expect(told).toMatchObject([
      {
        type: 'shipment.observed',
        subject: { ref: { id } },
        data: {
          ref: { id: made },
          status: 'shipped',
          packages: [{ carrier: 'UPS', trackingNumber: '1Z999' }],
        },
      },
      { type: 'shipment.observed', data: { status: 'delivered', lines: [{ sku: 'SOCKS', quantity: '3' }] } },
    ]);
  });
});

describe('catch-up and upkeep', () => {
  const pollAll = async (shop: Connected, from: string | null) => {
    const seen: string[] = [];
    let cursor = from;
    for (;;) {
      const result = await changedOrders.poll(cursor, aCall(), shop.client);
      if (result.kind !== 'read') throw new Error(JSON.stringify(result));
      seen.push(...result.records.map(({ sourceEventId }) => sourceEventId.split('@')[0] ?? ''));
      ({ cursor } = result);
      if (!result.more) return { seen, cursor };
    }
  };

  test('a lost webhook is found by the catch-up, also across pages', async () => {
    const shop = await heardShop({ webhooks: { dropped: 1 } });
    const first = await pollAll(shop, null);
    const ids = Array.from(
      { length: 260 },
      () => shop.emulator.platform.shop.placeOrder({ lines: [{ sku: 'A', price: '1.00' }] }).id,
    );
    expect(shop.heard.messages).toEqual([]);
    const second = await pollAll(shop, first.cursor);
    expect(second.seen.toSorted()).toEqual(ids.toSorted());
  });

  test('the cursor moves only with what was read, and reads five minutes back', async () => {
    let nowMs = Date.parse('2026-11-24T10:00:00Z');
    const shop = await heardShop(
      { now: () => nowMs, searchLagMs: 30_000 },
      { pollFrom: '2026-11-24T09:00:00.000Z' },
    );
    const early = shop.emulator.platform.shop.placeOrder(basket);
    const lagging = await pollAll(shop, null);
    expect(lagging.seen).toEqual([]);
    nowMs += 60_000;
    const late = shop.emulator.platform.shop.placeOrder(basket);
    const next = await pollAll(shop, lagging.cursor);
    expect(next.seen).toEqual([early.id]);
    nowMs += 60_000;
    expect((await pollAll(shop, next.cursor)).seen).toEqual([early.id, late.id]);
  });

  test('without an instant to begin at, connecting a shop imports no history', async () => {
    let nowMs = Date.parse('2026-11-24T10:00:00Z');
    const shop = await heardShop({ now: () => nowMs });
    shop.emulator.platform.shop.placeOrder(basket);
    nowMs += 86_400_000;
    expect((await pollAll(shop, null)).seen).toEqual([]);
  });

  test('a subscription that the platform deleted is created again', async () => {
    const shop = await heardShop();
    const { shop: place, webhooks } = shop.emulator.platform;
    shop.heard.fail(true);
    place.placeOrder(basket);
    await webhooks.idle();
    const deleted = shop.emulator.journal.effects
      .filter(({ type }) => type === 'subscription.deleted')
      .map(({ key }) => key);
    expect(deleted.toSorted()).toEqual(['ORDERS_CREATE', 'ORDERS_PAID', 'ORDER_TRANSACTIONS_CREATE']);
    shop.heard.fail(false);
    const outcome = await shopify.maintain?.run(shop.heard.url, aCall(), shop.client);
    expect(outcome).toMatchObject({
      kind: 'done',
      result: { created: ['ORDERS_CREATE', 'ORDERS_PAID', 'ORDER_TRANSACTIONS_CREATE'] },
    });
    place.placeOrder(basket);
    await webhooks.idle();
    expect(shop.heard.messages.map(({ topic }) => topic).toSorted()).toEqual([
      'order_transactions/create',
      'orders/create',
      'orders/paid',
    ]);
  });

  test('subscriptions that are there are left alone', async () => {
    const shop = await heardShop();
    expect(await keepSubscriptions(shop.heard.url, aCall(), shop.client)).toEqual({
      kind: 'done',
      result: { created: [] },
    });
  });

  test('the doctor names what would go wrong, with its remedy', async () => {
    const shop = await heardShop({ scopes: ['read_orders'], supportedVersions: ['2027-01', '2027-04'] });
    shop.emulator.platform.shop.unsubscribe(shop.emulator.platform.shop.subscriptions[0]?.id ?? '');
    const findings = await shopify.doctor(aCall(), shop.client);
    const bad = findings.filter(({ level }) => level !== 'ok');
    expect(bad.map(({ level, check }) => `${level} ${check}`)).toEqual([
      'error api-version',
      'error scope read_merchant_managed_fulfillment_orders',
      'error scope write_merchant_managed_fulfillment_orders',
      'warning scope read_all_orders',
      'warning scope write_orders',
      'warning webhooks',
      'warning access-token',
    ]);
    expect(bad.every(({ remedy }) => remedy !== null)).toBe(true);
  });

  test('the doctor foretells the end of a refresh token', async () => {
    const shop = await heardShop(
      { tokens: { refreshLifetimeMs: 10 * 86_400_000 } },
      {
        auth: { kind: 'offline', clientId: 'emulated-client-id', refreshToken: 'shprt_emulated_first_token' },
      },
    );
    const findings = await shopify.doctor(aCall(), shop.client);
    expect(findings.find(({ check }) => check === 'access-token')).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('days'),
    });
  });
});
