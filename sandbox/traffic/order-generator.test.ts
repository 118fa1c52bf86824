import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { orderProblems } from '#canonical/order-invariants.ts';
import type { Order } from '#canonical/order.ts';
import { newCall } from '#connector-sdk/call.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import { shopify } from '#connectors/shopify/connector.ts';
import { connected } from '#connectors/shopify/testing/connected.ts';
import { harbourSupply } from './harbour-supply.ts';
import { northwindApparel } from './northwind-apparel.ts';
import { planOrder } from './order-generator.ts';
import type { PlannedOrder } from './planned-order.ts';

const profiles = [northwindApparel, harbourSupply];
const plan = (seed: number, count: number): readonly PlannedOrder[] =>
  Array.from({ length: count }, (_, index) => planOrder(seed, index, profiles));
const hash = (orders: readonly PlannedOrder[]): string =>
  createHash('sha256').update(JSON.stringify(orders)).digest('hex');

test('the same seed makes the same orders, and another seed makes others', () => {
  expect(hash(plan(7, 300))).toBe(hash(plan(7, 300)));
  expect(hash(plan(8, 300))).not.toBe(hash(plan(7, 300)));
});

test('an order depends on its number alone, not on what was made before it', () => {
  expect(planOrder(7, 41, profiles)).toEqual(plan(7, 42)[41]);
});

test('a few hundred orders hold everything that retail knows', () => {
  const orders = plan(1, 600);
  const share = (is: (order: PlannedOrder) => boolean): number => orders.filter(is).length / orders.length;
  const lines = orders.map(({ input }) => input.lines.length);
  expect(Math.min(...lines)).toBe(1);
  expect(Math.max(...lines)).toBeGreaterThan(5);
  const has: Readonly<Record<string, (order: PlannedOrder) => boolean>> = {
    dollars: ({ input }) => input.currency === 'USD',
    pounds: ({ input }) => input.currency === 'GBP' && input.taxesIncluded === true,
    euros: ({ input }) => input.presentmentCurrency === 'EUR',
    yen: ({ input }) => input.presentmentCurrency === 'JPY',
    codes: ({ input }) => input.discount?.code !== undefined,
    automatic: ({ input }) => input.discount !== undefined && input.discount.code === undefined,
    'gift cards bought': ({ input }) => input.lines.some(({ giftCard }) => giftCard === true),
    'gift cards used': ({ input }) => input.gateway === 'gift_card',
    companies: ({ input }) =>
      input.company !== undefined && input.poNumber !== undefined && input.netDays === 30,
    guests: ({ input }) => input.customer === null,
    tills: ({ input }) => input.sourceName === 'pos',
    bundles: ({ input }) => input.lines.some(({ bundle }) => bundle !== undefined),
    tips: ({ input }) => input.tip !== undefined,
    'paid later': ({ input, life }) => input.payment === 'pending' && life.some(({ kind }) => kind === 'pay'),
    cancelled: ({ life }) => life.some(({ kind }) => kind === 'cancel'),
    changed: ({ life }) => life.some(({ kind }) => kind === 'add' || kind === 'remove'),
    tests: ({ input }) => input.test === true,
    'several taxes': ({ input }) => input.taxTitle === 'New York State Tax',
    'no tax': ({ input }) => input.lines.every(({ taxRate }) => taxRate === undefined),
  };
  for (const [what, is] of Object.entries(has)) expect(share(is), what).toBeGreaterThan(0.004);
});

test('some articles sell far more often than others', () => {
  const counts = new Map<string, number>();
  for (const { sku } of plan(3, 500).flatMap(({ input }) => input.lines))
    if (sku) counts.set(sku, (counts.get(sku) ?? 0) + 1);
  const sorted = [...counts.values()].sort((a, b) => b - a);
  expect(sorted[0]! / sorted.at(-1)!).toBeGreaterThan(4);
});

test('what a shop makes of the orders is free of contradictions in our words, as first placed and after what happens to them', async () => {
  for (const profile of profiles) {
    const shopOfProfile = await connected(
      {
        currency: profile.currency,
        taxesIncluded: profile.taxesIncluded,
        bucket: { capacity: 1e6, refillPerSecond: 1e6 },
      },
      {},
    );
    try {
      const { shop } = shopOfProfile.emulator.platform;
      for (let index = 0; index < 40; index += 1) {
        const planned = planOrder(11, index, [profile]);
        const { id, name } = shop.placeOrder(planned.input);
        expect(orderProblems(await read(id)), `${profile.retailer} ${name}`).toEqual([]);
        for (const event of planned.life) {
          if (event.kind === 'pay') shop.payOrder(id);
          if (event.kind === 'cancel') shop.cancelOrder(id, event.reason);
          if (event.kind === 'add') shop.editOrder(id, { add: event.line });
          if (event.kind === 'remove') shop.editOrder(id, { sku: event.sku, remove: event.quantity });
        }
        expect(orderProblems(await read(id)), `${profile.retailer} ${name}, later`).toEqual([]);
      }
    } finally {
      await shopOfProfile.close();
    }

    async function read(id: string): Promise<Order> {
      const command = shopify.commands['storefront.order.read']!;
      const outcome = await command.send(
        { orderId: id },
        newCall({ timeoutMs: 10_000 }),
        shopOfProfile.client,
      );
      const event = outcome.kind === 'done' ? outcome.events?.[0] : undefined;
      if (event?.type !== 'order.observed') throw new Error(`no order: ${JSON.stringify(outcome)}`);
      // Through text once, as everything that is stored goes.
      return parseJsonLossless(JSON.stringify(event.data)) as unknown as Order;
    }
  }
});
