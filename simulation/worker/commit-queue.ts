import type { LaneStep } from '#journal/lane-step.ts';
import { commitSteps, type CommitResult } from '../store/commit.ts';
import type { DatabaseLink, Gate } from './database-link.ts';
import type { VirtualSession } from './session.ts';

export type Committed = {
  readonly sentAtMs: number;
  readonly hasMore: boolean;
  readonly held: readonly number[];
};
export type StepFate =
  | { readonly kind: 'committed'; readonly answer: Committed }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'refused'; readonly detail: string };
type Waiting = {
  readonly step: LaneStep;
  readonly settle: (fate: StepFate) => void;
  /** When it was sent for the first time. */
  sentAtMs?: number;
};

const batchLimit = 4;
const flightsLimit = 2;

/** Group commit, as the real queue does it: batches, two flights, a batch that fails is split, one without an answer is sent again. */
export class VirtualCommitQueue {
  readonly #link: DatabaseLink;
  readonly #gate: Gate;
  readonly #session: VirtualSession;
  #waiting: Waiting[] = [];
  #flights = 0;
  #gathering = false;

  constructor(link: DatabaseLink, gate: Gate, session: VirtualSession) {
    this.#link = link;
    this.#gate = gate;
    this.#session = session;
  }

  commit(step: LaneStep, settle: (fate: StepFate) => void): void {
    this.#waiting.push({ step, settle });
    this.#pump();
  }

  get isIdle(): boolean {
    return this.#flights === 0 && this.#waiting.length === 0;
  }

  #pump(): void {
    if (this.#gathering || this.#flights >= flightsLimit || this.#waiting.length === 0) return;
    this.#gathering = true;
    this.#link.world.after(this.#flights === 0 ? 0 : 2, () =>
      this.#gate.run(() => {
        this.#gathering = false;
        const batch = this.#waiting.splice(0, batchLimit);
        if (batch.length === 0) return;
        this.#flights += 1;
        this.#send(batch, () => {
          this.#flights -= 1;
          this.#pump();
        });
        this.#pump();
      }),
    );
  }

  #send(batch: readonly Waiting[], ended: () => void): void {
    const { world, store } = this.#link;
    const sentAtMs = world.nowMs;
    for (const waiting of batch) waiting.sentAtMs ??= sentAtMs;
    const steps = batch.map(({ step }) => step);
    this.#link.call(
      this.#gate,
      'commit',
      () => {
        const result = commitSteps(store, this.#session.id, steps);
        world.note(`commit by ${this.#session.id}: ${steps.map(describe).join('; ')} -> ${result.kind}`);
        return result;
      },
      (result) => this.#answered(batch, sentAtMs, result, ended),
      () => {
        world.after(100, () =>
          this.#gate.run(() => {
            if (!this.#session.isOver) return this.#send(batch, ended);
            for (const { settle } of batch) settle({ kind: 'fenced' });
            ended();
          }),
        );
      },
    );
  }

  #answered(batch: readonly Waiting[], sentAtMs: number, result: CommitResult, ended: () => void): void {
    const { world } = this.#link;
    if (result.kind === 'committed') {
      for (const { step, settle } of batch)
        settle({
          kind: 'committed',
          answer: {
            sentAtMs,
            hasMore: result.more.has(step.entity),
            held: result.held.get(step.entity) ?? [],
          },
        });
      return ended();
    }
    if (result.kind === 'refused') {
      const [first] = batch;
      if (batch.length === 1 && first !== undefined) {
        first.settle({ kind: 'refused', detail: result.detail });
        return ended();
      }
      const half = Math.ceil(batch.length / 2);
      return this.#send(batch.slice(0, half), () => this.#send(batch.slice(half), ended));
    }
    const rest: Waiting[] = [];
    for (const one of batch) {
      if (result.lost.has(one.step.entity)) one.settle({ kind: 'fenced' });
      else if (result.applied.has(one.step.entity)) {
        world.met('a commit answer was lost and recognised as applied');
        one.settle({
          kind: 'committed',
          answer: {
            // The database may have taken it when it was sent first: its attempts count from then.
            sentAtMs: world.is('deadline-from-repetition') ? sentAtMs : (one.sentAtMs ?? sentAtMs),
            hasMore: true,
            held: one.step.commands
              .filter(({ conflictKeys }) => conflictKeys.length > 0)
              .map(({ number }) => number),
          },
        });
      } else rest.push(one);
    }
    if (rest.length > 0) this.#send(rest, ended);
    else ended();
  }
}

function describe(step: LaneStep): string {
  const parts = [
    ...step.consumed.map(({ eventId, disposition }) => `e${eventId} ${disposition}`),
    ...step.commands.map(
      ({ number, slot, state, attempt, parked, startTimeoutMs }) =>
        `#${number} ${slot} ${state}${parked ? ' parked' : ''} ${startTimeoutMs === null ? '' : 'start '}a${attempt}`,
    ),
    ...step.finished.map(({ number, outcome }) => `#${number} ${outcome}`),
    ...(step.release === null ? [] : ['release']),
  ];
  return `${step.entity}/${step.claim}.${step.sequence} [${parts.join(', ')}]`;
}
