/** What is to happen later. Everything that runs by it is counted, so that the sandbox knows when it is at rest. */
export class Schedule {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #failed: (error: unknown) => void;

  /** `failed` hears of what a task throws; the others go on. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  get pending(): number {
    return this.#timers.size;
  }

  after(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      try {
        task();
      } catch (error) {
        this.#failed(error);
      }
    }, ms);
    this.#timers.add(timer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
