/** How long what was found is believed, in milliseconds: master data moves slowly, but it does move. */
const keptForMs = 5 * 60_000;
const mostKept = 20_000;

/** Ids found by name and customers known to be as they should, for a few minutes. What was not found is asked again. */
export class LookupCache {
  readonly #known = new Map<string, { readonly value: string; readonly untilMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): string | null {
    const known = this.#known.get(key);
    return known !== undefined && known.untilMs > this.#now() ? known.value : null;
  }

  set(key: string, value: string): void {
    // Oldest first: a map keeps the order of insertion.
    if (this.#known.size >= mostKept) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.delete(key);
    this.#known.set(key, { value, untilMs: this.#now() + keptForMs });
  }
}
