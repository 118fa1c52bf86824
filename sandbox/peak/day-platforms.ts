import { join } from 'node:path';
import { type EffectJournal, effectJournal } from '#connector-testkit/effect-journal.ts';
import type { SlotUse } from '#connector-testkit/request-slots.ts';
import type { TrytonPlatform } from '#connectors/tryton/emulator.ts';
import { productEnvironment } from '../platforms/product-environment.ts';
import { type RetailerPlatforms, startPlatforms } from '../platforms/retailer-platforms.ts';
import { Schedule } from '../platforms/schedule.ts';
import { setUps } from '../platforms/set-ups.ts';
import { Warehouse } from '../platforms/warehouse.ts';
import { type Day, type Happening, happeningOf, peakDay, placings } from './day.ts';
import { type Kind, orderOfTheDay } from './order-of-the-day.ts';

export const peakRetailer = 'northwind-apparel';
/** What happened when, and which orders were special: no system of the retailer would write that down. */
export const dayFile = (directory: string): string => join(directory, 'day.ndjson');

export type DayStatus = {
  readonly wanted: number;
  readonly placed: number;
  /** Webhooks that were not taken yet are not among them: the shop tries those again. */
  readonly pending: number;
  readonly subscribed: boolean;
  readonly slots: SlotUse;
  readonly webhooks: Readonly<Record<string, number>>;
};

/** Orders are put on hold in this part of the rush: early ones would be in the ERP before fraud control looked at them. */
const heldFromShare = 0.4;
const lookEveryMs = 100;

/** The peak day at the retailer's platforms: who orders, what fraud control and the shop's people do, and what the systems go through. */
export class DayPlatforms {
  readonly #platforms: RetailerPlatforms<TrytonPlatform>;
  readonly #day: Day;
  readonly #seed: number;
  readonly #journal: EffectJournal;
  readonly #schedule: Schedule;
  readonly #warehouse: Warehouse;
  readonly #looking: NodeJS.Timeout;
  readonly #orders = new Map<string, Kind>();
  readonly #allowedCalls: number;
  #wanted = 0;

  private constructor(
    platforms: RetailerPlatforms<TrytonPlatform>,
    day: Day,
    seed: number,
    directory: string,
  ) {
    this.#platforms = platforms;
    this.#day = day;
    this.#seed = seed;
    this.#journal = effectJournal(dayFile(directory));
    this.#allowedCalls = platforms.crm.platform.options.dailyApiRequests;
    this.#schedule = new Schedule((error) =>
      this.#journal.record('task.failed', '-', {
        error: error instanceof Error ? error.message : String(error),
      }),
    );
    this.#warehouse = new Warehouse(platforms, this.#schedule, seed);
    this.#warehouse.isResting = true;
    // Whoever finds that prices were wrong tells the warehouse at once; the cancellations come through the systems.
    const { shopConnection } = platforms.setUp;
    this.#warehouse.isSetAside = (reference) =>
      this.#orders.get(reference.slice(`order:${shopConnection}:`.length)) === 'mispriced';
    this.#looking = setInterval(() => this.#warehouse.look(), lookEveryMs);
  }

  static async start(directory: string, seed: number, scale: number): Promise<DayPlatforms> {
    const day = peakDay(scale);
    const setUp = setUps.find(({ profile }) => profile.retailer === peakRetailer);
    if (setUp === undefined) throw new RangeError(`there is no retailer ${peakRetailer}`);
    const { requestLimit, saveMs } = day.erp;
    const server = { ...setUp.erp.server, saveLatencyMs: saveMs, requestLimit };
    const platforms = await startPlatforms(
      { ...setUp, erp: { ...setUp.erp, server } },
      {
        directory,
        seed,
        // The shop's own pace of retries, 4 hours for 8 of them, by the day's clock.
        webhooks: {
          timeScale: day.hourMs / 3_600_000,
          duplicated: 0.02,
          dropped: 0.01,
          shuffleMs: 20,
        },
      },
    );
    return new DayPlatforms(platforms, day, seed, directory);
  }

  get environment(): Readonly<Record<string, string>> {
    const { prefix } = this.#platforms.setUp;
    return {
      ...productEnvironment(this.#platforms),
      [`${prefix}_TRYTON_CONCURRENCY`]: String(this.#day.erp.slots),
    };
  }

  get status(): DayStatus {
    const { shop, erp } = this.#platforms;
    return {
      wanted: this.#wanted,
      placed: this.#orders.size,
      pending: this.#schedule.pending,
      // In the order of the configured topics, so that the last one stands for all.
      subscribed: shop.platform.shop.subscriptions.some(({ topic }) => topic === 'FULFILLMENTS_UPDATE'),
      slots: erp.platform.slots.use,
      webhooks: { ...shop.platform.webhooks.counts },
    };
  }

  /** The first order is placed now, all others when it is their time. */
  begin(): void {
    this.#journal.record('day.begun', '-', {});
    const at = placings(this.#day);
    this.#wanted = at.length;
    for (const [index, atMs] of at.entries())
      this.#schedule.after(atMs, () => this.#place(index, this.#canBeHeld(atMs)));
  }

  /** Lets something of the day begin or end. */
  happen(what: Happening['what'], phase: 'begins' | 'ends'): void {
    const { erp, crm } = this.#platforms;
    const isOn = phase === 'begins';
    switch (what) {
      case 'allocation-runs-out':
        crm.platform.allowance.used = isOn ? this.#allowedCalls : 0;
        break;
      case 'others-take-half':
        erp.platform.slots.occupy(isOn ? Math.floor(this.#day.erp.slots / 2) : 0);
        break;
      case 'erp-maintenance':
        erp.faults.clear();
        if (isOn) erp.faults.often({ kind: 'answer', status: 503 }, 1);
        break;
      case 'holds-released':
        for (const id of this.#of('held')) this.#platforms.shop.platform.shop.releaseOrder(id);
        break;
      case 'mispriced-cancelled':
        for (const id of this.#of('mispriced')) this.#platforms.shop.platform.shop.cancelOrder(id, 'OTHER');
        break;
      case 'warehouse-begins':
        this.#warehouse.isResting = false;
        break;
      case 'gateway-down':
        break; // the product's own matter
    }
    this.#journal.record(`${what}.${phase}`, '-', { slots: erp.platform.slots.use });
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#schedule.close();
    await this.#platforms.close();
    this.#journal.close();
  }

  #place(index: number, canBeHeld: boolean): void {
    const { shop } = this.#platforms.shop.platform;
    const { kind, input } = orderOfTheDay(this.#seed, index, this.#platforms.setUp.profile, this.#day, {
      canBeHeld,
    });
    const { id } = shop.placeOrder(input);
    this.#orders.set(id, kind);
    if (kind === 'held') shop.holdOrder(id);
    this.#journal.record('order.planned', id, { kind });
  }

  #canBeHeld(atMs: number): boolean {
    const [calm, rush] = this.#day.arrivals;
    const rushMs = calm?.forMs ?? 0;
    return (
      atMs >= rushMs + heldFromShare * (rush?.forMs ?? 0) &&
      atMs < happeningOf(this.#day, 'allocation-runs-out').atMs
    );
  }

  #of(kind: Kind): readonly string[] {
    return [...this.#orders].filter(([, is]) => is === kind).map(([id]) => id);
  }
}
