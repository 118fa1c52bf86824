import type { LifeEvent, PlannedOrder } from '../traffic/planned-order.ts';
import { planOrder } from '../traffic/order-generator.ts';
import { pace, type Rush } from '../traffic/pace.ts';
import type { RetailerPlatforms } from './retailer-platforms.ts';
import type { Schedule } from './schedule.ts';

export type Placed = { readonly retailer: string; readonly id: string; readonly name: string };

/** Buyers place generated orders in the emulated shops at a steady rate, and live on: they pay, change their mind, cancel. */
export class BuyersAtWork {
  readonly #platforms: ReadonlyMap<string, RetailerPlatforms>;
  readonly #schedule: Schedule;
  readonly #seed: number;
  #next = 0;
  #wanted = 0;

  constructor(platforms: readonly RetailerPlatforms[], schedule: Schedule, seed: number) {
    this.#platforms = new Map(platforms.map((each) => [each.setUp.profile.retailer, each]));
    this.#schedule = schedule;
    this.#seed = seed;
  }

  get placed(): number {
    return this.#next;
  }
  get wanted(): number {
    return this.#wanted;
  }

  /** Places so many more orders, `perSecond` of them a second, and faster in a rush. */
  begin(orders: number, perSecond: number, rush: Rush | null = null): void {
    const first = this.#wanted;
    this.#wanted += orders;
    // From one start, so that a timer that comes late does not slow the rest down.
    for (const [index, atMs] of pace(orders, perSecond, rush).entries())
      this.#schedule.after(atMs, () => void this.#place(first + index));
  }

  /** Places one more order now, in a given retailer's shop where one is named. */
  placeOne(retailer?: string): Placed {
    this.#wanted += 1;
    return this.#place(this.#wanted - 1, retailer);
  }

  #place(index: number, retailer?: string): Placed {
    const profiles = [...this.#platforms.values()]
      .map(({ setUp }) => setUp.profile)
      .filter((profile) => retailer === undefined || profile.retailer === retailer);
    const planned = planOrder(this.#seed, index, profiles);
    const { shop } = this.#of(planned.retailer).shop.platform;
    const order = shop.placeOrder(planned.input);
    this.#next += 1;
    for (const event of planned.life)
      this.#schedule.after(event.afterMs, () => this.#live(planned, order.id, event));
    return { retailer: planned.retailer, ...order };
  }

  #live({ retailer }: PlannedOrder, id: string, event: LifeEvent): void {
    const { shop } = this.#of(retailer).shop.platform;
    switch (event.kind) {
      case 'pay':
        return shop.payOrder(id);
      case 'cancel':
        return shop.cancelOrder(id, event.reason);
      case 'add':
        return shop.editOrder(id, { add: event.line });
      case 'remove':
        return shop.editOrder(id, { sku: event.sku, remove: event.quantity });
    }
  }

  #of(retailer: string): RetailerPlatforms {
    const platforms = this.#platforms.get(retailer);
    if (platforms === undefined) throw new RangeError(`there is no retailer ${retailer}`);
    return platforms;
  }
}
