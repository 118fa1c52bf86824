/** How long an id found by its code is believed, in milliseconds: master data moves slowly, but it does move. */
const keptForMs = 5 * 60_000;

/** Ids found by code, kept for a few minutes. What was not found is asked again. */
export class LookupCache {
  readonly #known = new Map<string, { readonly value: unknown; readonly untilMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The values of `keys` under `kind`; `find` is asked for those that are not known. */
  async get<T>(
    kind: string,
    keys: readonly string[],
    find: (missing: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<ReadonlyMap<string, T>> {
    const now = this.#now();
    const values = new Map<string, T>();
    const missing: string[] = [];
    for (const key of new Set(keys)) {
      const known = this.#known.get(`${kind}\n${key}`);
      if (known !== undefined && known.untilMs > now) values.set(key, known.value as T);
      else missing.push(key);
    }
    if (missing.length === 0) return values;
    for (const [key, value] of await find(missing)) {
      values.set(key, value);
      this.#known.set(`${kind}\n${key}`, { value, untilMs: now + keptForMs });
    }
    return values;
  }
}
