import { type SeededRandom, seededRandom } from '#connector-testkit/seeded-random.ts';
import type { RetailerPlatforms } from './retailer-platforms.ts';
import type { Schedule } from './schedule.ts';

/** How long the warehouse takes; the whole of it is scaled by `--pace`. Milliseconds. */
const pickMs = { least: 3_000, most: 6_000 } as const;
const betweenPartsMs = 1_500;
const invoiceMs = 800;

/** The people at a retailer's ERP: they see what is processed, ship it in one or several parts, invoice it, and book the payment. */
export class Warehouse {
  readonly #platforms: RetailerPlatforms;
  readonly #schedule: Schedule;
  readonly #seed: number;
  #seen = 0;
  isResting = false;
  /** Sales that are set aside, by their reference: nobody ships them. */
  isSetAside: (reference: string) => boolean = () => false;

  constructor(platforms: RetailerPlatforms, schedule: Schedule, seed: number) {
    this.#platforms = platforms;
    this.#schedule = schedule;
    this.#seed = seed;
  }

  /** Takes up what was processed since it last looked. */
  look(): void {
    const { effects } = this.#platforms.erp.journal;
    for (; this.#seen < effects.length; this.#seen += 1) {
      const effect = effects[this.#seen];
      const order = effect === undefined ? null : this.#platforms.desk.handedOver(effect);
      if (order !== null && !this.isResting && !this.isSetAside(order.reference)) this.#takeUp(order);
    }
  }

  /** Ships what is left of a sale now. Answers how many shipments left. */
  ship(reference: string, parts = 1): number {
    return this.#platforms.desk.ship(this.#saleUnder(reference), {
      parts,
      tracking: this.#numbers(reference, parts),
    });
  }

  /** Posts a sale's invoices and, where asked for, books their payment. */
  invoice(reference: string, paid: boolean): void {
    this.#platforms.desk.invoice(this.#saleUnder(reference), paid);
  }

  #saleUnder(reference: string): string {
    const sale = this.#platforms.desk.saleUnder(reference);
    if (sale === null) throw new RangeError(`the ERP has no sale ${reference}`);
    return sale;
  }

  #takeUp({ sale, reference: key }: { readonly sale: string; readonly reference: string }): void {
    const random = this.#randomOf(key);
    const parts = 1 + Math.floor(random.next() ** 2 * 3);
    const firstMs = random.between(pickMs.least, pickMs.most);
    const tracking = random.next() < 0.85 ? this.#numbers(key, parts) : [];
    const { desk } = this.#platforms;
    const isPaid = random.next() < 0.5;
    // The rest waits for goods that do not come.
    const isInPart = random.next() < this.#platforms.setUp.profile.shares.shippedInPart;
    const planned = isInPart ? Math.max(parts, 2) : parts;
    for (let part = 0; part < (isInPart ? planned - 1 : planned); part += 1) {
      this.#schedule.after(firstMs + part * betweenPartsMs, () => {
        // What was taken back meanwhile has no shipment that waits, and nothing leaves.
        desk.ship(sale, {
          parts: planned - part,
          keep: planned - part - 1,
          tracking: tracking.slice(part, part + 1),
        });
      });
    }
    this.#schedule.after(firstMs + (parts - 1) * betweenPartsMs + invoiceMs, () => {
      if (desk.canBeInvoiced(sale)) desk.invoice(sale, isPaid);
    });
  }

  #numbers(reference: string, parts: number): string[] {
    const base = reference.replaceAll(/\D/g, '').slice(-9);
    return Array.from({ length: parts }, (_, part) => `1Z${base}${part + 1}`);
  }

  #randomOf(reference: string): SeededRandom {
    let hash = this.#seed;
    for (const character of reference) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    return seededRandom(hash);
  }
}
