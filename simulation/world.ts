import { type SeededRandom, seededRandom } from '#connector-testkit/seeded-random.ts';
import { ActionQueue } from './action-queue.ts';
import type { CoveragePoint } from './coverage.ts';
import { Happenings } from './happenings.ts';
import type { Flaw, Plan } from './plan.ts';
import { Trace } from './trace.ts';

/** What goes wrong, by where. Each seed has a liking of its own: some kinds come often, some next to never. */
const faultKinds = ['network', 'late', 'refusal', 'database', 'worker', 'webhook', 'time'] as const;
export type FaultKind = (typeof faultKinds)[number];

const startMs = Date.parse('2026-11-24T10:00:00.000Z');

export type Violation = { readonly invariant: string; readonly detail: string };

/** Ends a run: something happened that must never happen. */
export class ViolationError extends Error {
  override readonly name = 'ViolationError';
  readonly violation: Violation;
  constructor(violation: Violation) {
    super(`${violation.invariant}: ${violation.detail}`);
    this.violation = violation;
  }
}

/**
 * Virtual time, and everything that may happen in it. Whoever acts puts actions here, each with the earliest instant at which it
 * may happen; the seed takes the next one among those. Nothing else decides, so that a seed is a run.
 */
export class World {
  readonly plan: Plan;
  readonly trace: Trace;
  readonly coverage = new Map<CoveragePoint, number>();
  /** Which action is next, and how long things take. */
  readonly random: SeededRandom;
  /** What may be left out of the run: orders, steps of their lives, faults, what operators do. */
  readonly happenings: Happenings;
  readonly #queue = new ActionQueue();
  readonly #punctual = new ActionQueue();
  readonly #liking: ReadonlyMap<FaultKind, number>;
  #faultsLeft: number;
  #ordinal = 0;
  #nowMs = startMs;
  actions = 0;
  /** Actions under way that are more than the turning of a loop. */
  pending = 0;
  isCalm = false;
  /** Where orders stand, for people. */
  describe: (ids: readonly string[]) => readonly string[] = () => [];

  constructor(plan: Plan, keepsTrace: boolean) {
    this.plan = plan;
    this.trace = new Trace(keepsTrace);
    this.random = seededRandom(plan.seed * 7_919 + 1 + plan.salt * 15_485_863);
    this.happenings = new Happenings(plan.seed, plan.only);
    this.#faultsLeft = plan.faults;
    const likings = seededRandom(plan.seed * 104_729 + 2);
    this.#liking = new Map(faultKinds.map((kind) => [kind, likings.pick([0.2, 1, 1, 4])]));
  }

  get nowMs(): number {
    return this.#nowMs;
  }
  /** Milliseconds since the run began. */
  get elapsedMs(): number {
    return this.#nowMs - startMs;
  }

  /** From `delayMs` on, whenever it pleases the seed. */
  after(delayMs: number, run: () => void): void {
    this.pending += 1;
    this.#add(this.#queue, delayMs, () => {
      this.pending -= 1;
      run();
    });
  }

  /** At that very instant: for what has a guarantee, like the last moment at which a platform still lets an effect happen. */
  exactly(delayMs: number, run: () => void): void {
    this.pending += 1;
    this.#add(this.#punctual, delayMs, () => {
      this.pending -= 1;
      run();
    });
  }

  /** Again and again; does not count as something under way. */
  every(everyMs: number, run: () => 'stop' | undefined): void {
    const turn = (): void => {
      if (run() !== 'stop') this.#add(this.#queue, everyMs, turn);
    };
    this.#add(this.#queue, this.random.between(0, everyMs), turn);
  }

  /** Does the next thing. */
  step(): void {
    this.actions += 1;
    const punctual = this.#punctual.takeFirst(this.#nowMs);
    if (punctual !== null) return punctual.run();
    const action = this.#queue.take(this.#nowMs, this.random);
    if (action === null) {
      this.#nowMs = Math.min(this.#queue.nextMs, this.#punctual.nextMs);
      return;
    }
    action.run();
    // Acting takes time, now and then.
    if (this.random.next() < 0.25)
      this.#nowMs = Math.min(this.#nowMs + this.random.between(1, 4), this.#punctual.nextMs);
  }

  #add(queue: ActionQueue, delayMs: number, run: () => void): void {
    this.#ordinal += 1;
    queue.add({ atMs: this.#nowMs + Math.max(0, Math.round(delayMs)), ordinal: this.#ordinal, run });
  }

  /** How long a step over the network takes: mostly next to nothing, now and then long. */
  delay(): number {
    const kind = this.random.next();
    if (kind < 0.6) return this.random.between(0, 5);
    if (kind < 0.92) return this.random.between(5, 100);
    return kind < 0.99 ? this.random.between(100, 800) : this.random.between(800, 2_500);
  }

  /** Whether a fault happens here, by its probability and as long as the plan has any left. */
  fault(kind: FaultKind, probability: number, what: string): boolean {
    if (this.isCalm || this.#faultsLeft <= 0) return false;
    if (!this.happenings.draws(what, probability * (this.#liking.get(kind) ?? 1))) return false;
    this.#faultsLeft -= 1;
    this.note(`FAULT ${what}`);
    return true;
  }
  /** For the shape of the fault that happened last. */
  get chance(): SeededRandom {
    return this.happenings.shape;
  }
  /** Whether something that the seed wants may happen: a run that is being shrunk leaves things out. */
  allows(what: string): boolean {
    return this.happenings.allows(what);
  }

  is(flaw: Flaw): boolean {
    return this.plan.flaws.has(flaw);
  }

  note(line: string): void {
    this.trace.add(`${String(this.elapsedMs).padStart(7)} ${line}`);
  }

  met(point: CoveragePoint): void {
    this.coverage.set(point, (this.coverage.get(point) ?? 0) + 1);
  }

  /** @throws ViolationError always. */
  violated(invariant: string, detail: string): never {
    this.note(`VIOLATED ${invariant}: ${detail}`);
    throw new ViolationError({ invariant, detail });
  }
}
