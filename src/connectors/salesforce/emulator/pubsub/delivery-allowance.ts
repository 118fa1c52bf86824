const dayMs = 24 * 3_600_000;

/** Counts the events delivered to all subscribers over a rolling 24 h. */
export class DeliveryAllowance {
  readonly #max: number;
  readonly #now: () => number;
  #delivered: { readonly atMs: number; readonly count: number }[] = [];

  constructor(max: number, now: () => number) {
    this.#max = max;
    this.#now = now;
  }

  get max(): number {
    return this.#max;
  }

  get left(): number {
    const since = this.#now() - dayMs;
    this.#delivered = this.#delivered.filter(({ atMs }) => atMs > since);
    return Math.max(0, this.#max - this.#delivered.reduce((sum, { count }) => sum + count, 0));
  }

  spend(count: number): void {
    if (count > 0) this.#delivered.push({ atMs: this.#now(), count });
  }
}
