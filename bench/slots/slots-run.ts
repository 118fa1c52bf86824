import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlotUse } from '#connector-testkit/request-slots.ts';
import type { NetSuitePlatform } from '#connectors/netsuite/emulator.ts';
import { startProduct } from '#sandbox/demo/product.ts';
import { netsuiteSetUps } from '#sandbox/platforms/netsuite-set-ups.ts';
import { productEnvironment } from '#sandbox/platforms/product-environment.ts';
import { type RetailerPlatforms, startPlatforms } from '#sandbox/platforms/retailer-platforms.ts';

/** One account, how much of it is ours, and when somebody else takes the rest. */
export type SlotsCase = {
  readonly name: string;
  /** What the account allows at once. */
  readonly limit: number;
  /** What our setting `concurrency` says. */
  readonly configured: number;
  /** What another integration holds, from the first order on or once half of the orders are made. */
  readonly others: number;
  readonly othersFrom: 'the-first-order' | 'half-time';
};

export type SlotsFigures = {
  /** Share of the slots that were free to us, in use while at least as many orders waited as there are slots. */
  readonly used: number;
  /** Requests that the account refused. */
  readonly refused: number;
  readonly mostInUse: number;
  readonly ordersPerSecond: number;
  readonly orders: number;
};

/** How long a save takes in an account with a few scripts; two saves an order. Milliseconds. */
const saveMs = 3_000;
const lookEveryMs = 20;
/** The first orders fill the slots one after the other. */
const warmUpShare = 0.1;

/** Lets `orders` come at once and measures the account's slots while they are worked off. @throws Error when they do not come */
export async function slotsRun(
  each: SlotsCase,
  { orders, directory, databaseUrl }: { orders: number; directory: string; databaseUrl: string },
): Promise<SlotsFigures> {
  await mkdir(directory, { recursive: true });
  const [setUp] = netsuiteSetUps;
  if (setUp === undefined) throw new Error('there is no retailer');
  const account = { ...setUp.erp.account, saveMs, requestLimit: each.limit };
  const platforms = await startPlatforms(
    { ...setUp, erp: { ...setUp.erp, account } },
    { directory, seed: 1, webhooks: {} },
  );
  await using begun = new AsyncDisposableStack();
  begun.defer(() => platforms.close());
  const product = await startProduct({
    directory,
    databaseUrl,
    retailers: [setUp.profile.retailer],
    environment: {
      ...productEnvironment(platforms),
      [`${setUp.prefix}_NETSUITE_CONCURRENCY`]: String(each.configured),
    },
    pollIntervalScale: 1,
  });
  begun.defer(() => product.stop());
  await subscribed(platforms);
  const { slots } = platforms.erp.platform;
  if (each.othersFrom === 'the-first-order') slots.occupy(each.others);
  placeOrders(platforms, orders);

  const made = (): number =>
    platforms.erp.journal.effects.filter(({ type }) => type === 'salesOrder.created').length;
  await reach(made, Math.ceil(orders * warmUpShare));
  const from = markOf(slots.use, made());
  if (each.othersFrom === 'half-time') {
    await reach(made, Math.ceil(orders / 2));
    slots.occupy(each.others);
  }
  // From here on fewer wait than there are slots.
  await reach(made, orders - 2 * each.limit);
  const to = markOf(slots.use, made());
  const seconds = (to.atMs - from.atMs) / 1_000;
  const oursMs = each.limit * (to.atMs - from.atMs) - (to.use.othersMs - from.use.othersMs);
  const freeMs = Math.min(oursMs, each.configured * (to.atMs - from.atMs));
  return {
    used: (to.use.busyMs - from.use.busyMs) / freeMs,
    refused: slots.use.refused,
    mostInUse: slots.use.mostInUse,
    ordersPerSecond: (to.made - from.made) / seconds,
    orders,
  };
}

const markOf = (use: SlotUse, made: number) => ({ use, made, atMs: performance.now() });

async function reach(count: () => number, wanted: number): Promise<void> {
  for (const until = Date.now() + 240_000; count() < wanted; await sleep(lookEveryMs))
    if (Date.now() > until) throw new Error(`only ${count()} of ${wanted} orders reached the ERP`);
}

async function subscribed({ shop }: RetailerPlatforms<NetSuitePlatform>): Promise<void> {
  await reach(() => shop.platform.shop.subscriptions.length, 6);
}

/** Paid orders of one line each, by as many buyers. */
function placeOrders({ shop }: RetailerPlatforms<NetSuitePlatform>, orders: number): void {
  for (let index = 0; index < orders; index += 1)
    shop.platform.shop.placeOrder({
      lines: [{ sku: 'NW-TEE-BLK-M', title: 'Tee', quantity: 1, price: '28.00' }],
      email: `buyer-${index}@example.com`,
      shippingAddress: {
        firstName: 'Ann',
        lastName: `Lee ${index}`,
        address1: '1 Main St',
        city: 'Portland',
        provinceCode: 'OR',
        zip: '97205',
        countryCode: 'US',
      },
    });
}
