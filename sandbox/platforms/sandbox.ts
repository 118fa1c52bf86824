import { type DeliveryHistory, deliveryHistory } from '#connector-testkit/delivery-history.ts';
import { type EffectJournal, effectJournal } from '#connector-testkit/effect-journal.ts';
import type { Rush } from '../traffic/pace.ts';
import type { Temper } from '../traffic/temper.ts';
import { BuyersAtWork, type Placed } from './buyers-at-work.ts';
import type { WebhookOptions } from '#connectors/shopify/emulator/webhook-options.ts';
import type { WebhookSender } from '#connectors/shopify/emulator/webhook-sender.ts';
import type { Weather } from './fault-weather.ts';
import { type System, trafficFile } from './journal-files.ts';
import { productEnvironment } from './product-environment.ts';
import { type RetailerPlatforms, startPlatforms } from './retailer-platforms.ts';
import { Schedule } from './schedule.ts';
import { calmSending, Spells } from './spells.ts';
import { type RetailerSetUp, temperedSetUp } from './set-ups.ts';
import { Warehouse } from './warehouse.ts';

export type SandboxOptions = {
  readonly setUps: readonly RetailerSetUp[];
  readonly directory: string;
  readonly seed: number;
  /** 20 % of the webhooks twice, all of them out of order, 2 % never. */
  readonly isChaos: boolean;
  /** Buyers that race and rush, a warehouse that leaves rests; calm by itself. */
  readonly temper?: Temper;
  /** Gets one line for each attempt to deliver a webhook. */
  readonly deliveriesFile?: string | null;
  /** No answer of a platform leaves before its effects are synced to the journal. */
  readonly syncJournals?: boolean;
};

/** What is going on, for whoever waits for it to end. */
export type SandboxStatus = {
  readonly wanted: number;
  readonly placed: number;
  /** Payments, cancellations, shipments, invoices still to come, and webhooks under way. */
  readonly pending: number;
  /** Shops to which the product has subscribed. */
  readonly subscribed: number;
  readonly webhooks: Readonly<Record<keyof WebhookSender['counts'], number>>;
  readonly faults: Readonly<Record<string, number>>;
};

const lookEveryMs = 100;
/** In the middle of what a torture orders, a tenth of it comes ten times as fast. */
const rushOf: Readonly<Record<Temper, Rush | null>> = {
  calm: null,
  torture: { from: 0.45, to: 0.55, times: 10 },
};

/** All emulated systems of all retailers, with the people in front of them: buyers and warehouses. */
export class Sandbox {
  readonly #platforms: readonly RetailerPlatforms[];
  readonly #schedule: Schedule;
  readonly #buyers: BuyersAtWork;
  readonly #warehouses: ReadonlyMap<string, Warehouse>;
  readonly #traffic: EffectJournal;
  readonly #looking: NodeJS.Timeout;
  readonly #rush: Rush | null;
  readonly #history: DeliveryHistory | null;
  /** What platforms do wrong on purpose, beside the weather. */
  readonly spells: Spells;

  private constructor(
    platforms: readonly RetailerPlatforms[],
    history: DeliveryHistory | null,
    usual: WebhookOptions,
    { directory, seed, temper = 'calm' }: SandboxOptions,
  ) {
    this.#platforms = platforms;
    this.#history = history;
    this.spells = new Spells(platforms, calmSending(usual));
    this.#rush = rushOf[temper];
    this.#traffic = effectJournal(trafficFile(directory));
    this.#schedule = new Schedule((error) =>
      this.#traffic.record('task.failed', '-', {
        error: error instanceof Error ? error.message : String(error),
      }),
    );
    this.#buyers = new BuyersAtWork(platforms, this.#schedule, seed);
    this.#warehouses = new Map(
      platforms.map((each) => [each.setUp.profile.retailer, new Warehouse(each, this.#schedule, seed)]),
    );
    this.#looking = setInterval(() => {
      for (const warehouse of this.#warehouses.values()) warehouse.look();
    }, lookEveryMs);
  }

  static async start(options: SandboxOptions): Promise<Sandbox> {
    const { setUps, directory, seed, isChaos, temper = 'calm', syncJournals = false } = options;
    const history = options.deliveriesFile ? deliveryHistory(options.deliveriesFile) : null;
    // Shopify's pace of retries, 4 hours for 8 of them, in a minute and a half.
    const timeScale = 1 / 160;
    const webhooks = isChaos
      ? { timeScale, duplicated: 0.2, dropped: 0.02, shuffleMs: 1_500 }
      : { timeScale, duplicated: 0.02, dropped: 0, shuffleMs: 20 };
    const platforms = await Promise.all(
      setUps.map((setUp, index) =>
        startPlatforms(temperedSetUp(setUp, temper), {
          directory,
          seed: seed + index,
          webhooks: { ...webhooks, history },
          syncJournals,
        }),
      ),
    );
    return new Sandbox(platforms, history, webhooks, options);
  }

  get environment(): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.#platforms.map(productEnvironment)) as Record<string, string>;
  }

  get urls(): Readonly<Record<string, Readonly<Record<System, string>>>> {
    return Object.fromEntries(
      this.#platforms.map(({ setUp, shop, erp, crm }) => [
        setUp.profile.retailer,
        { shop: shop.url, erp: erp.url, crm: crm.url },
      ]),
    );
  }

  status(): SandboxStatus {
    const webhooks = {
      sent: 0,
      accepted: 0,
      failed: 0,
      dropped: 0,
      duplicated: 0,
      late: 0,
      malformed: 0,
      forged: 0,
    };
    const faults: Record<string, number> = {};
    let subscribed = 0;
    let underWay = 0;
    for (const { shop, erp, crm } of this.#platforms) {
      // In the order of the configured topics, so that the last one stands for all.
      if (shop.platform.shop.subscriptions.some(({ topic }) => topic === 'FULFILLMENTS_UPDATE'))
        subscribed += 1;
      underWay += shop.platform.webhooks.pending;
      for (const name of Object.keys(webhooks) as (keyof typeof webhooks)[])
        webhooks[name] += shop.platform.webhooks.counts[name];
      for (const [kind, count] of [shop, erp, crm].flatMap((emulator) => [...emulator.faults.injected]))
        faults[kind] = (faults[kind] ?? 0) + count;
    }
    const { wanted, placed } = this.#buyers;
    const pending = this.#schedule.pending + underWay;
    return { wanted, placed, pending, subscribed, webhooks, faults };
  }

  begin(orders: number, perSecond: number): void {
    this.#buyers.begin(orders, perSecond, this.#rush);
  }

  placeOne(retailer?: string): Placed {
    return this.#buyers.placeOne(retailer);
  }

  ship(retailer: string, orderId: string, parts: number): number {
    return this.#warehouseOf(retailer).ship(this.#referenceOf(retailer, orderId), parts);
  }

  invoice(retailer: string, orderId: string, paid: boolean): void {
    this.#warehouseOf(retailer).invoice(this.#referenceOf(retailer, orderId), paid);
  }

  cancel(retailer: string, orderId: string): void {
    this.#platformsOf(retailer).shop.platform.shop.cancelOrder(orderId);
  }

  weather(weather: Weather, retailer?: string, system?: System): void {
    for (const platforms of this.#platforms)
      if (retailer === undefined || platforms.setUp.profile.retailer === retailer)
        platforms.weather(weather, system);
  }

  /** Writes down how many webhooks were sent and taken, which no effect of a system tells. */
  recordCounts(): void {
    const { webhooks, faults } = this.status();
    this.#traffic.record('webhooks.counted', '-', { ...webhooks });
    this.#traffic.record('faults.counted', '-', { ...faults });
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.spells.close();
    this.#schedule.close();
    await Promise.all(this.#platforms.map((platforms) => platforms.close()));
    this.#traffic.close();
    this.#history?.close();
  }

  #platformsOf(retailer: string): RetailerPlatforms {
    const found = this.#platforms.find(({ setUp }) => setUp.profile.retailer === retailer);
    if (found === undefined) throw new RangeError(`there is no retailer ${retailer}`);
    return found;
  }

  #warehouseOf(retailer: string): Warehouse {
    const warehouse = this.#warehouses.get(retailer);
    if (warehouse === undefined) throw new RangeError(`there is no retailer ${retailer}`);
    return warehouse;
  }

  #referenceOf(retailer: string, orderId: string): string {
    return `order:${this.#platformsOf(retailer).setUp.shopConnection}:${orderId}`;
  }
}
