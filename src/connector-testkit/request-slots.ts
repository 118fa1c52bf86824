/** What an account allows at once, and what became of it. Milliseconds. */
export type SlotUse = {
  readonly limit: number | null;
  /** Taken by somebody else. */
  readonly others: number;
  readonly inUse: number;
  readonly mostInUse: number;
  /** Requests that came beyond the limit. */
  readonly refused: number;
  /** Slots times the time that requests held them: divided by the time that passed, the slots in use on average. */
  readonly busyMs: number;
  /** Slots times the time that others held them. */
  readonly othersMs: number;
};

/** The slots of an account that allows so many requests at once, as hosted ERPs do; null: as many as come. Others may hold some of them. */
export class RequestSlots {
  readonly #limit: number | null;
  #others = 0;
  #inUse = 0;
  #mostInUse = 0;
  #refused = 0;
  #busyMs = 0;
  #othersMs = 0;
  #countedAtMs = performance.now();

  constructor(limit: number | null) {
    this.#limit = limit;
  }

  /** A request comes: true when it may run, and then has to `leave`. */
  enter(): boolean {
    this.#count();
    if (this.#limit !== null && this.#inUse + this.#others >= this.#limit) {
      this.#refused += 1;
      return false;
    }
    this.#inUse += 1;
    this.#mostInUse = Math.max(this.#mostInUse, this.#inUse);
    return true;
  }

  leave(): void {
    this.#count();
    this.#inUse -= 1;
  }

  /** From now on, others hold so many; what runs already goes on. */
  occupy(others: number): void {
    this.#count();
    this.#others = others;
  }

  get use(): SlotUse {
    this.#count();
    return {
      limit: this.#limit,
      others: this.#others,
      inUse: this.#inUse,
      mostInUse: this.#mostInUse,
      refused: this.#refused,
      busyMs: this.#busyMs,
      othersMs: this.#othersMs,
    };
  }

  #count(): void {
    const nowMs = performance.now();
    this.#busyMs += this.#inUse * (nowMs - this.#countedAtMs);
    this.#othersMs += this.#others * (nowMs - this.#countedAtMs);
    this.#countedAtMs = nowMs;
  }
}
