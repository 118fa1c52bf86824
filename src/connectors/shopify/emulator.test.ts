import { afterEach, describe, expect, test } from 'vitest';
import { emulatedApp, type ShopifyEmulatorOptions } from './emulator.ts';
import { keepSubscriptions } from './subscriptions.ts';
import { aCall, connected, type Connected } from './testing/connected.ts';
import { eventsOf, listen } from './testing/heard.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const made of closing.splice(0).reverse()) await made.close();
});
const start = async (options: ShopifyEmulatorOptions = {}): Promise<Connected> => {
  const made = await connected(options);
  closing.push(made);
  return made;
};
const post = async (
  { emulator }: Connected,
  query: string,
  variables: object = {},
  token: string = emulatedApp.accessToken,
) => {
  const answer = await fetch(`${emulator.url}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
    body: JSON.stringify({ query, variables }),
  });
  return {
    status: answer.status,
    version: answer.headers.get('x-shopify-api-version'),
    body: (await answer.json()) as Record<string, unknown>,
  };
};
const order = { lines: [{ sku: 'A', price: '10.00', quantity: 2 }] };

describe('the emulated Shopify', () => {
  test('refuses a query that Shopify would refuse, for the same reason', async () => {
    const { body } = await post(await start(), '{ shop { id shoeSize } }');
    expect(body['errors']).toMatchObject([
      { message: expect.stringContaining('Cannot query field "shoeSize"') as string },
    ]);
  });

  test('says which version ran and what a query cost', async () => {
    const nowMs = Date.parse('2026-11-24T10:00:00Z');
    const answer = await post(await start({ now: () => nowMs }), '{ shop { id } }');
    expect(answer).toMatchObject({
      version: '2026-10',
      body: {
        extensions: {
          cost: {
            requestedQueryCost: 1,
            actualQueryCost: 1,
            throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1999, restoreRate: 100 },
          },
        },
      },
    });
  });

  test('throttles as Shopify does: 200, no data, what was asked for and what is left', async () => {
    const nowMs = Date.parse('2026-11-24T10:00:00Z');
    const made = await start({ now: () => nowMs });
    made.emulator.platform.bucket.drain(40);
    const { status, body } = await post(made, '{ orders(first: 100) { nodes { id } } }');
    expect(status).toBe(200);
    expect(body).toEqual({
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
      extensions: {
        cost: {
          requestedQueryCost: 102,
          actualQueryCost: null,
          throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 40, restoreRate: 100 },
        },
      },
    });
  });

  test('gives points back with time, and what a query did not use at once', async () => {
    let nowMs = Date.parse('2026-11-24T10:00:00Z');
    const made = await start({ now: () => nowMs });
    const { bucket } = made.emulator.platform;
    await post(made, '{ orders(first: 100) { nodes { id } } }');
    expect(bucket.available).toBe(1998); // of 102 asked for, the connection and its page info were used
    bucket.drain(0);
    nowMs += 1500;
    expect(bucket.available).toBe(150);
  });

  test('refuses a query dearer than 1,000 points whatever the plan', async () => {
    const made = await start({ bucket: { capacity: 20_000, refillPerSecond: 1000 } });
    const { body } = await post(
      made,
      '{ orders(first: 250) { nodes { id lineItems(first: 50) { nodes { id product { id } } } } } }',
    );
    expect(body['errors']).toMatchObject([{ extensions: { code: 'MAX_COST_EXCEEDED' } }]);
  });

  test('refuses a mutation of the list without its idempotency key', async () => {
    const mutation =
      'mutation { locationActivate(locationId: "gid://shopify/Location/1") { location { id } } }';
    const { body } = await post(await start(), mutation);
    expect(body['errors']).toMatchObject([{ message: expect.stringContaining('@idempotent') as string }]);
    expect(body).not.toHaveProperty('data');
  });

  test('answers a wrong token with 401', async () => {
    expect(await post(await start(), '{ shop { id } }', {}, 'wrong')).toMatchObject({
      status: 401,
      body: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
    });
  });

  test('closes a fulfilment order that is fulfilled in part and opens another one for the rest', async () => {
    const { emulator } = await start();
    const { shop } = emulator.platform;
    const { id } = shop.placeOrder(order);
    const record = shop.orders.get(`gid://shopify/Order/${id}`);
    const [first] = record?.fulfillmentOrders ?? [];
    const item = first?.lineItems[0];
    shop.fulfill({
      lineItemsByFulfillmentOrder: [
        {
          fulfillmentOrderId: first?.id ?? '',
          fulfillmentOrderLineItems: [{ id: item?.id ?? '', quantity: 1 }],
        },
      ],
    });
    expect(
      record?.fulfillmentOrders.map(({ status, lineItems }) => [
        status,
        lineItems.map(({ remainingQuantity }) => remainingQuantity),
      ]),
    ).toEqual([
      ['CLOSED', [0]],
      ['OPEN', [1]],
    ]);
    expect(record?.fulfillmentOrders[1]?.id).not.toBe(first?.id);
  });

  test('a refresh token is good for one renewal', async () => {
    const { emulator } = await start();
    const renew = (refreshToken: string) =>
      fetch(`${emulator.url}/admin/oauth/access_token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: emulatedApp.clientId,
          client_secret: emulatedApp.clientSecret,
          refresh_token: refreshToken,
        }),
      });
    const first = await renew(emulatedApp.refreshToken);
    const { refresh_token: next } = (await first.json()) as { refresh_token: string };
    expect((await renew(emulatedApp.refreshToken)).status).toBe(400);
    expect((await renew(next)).status).toBe(200);
  });
});

describe('its webhooks', () => {
  const heardBy = async (options: ShopifyEmulatorOptions) => {
    const made = await start(options);
    const heard = await listen(made.config, 'shopify-us');
    closing.push(heard);
    await keepSubscriptions(heard.url, aCall(), made.client);
    return { ...made, heard };
  };

  test('come signed, in the shop offset, with one event id for all topics of one event', async () => {
    const { emulator, heard } = await heardBy({});
    emulator.platform.shop.placeOrder(order);
    await emulator.platform.webhooks.idle();
    expect(heard.messages.map(({ topic }) => topic).toSorted()).toEqual([
      'order_transactions/create',
      'orders/create',
      'orders/paid',
    ]);
    expect(heard.messages.find(({ topic }) => topic === 'orders/create')?.body).toMatchObject({
      created_at: expect.stringMatching(/-05:00$/) as string,
    });
  });

  test('are tried again with the original payload until they are taken', async () => {
    const { emulator, heard } = await heardBy({ webhooks: { timeScale: 0.0005 } });
    heard.fail(true);
    const { id } = emulator.platform.shop.placeOrder(order);
    while (emulator.platform.webhooks.counts.failed < 3)
      await new Promise((resolve) => setTimeout(resolve, 2));
    emulator.platform.shop.editOrder(id, { add: { sku: 'B', price: '1.00' } });
    heard.fail(false);
    await emulator.platform.webhooks.idle();
    const created = heard.messages.find(({ topic }) => topic === 'orders/create');
    const [event] = created ? eventsOf(created) : [];
    expect(event?.type === 'order.observed' && event.data.lines.map(({ sku }) => sku)).toEqual(['A']);
    expect(emulator.journal.counts('subscription.deleted').size).toBe(0);
  });

  test('come twice, late or not at all when told to', async () => {
    const twice = await heardBy({ webhooks: { duplicated: 1, shuffleMs: 5 } });
    twice.emulator.platform.shop.placeOrder(order);
    await twice.emulator.platform.webhooks.idle();
    expect(twice.heard.messages).toHaveLength(6);
    const never = await heardBy({ webhooks: { dropped: 1 } });
    never.emulator.platform.shop.placeOrder(order);
    await never.emulator.platform.webhooks.idle();
    expect(never.heard.messages).toEqual([]);
  });

  test('hundreds of orders leave none of them untold', async () => {
    const { emulator, heard } = await heardBy({});
    const ids = Array.from({ length: 300 }, () => emulator.platform.shop.placeOrder(order).id);
    await emulator.platform.webhooks.idle();
    const told = heard.messages
      .filter(({ topic }) => topic === 'orders/create')
      .map(({ body }) => String((body as { id: string }).id));
    expect(told.toSorted()).toEqual(ids.toSorted());
  });
});
