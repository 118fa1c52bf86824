import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#connector-sdk/services.ts';
import type { Database } from '#journal/database.ts';
import type { Session } from './session.ts';
import type { LaneStep } from '#journal/lane-step.ts';
import { commitSteps, FencedError } from '#journal/lane-commit.ts';
import { laneId, type LaneKey } from '#journal/lane-store.ts';

export type Committed = {
  /** Taken by `performance.now()` before the commit was sent: attempts that began with it are counted from here. */
  readonly sentAtMs: number;
  readonly hasMore: boolean;
  readonly held: readonly number[];
};
export type StepFate =
  | { readonly kind: 'committed'; readonly answer: Committed }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'refused'; readonly error: Error };
type Waiting = {
  readonly step: LaneStep;
  readonly settle: (fate: StepFate) => void;
  /** When it was sent for the first time. */
  sentAtMs?: number;
};

const batchLimit = 200;
const flightsLimit = 2;
/** While commits are under way, newcomers gather this long; an idle queue sends at once. */
const gatherMs = 2;
/** SQLSTATE of a lock that was waited for in vain. */
const lockNotAvailable = '55P03';
/** How long a step whose rows somebody holds stands back before it is sent again. */
const lockedRestMs = 1_000;

/**
 * Group commit for lanes' steps. One commit holds the steps of many lanes; a batch with a lost lane or a culprit is split, so that
 * it fails alone. A connection that breaks in mid-commit is no answer: the same steps are sent again, and their sequence
 * numbers tell whether they had been applied.
 */
export class CommitQueue {
  readonly #database: Database;
  readonly #session: Pick<Session, 'id' | 'isOver'>;
  readonly #log: Logger;
  #waiting: Waiting[] = [];
  #flights = 0;
  #gathering = false;
  /** Steps that stand back for somebody's lock. */
  #resting = 0;

  constructor(database: Database, session: Pick<Session, 'id' | 'isOver'>, log: Logger) {
    this.#database = database;
    this.#session = session;
    this.#log = log;
  }

  /** Resolves with what became of the step. Never rejects. */
  commit(step: LaneStep): Promise<StepFate> {
    return new Promise((settle) => {
      this.#waiting.push({ step, settle });
      this.#pump();
    });
  }

  get isIdle(): boolean {
    return this.#flights === 0 && this.#waiting.length === 0 && this.#resting === 0;
  }

  #pump(): void {
    if (this.#gathering || this.#flights >= flightsLimit || this.#waiting.length === 0) return;
    this.#gathering = true;
    const send = (): void => {
      this.#gathering = false;
      const batch = this.#waiting.splice(0, batchLimit);
      if (batch.length === 0) return;
      this.#flights += 1;
      void this.#send(batch).finally(() => {
        this.#flights -= 1;
        this.#pump();
      });
      this.#pump();
    };
    if (this.#flights === 0) setImmediate(send);
    else setTimeout(send, gatherMs);
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const sentAtMs = performance.now();
    for (const waiting of batch) waiting.sentAtMs ??= sentAtMs;
    try {
      const { more, held } = await commitSteps(
        this.#database,
        this.#session.id,
        batch.map(({ step }) => step),
      );
      const isMore = new Set(more.map(laneId));
      for (const { step, settle } of batch) {
        settle({
          kind: 'committed',
          answer: {
            sentAtMs,
            hasMore: isMore.has(laneId(step)),
            held: held.filter((row) => laneId(row) === laneId(step)).map((row) => row.number),
          },
        });
      }
    } catch (error) {
      await this.#recover(batch, sentAtMs, error);
    }
  }

  async #recover(batch: readonly Waiting[], sentAtMs: number, error: unknown): Promise<void> {
    if (error instanceof FencedError) {
      const [lost, applied] = [idsOf(error.lost), idsOf(error.applied)];
      for (const { step, settle, sentAtMs: firstSentAtMs = sentAtMs } of batch) {
        if (lost.has(laneId(step))) settle({ kind: 'fenced' });
        // Applied before, its answer lost: it may have missed a conflict key or events, so both are asked for again. Its attempts
        // count from when it was sent first: the database may have taken it then.
        if (applied.has(laneId(step)))
          settle({
            kind: 'committed',
            answer: {
              sentAtMs: firstSentAtMs,
              hasMore: true,
              held: step.commands
                .filter((command) => command.conflictKeys.length > 0)
                .map(({ number }) => number),
            },
          });
      }
      const rest = batch.filter(({ step }) => !lost.has(laneId(step)) && !applied.has(laneId(step)));
      if (rest.length > 0) await this.#send(rest);
      return;
    }
    if (isConnectionFailure(error)) {
      this.#log.warn(
        { error: String(error), steps: batch.length },
        'a commit got no answer and is sent again',
      );
      await sleep(100);
      if (this.#session.isOver) for (const { settle } of batch) settle({ kind: 'fenced' });
      else await this.#send(batch);
      return;
    }
    if (
      (error as { code?: string }).code === lockNotAvailable &&
      batch.length === 1 &&
      batch[0] !== undefined
    )
      return this.#standBack(batch[0]);
    if (batch.length === 1 && batch[0] !== undefined) {
      this.#log.error(
        { entity: batch[0].step.entity, error: String(error) },
        'a step was refused by the database',
      );
      batch[0].settle({ kind: 'refused', error: error instanceof Error ? error : new Error(String(error)) });
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await this.#send(batch.slice(0, half));
    await this.#send(batch.slice(half));
  }

  /** Somebody holds rows of this lane: it waits beside the queue, so that others go on. */
  #standBack(waiting: Waiting): void {
    this.#log.warn(
      { entity: waiting.step.entity },
      'rows of a lane are locked by somebody; its commit waits',
    );
    this.#resting += 1;
    setTimeout(() => {
      this.#resting -= 1;
      if (this.#session.isOver) return waiting.settle({ kind: 'fenced' });
      this.#waiting.push(waiting);
      this.#pump();
    }, lockedRestMs);
  }
}

const idsOf = (lanes: readonly LaneKey[]): ReadonlySet<string> => new Set(lanes.map(laneId));

/** Whether the statement's fate is unknown or nothing of it was begun, as against an answer that says no. */
export function isConnectionFailure(error: unknown): boolean {
  // Thrown before anything was sent: a value that cannot be written down. Sent again, it would hold up everybody for ever.
  if (error instanceof RangeError || error instanceof TypeError) return false;
  const code = (error as { code?: string }).code;
  // SQLSTATE classes: 08 connection, 53 resources, 57P shutdown, 40 serialization and deadlock; without a SQLSTATE the socket failed.
  return (
    code === undefined ||
    !/^[0-9A-Z]{5}$/.test(code) ||
    /^(08|53|40)/.test(code) ||
    code.startsWith('57P') ||
    code === '25006'
  );
}
