import type { LimitInfo } from './answers/limit-info.ts';

const hourMs = 3_600_000;

/**
 * Our share of the org's allocation over a rolling 24 h, counted by the hour. Counts this process; where Salesforce
 * counts per app, its figure goes first.
 */
export class CallBudget {
  readonly #callsPerDay: number | null;
  readonly #byHour = new Map<number, number>();
  #reported: { readonly used: number; readonly atMs: number } | null = null;

  constructor(callsPerDay: number | null) {
    this.#callsPerDay = callsPerDay;
  }

  spend(nowMs: number): void {
    const hour = Math.floor(nowMs / hourMs);
    this.#byHour.set(hour, (this.#byHour.get(hour) ?? 0) + 1);
    for (const old of this.#byHour.keys()) if (old <= hour - 24) this.#byHour.delete(old);
  }

  /** Calls left of our share; null = no share was set. */
  left(nowMs: number): number | null {
    if (this.#callsPerDay === null) return null;
    const hour = Math.floor(nowMs / hourMs);
    const own = [...this.#byHour].reduce((total, [at, calls]) => (at > hour - 24 ? total + calls : total), 0);
    const reported =
      this.#reported !== null && nowMs - this.#reported.atMs < hourMs ? this.#reported.used : 0;
    return Math.max(0, this.#callsPerDay - Math.max(own, reported));
  }

  /** What is left to us after an answer: of the org's allocation and of our share, whichever is less. */
  observe(info: LimitInfo, nowMs: number): { readonly available: number; readonly capacity: number } {
    if (info.app !== null) this.#reported = { used: info.app.used, atMs: nowMs };
    const share = this.left(nowMs);
    const org = Math.max(0, info.max - info.used);
    return {
      available: share === null ? org : Math.min(org, share),
      capacity: this.#callsPerDay === null ? info.max : Math.min(info.max, this.#callsPerDay),
    };
  }
}
