import type { Database } from '#journal/database.ts';
import { disownLanes, laneId, type LaneKey } from '#journal/lane-store.ts';

const lookEveryMs = 5_000;
/** How long a lane that failed is left alone before somebody tries again. */
const restMs = 10_000;

/**
 * Lanes that the journal calls ours and that we do not hold: of a claim whose answer or whose events never arrived, or that failed in
 * our hands. They are given back, else they would stand still as long as this worker lives.
 */
export class StrayLanes {
  readonly #database: Database;
  readonly #tenants: readonly string[];
  readonly #resting = new Map<string, { readonly lane: LaneKey; readonly untilMs: number }>();
  #lookAtMs = performance.now() + lookEveryMs;

  constructor(database: Database, tenants: readonly string[]) {
    this.#database = database;
    this.#tenants = tenants;
  }

  /** A claim failed: what it took may be nobody's. */
  suspect(): void {
    this.#lookAtMs = 0;
  }
  /** A step of this lane was refused or could not be decided: given back at once, it would fail again at once. */
  rest({ tenant, entity }: LaneKey): void {
    const lane = { tenant, entity };
    this.#resting.set(laneId(lane), { lane, untilMs: performance.now() + restMs });
  }
  /** Of a session that is over nothing is ours. */
  forget(): void {
    this.#resting.clear();
  }

  /** Gives back what is neither held nor resting; now and then only. No claim may be under way. Answers how many. */
  async giveBack(session: number, held: Iterable<LaneKey>): Promise<number> {
    const nowMs = performance.now();
    if (nowMs < this.#lookAtMs) return 0;
    for (const [id, { untilMs }] of this.#resting) if (untilMs <= nowMs) this.#resting.delete(id);
    const kept = [...held, ...[...this.#resting.values()].map(({ lane }) => lane)];
    const freed = await disownLanes(this.#database, this.#tenants, session, kept);
    this.#lookAtMs = performance.now() + lookEveryMs;
    return freed;
  }
}
