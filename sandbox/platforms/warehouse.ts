import type { Effect } from '#connector-testkit/effect-journal.ts';
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
      if (effect?.type === 'sale.processed' && !this.isResting && !this.isSetAside(effect.key))
        this.#takeUp(effect);
    }
  }

  /** Ships what is left of a sale now. Answers how many shipments left. */
  ship(reference: string, parts = 1): number {
    const [sale] = this.#platforms.erp.platform.salesWith(reference);
    if (sale === undefined) throw new RangeError(`the ERP has no sale ${reference}`);
    return this.#platforms.erp.platform.ship(sale.id, { parts, tracking: this.#numbers(reference, parts) })
      .length;
  }

  /** Posts a sale's invoices and, where asked for, books their payment. */
  invoice(reference: string, paid: boolean): void {
    const [sale] = this.#platforms.erp.platform.salesWith(reference);
    if (sale === undefined) throw new RangeError(`the ERP has no sale ${reference}`);
    this.#platforms.erp.platform.invoice(sale.id, { paid });
  }

  #takeUp({ key, data }: Effect): void {
    const random = this.#randomOf(key);
    const sale = (data as { readonly sale: number }).sale;
    const parts = 1 + Math.floor(random.next() ** 2 * 3);
    const firstMs = random.between(pickMs.least, pickMs.most);
    const tracking = random.next() < 0.85 ? this.#numbers(key, parts) : [];
    const { platform } = this.#platforms.erp;
    const isPaid = random.next() < 0.5;
    // The rest waits for goods that do not come.
    const isInPart = random.next() < this.#platforms.setUp.profile.shares.shippedInPart;
    const planned = isInPart ? Math.max(parts, 2) : parts;
    for (let part = 0; part < (isInPart ? planned - 1 : planned); part += 1) {
      this.#schedule.after(firstMs + part * betweenPartsMs, () => {
        // What was taken back meanwhile has no shipment that waits, and nothing leaves.
        platform.ship(sale, {
          parts: planned - part,
          keep: planned - part - 1,
          tracking: tracking.slice(part, part + 1),
        });
      });
    }
    this.#schedule.after(firstMs + (parts - 1) * betweenPartsMs + invoiceMs, () => {
      if (
        platform.shipments.ofSale(platform.store.get('sale.sale', sale)).length === 0 ||
        this.#isShipped(sale)
      )
        platform.invoice(sale, { paid: isPaid });
    });
  }

  #isShipped(sale: number): boolean {
    const { store, shipments } = this.#platforms.erp.platform;
    const states = shipments
      .ofSale(store.get('sale.sale', sale))
      .map((id) => store.get('stock.shipment.out', id)['state']);
    return states.includes('done');
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
