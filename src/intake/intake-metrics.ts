import type { Receipt } from '#journal/intake-store.ts';

/** Upper bounds of the histogram's buckets; what is slower falls into the last, open one. */
const latencyBoundsMs = [2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const;

export type IntakeCounts = {
  readonly accepted: number;
  readonly duplicate: number;
  readonly parked: number;
  /** By reason: a connector's refusal, `no-such-connection`, `too-large` ... */
  readonly refused: Readonly<Record<string, number>>;
  /** Answered with 5xx and asked to come again, by reason: `overloaded`, `database-away`, `message-refused`, `failed`. */
  readonly failed: Readonly<Record<string, number>>;
  /** From the first byte of the request to the answer after the commit; not cumulative. `upToMs` null is the open end. */
  readonly ackLatency: readonly { readonly upToMs: number | null; readonly count: number }[];
};

/** What the gateway of this process has answered since its start. */
export class IntakeMetrics {
  readonly #stored = { accepted: 0, duplicate: 0, parked: 0 };
  readonly #refused = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #latency = [...latencyBoundsMs, null].map(() => 0);

  stored(outcome: Receipt['outcome'], tookMs: number): void {
    this.#stored[outcome] += 1;
    const bucket = latencyBoundsMs.findIndex((bound) => tookMs <= bound);
    const index = bucket === -1 ? latencyBoundsMs.length : bucket;
    this.#latency[index] = (this.#latency[index] ?? 0) + 1;
  }
  refused(reason: string): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }
  failed(reason: string): void {
    this.#failed.set(reason, (this.#failed.get(reason) ?? 0) + 1);
  }
  /** A copy that no later request changes. */
  counts(): IntakeCounts {
    return {
      ...this.#stored,
      refused: Object.fromEntries(this.#refused),
      failed: Object.fromEntries(this.#failed),
      ackLatency: this.#latency.map((count, index) => ({ upToMs: latencyBoundsMs[index] ?? null, count })),
    };
  }
}
