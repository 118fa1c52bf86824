/** Which price book entry stands for a product, by price book, currency and product. Old entries go when it is full. */
export class PriceEntryCache {
  readonly #entries = new Map<string, string>();
  readonly #capacity: number;
  /** The standard price book's id, once known: it never changes. */
  standardPriceBookId: string | null = null;
  /** Looking up and making entries is done by one order at a time, since orders of one moment share their products. */
  turn: Promise<unknown> = Promise.resolve();

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  get(priceBookId: string, currency: string | null, productKey: string): string | undefined {
    return this.#entries.get(keyOf(priceBookId, currency, productKey));
  }

  set(priceBookId: string, currency: string | null, productKey: string, entryId: string): void {
    const oldest = this.#entries.size >= this.#capacity ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(keyOf(priceBookId, currency, productKey), entryId);
  }

  forget(priceBookId: string, currency: string | null, productKey: string): void {
    this.#entries.delete(keyOf(priceBookId, currency, productKey));
  }
}

const keyOf = (priceBookId: string, currency: string | null, productKey: string): string =>
  `${priceBookId.slice(0, 15)}|${currency ?? ''}|${productKey.toLowerCase()}`;
