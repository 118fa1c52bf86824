import { type SeededRandom, seededRandom } from '#connector-testkit/seeded-random.ts';

/** FNV-1a, 32 bit, stirred at the end. */
function hashOf(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const nameOf = (hash: number): string => hash.toString(36).padStart(7, '0');

/**
 * All that may be left out of a run, each with a name of its own: what it is, and how often that was asked before. Whether a fault
 * happens follows from its name and the seed, not from what was drawn before; so leaving one out leaves the others as they are,
 * as far as they are still asked for. `only`: nothing else happens.
 */
export class Happenings {
  /** What happened, by name. */
  readonly happened = new Map<string, string>();
  readonly #seed: number;
  readonly #only: ReadonlySet<string> | null;
  readonly #asked = new Map<string, number>();
  shape: SeededRandom;

  constructor(seed: number, only: ReadonlySet<string> | null) {
    this.#seed = seed;
    this.#only = only;
    this.shape = seededRandom(seed);
  }

  /** A fault, by its probability. */
  draws(what: string, probability: number): boolean {
    const hash = this.#hashOf(what);
    const happens = this.#only === null ? hash < probability * 0x1_0000_0000 : this.#only.has(nameOf(hash));
    if (!happens) return false;
    this.happened.set(nameOf(hash), what);
    this.shape = seededRandom(hash);
    return true;
  }

  /** What the seed wants in any case, such as an order. */
  allows(what: string): boolean {
    const name = nameOf(this.#hashOf(what));
    if (this.#only !== null && !this.#only.has(name)) return false;
    this.happened.set(name, what);
    return true;
  }

  #hashOf(what: string): number {
    const times = this.#asked.get(what) ?? 0;
    this.#asked.set(what, times + 1);
    return hashOf(times === 0 ? what : `${what} ${times}`, this.#seed);
  }
}
