import type { Json } from '#canonical/json.ts';
import type {
  AttemptRecord,
  CommandWrite,
  ConsumedEvent,
  FinishedCommand,
  LaneStep,
  StepExtras,
} from '#journal/lane-step.ts';
import { type Instance, type Lane, type LaneCommand, workLeft } from './lane.ts';

type Opened = NonNullable<StepExtras['open']>[number];
type Closed = NonNullable<StepExtras['close']>[number];

/** What one step changes, gathered while it is being decided; the lane in memory is changed along with it. */
export class StepDraft {
  readonly lane: Lane;
  readonly consumed: ConsumedEvent[] = [];
  readonly finished: FinishedCommand[] = [];
  readonly attempts: AttemptRecord[] = [];
  readonly extras: StepExtras = {};
  /** By kind and key: of several notices of one thing in one step, the last one counts. */
  readonly #parked = new Map<string, { open: Opened } | { close: Closed }>();
  readonly #timers = new Map<string, { name: string; at: string | null; source: string | null }>();
  readonly #written = new Set<number>();
  readonly #created = new Set<number>();
  readonly #started = new Map<number, { timeoutMs: number; conflictKeys: readonly string[] }>();
  readonly #mappings = new Map<number, Json>();
  readonly #workBefore: number;
  readonly #instanceBefore: Instance | null;
  #isInstanceChanged = false;

  constructor(lane: Lane) {
    this.lane = lane;
    this.#workBefore = workLeft(lane);
    this.#instanceBefore = lane.instance;
  }

  note<K extends 'links' | 'aliases' | 'waits' | 'proposals' | 'release' | 'reservations'>(
    name: K,
    row: NonNullable<StepExtras[K]>[number],
  ): void {
    const rows: unknown[] = (this.extras[name] ??= []);
    rows.push(row);
  }

  setTimer(name: string, at: string | null, source: string | null): void {
    this.#timers.set(name, { name, at, source });
  }

  openParked(row: Opened): void {
    this.#parked.set(`${row.kind}:${row.key}`, { open: row });
  }

  closeParked(row: Closed): void {
    this.#parked.set(`${row.kind}:${row.key}`, { close: row });
  }

  instanceChanged(): void {
    this.#isInstanceChanged = true;
  }

  create(command: LaneCommand): void {
    this.lane.commands.set(command.number, command);
    this.#created.add(command.number);
    this.#written.add(command.number);
  }

  write(command: LaneCommand): void {
    this.#written.add(command.number);
  }

  rendered(command: LaneCommand, request: Json, mapping: Json): void {
    command.request = request;
    command.payload = null;
    this.#mappings.set(command.number, mapping);
    this.#written.add(command.number);
  }

  start(command: LaneCommand, timeoutMs: number, conflictKeys: readonly string[]): void {
    this.#started.set(command.number, { timeoutMs, conflictKeys });
    this.#written.add(command.number);
  }

  finish(command: LaneCommand, outcome: FinishedCommand['outcome'], result: Json): void {
    this.lane.commands.delete(command.number);
    this.finished.push({ number: command.number, outcome, result });
    // One made in this very step is written first, so that its end is on record too.
    if (!this.#created.has(command.number)) this.#written.delete(command.number);
    else this.#doneAtOnce.push(command);
    // Rendered is enough: of an attempt that stood back the key may be held although it never began.
    if (command.attempt > 0 || command.request !== null) this.note('release', { number: command.number });
  }
  readonly #doneAtOnce: LaneCommand[] = [];

  get isEmpty(): boolean {
    return (
      this.consumed.length === 0 &&
      this.finished.length === 0 &&
      this.attempts.length === 0 &&
      this.#written.size === 0 &&
      Object.keys(this.extras).length === 0 &&
      this.#parked.size === 0 &&
      this.#timers.size === 0 &&
      !this.#isInstanceChanged
    );
  }

  /** Numbers of the commands whose attempt begins with this commit. */
  get started(): readonly number[] {
    return [...this.#started.keys()];
  }

  toStep(nowMs: number, release: { dueInMs: number } | null): LaneStep {
    const { lane } = this;
    const notices = [...this.#parked.values()];
    const extras: StepExtras = {
      ...this.extras,
      ...(this.#timers.size > 0 && { timers: [...this.#timers.values()] }),
      ...(notices.length > 0 && {
        open: notices.flatMap((notice) => ('open' in notice ? notice.open : [])),
        close: notices.flatMap((notice) => ('close' in notice ? notice.close : [])),
      }),
    };
    const expectedTodo = workLeft(lane);
    return {
      tenant: lane.tenant,
      entity: lane.entity,
      claim: lane.claim,
      sequence: lane.steps,
      instance: this.#isInstanceChanged ? this.#instanceToWrite() : null,
      todoDelta: expectedTodo - this.#workBefore,
      expectedTodo,
      release,
      consumed: this.consumed,
      finished: this.finished,
      attempts: this.attempts,
      extras,
      commands: [
        ...this.#doneAtOnce,
        ...[...this.#written].flatMap((number) => lane.commands.get(number) ?? []),
      ].map((command) => this.#toWrite(command, nowMs)),
    };
  }

  /** Processes never change a state in place, so a member that is the same object is the same. */
  #instanceToWrite(): LaneStep['instance'] {
    const [before, now] = [this.#instanceBefore, this.lane.instance];
    if (now === null) return null;
    const { apart = [], ...instance } = now;
    const was = before?.apart ?? [];
    const isChanged =
      apart.length !== was.length || apart.some((name) => memberOf(before, name) !== memberOf(now, name));
    return { ...instance, bulk: { members: apart, isChanged } };
  }

  #toWrite(command: LaneCommand, nowMs: number): CommandWrite {
    const started = this.#started.get(command.number);
    const isNew = this.#created.has(command.number);
    const mapping = this.#mappings.get(command.number);
    return {
      number: command.number,
      name: command.name,
      connection: command.connection,
      slot: command.slot,
      state: command.state,
      parked: command.parked,
      attempt: command.attempt,
      startTimeoutMs: started?.timeoutMs ?? null,
      conflictKeys: started?.conflictKeys ?? [],
      conflicts: command.conflicts,
      delayMs: Math.max(0, command.notBeforeMs - nowMs),
      settleMs: command.settleMs,
      handle: command.handle,
      causedBy: command.causedBy,
      ...(isNew && command.request === null && { payload: command.payload }),
      ...(mapping !== undefined && { request: command.request, mapping }),
    };
  }
}

const memberOf = (instance: Instance | null, name: string): unknown =>
  (instance?.state as Readonly<Record<string, unknown>> | undefined)?.[name];
