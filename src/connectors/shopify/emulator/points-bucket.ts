/** Shopify's leaky bucket: points come back continuously; a query must fit before it runs and gets back what it did not use. */
export class PointsBucket {
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly #now: () => number;
  #available: number;
  #atMs: number;

  constructor(capacity: number, refillPerSecond: number, now: () => number) {
    this.capacity = capacity;
    this.refillPerSecond = refillPerSecond;
    this.#now = now;
    this.#available = capacity;
    this.#atMs = now();
  }

  get available(): number {
    const nowMs = this.#now();
    this.#available = Math.min(
      this.capacity,
      this.#available + ((nowMs - this.#atMs) / 1000) * this.refillPerSecond,
    );
    this.#atMs = nowMs;
    return this.#available;
  }

  take(points: number): boolean {
    if (points > this.available) return false;
    this.#available -= points;
    return true;
  }

  giveBack(points: number): void {
    this.#available = Math.min(this.capacity, this.available + points);
  }

  /** Another client of the same app used it up. */
  drain(leaving = 0): void {
    this.#available = Math.min(this.available, leaving);
  }
}
