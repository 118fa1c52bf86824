import type { Json } from '#canonical/json.ts';
import type { ClaimedLane, CommandState, InboxEvent, LaneKey, StoredCommand } from '#journal/lane-store.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';

/** One command of a lane, as the worker that owns the lane holds it. */
export type LaneCommand = {
  readonly number: number;
  readonly name: string;
  readonly connection: string;
  readonly slot: string;
  payload: Json | null;
  request: Json | null;
  state: CommandState;
  parked: boolean;
  attempt: number;
  /** When the last attempt can have no effect any more but for `settleMs`; milliseconds since the epoch, database time. */
  attemptDeadlineMs: number | null;
  notBeforeMs: number;
  readonly createdAtMs: number;
  conflicts: number;
  settleMs: number;
  handle: Json | null;
  readonly causedBy: string;
  /** A call of ours is under way. */
  inFlight: boolean;
};

/** What a call came to, waiting to be absorbed by the lane's next step. */
export type Answer = {
  readonly number: number;
  readonly attempt: number;
  readonly step: 'send' | 'find' | 'check';
  readonly outcome: Outcome;
  /** A look-up in this attempt proved that no earlier attempt had an effect. */
  readonly provedAbsent: boolean;
  readonly tookMs: number;
};

export type Instance = NonNullable<ClaimedLane['instance']>;

/**
 * A lane in the memory of the worker that owns it. `phase` is its one state: while a step is being committed, nothing else of it
 * may be decided, and what arrives waits in `inbox` and `answers`.
 */
export type Lane = LaneKey & {
  readonly claim: number;
  instance: Instance | null;
  readonly commands: Map<number, LaneCommand>;
  inbox: InboxEvent[];
  answers: Answer[];
  /** Consumed in a commit that is still under way, or lately: a reload must not bring them back. */
  readonly consumed: Set<number>;
  phase: 'idle' | 'loading' | 'committing' | 'gone';
  /** Steps committed since the claim: tells a commit whose answer was lost from one that never happened. */
  steps: number;
  /** Events are in the database that we have not loaded. */
  stale: boolean;
};

export function laneFrom(
  claimed: ClaimedLane,
  inbox: readonly InboxEvent[],
  commands: readonly StoredCommand[],
): Lane {
  const lane: Lane = {
    tenant: claimed.tenant,
    entity: claimed.entity,
    claim: claimed.claim,
    instance: claimed.instance,
    commands: new Map(),
    inbox: [...inbox],
    answers: [],
    consumed: new Set(),
    phase: 'idle',
    steps: 0,
    stale: inbox.length + countWork(commands) < claimed.todo,
  };
  for (const stored of commands) {
    lane.commands.set(stored.number, {
      number: stored.number,
      name: stored.name,
      connection: stored.connection,
      slot: stored.slot,
      payload: stored.payload,
      request: stored.request,
      state: stored.state,
      parked: stored.parked,
      attempt: stored.attempt,
      attemptDeadlineMs: stored.attemptDeadlineMs,
      notBeforeMs: stored.notBeforeMs,
      createdAtMs: stored.createdAtMs,
      conflicts: stored.conflicts,
      settleMs: stored.settleMs,
      handle: stored.handle,
      causedBy: stored.causedBy,
      inFlight: false,
    });
  }
  return lane;
}

/** Takes in events that came after the claim; what is consumed already stays consumed. */
export function addEvents(lane: Lane, events: readonly InboxEvent[]): void {
  const known = new Set(lane.inbox.map((event) => event.eventId));
  lane.inbox.push(
    ...events.filter((event) => !known.has(event.eventId) && !lane.consumed.has(event.eventId)),
  );
  lane.inbox.sort((a, b) => a.eventId - b.eventId);
}

/** Undoes the start of an attempt whose call never began, since another lane holds a record that it would touch. */
export function standBack(command: LaneCommand, notBeforeMs: number): void {
  command.inFlight = false;
  command.attempt -= 1;
  command.notBeforeMs = notBeforeMs;
  // One that was ambiguous or accepted before is so still.
  if (command.state !== 'attempting') return;
  command.state = 'pending';
  command.attemptDeadlineMs = null;
}

const countWork = (commands: Iterable<{ readonly parked: boolean }>): number => {
  let count = 0;
  for (const command of commands) if (!command.parked) count += 1;
  return count;
};

/** What the lane's counter in the database should say, as far as we know. */
export const workLeft = (lane: Lane): number => lane.inbox.length + countWork(lane.commands.values());
export const hasCallInFlight = (lane: Lane): boolean =>
  [...lane.commands.values()].some((command) => command.inFlight);

/** Whether only the answers of calls under way can bring the lane on. */
export function waitsForCallsAlone({ stale, inbox, answers, commands }: Lane): boolean {
  if (stale || inbox.length > 0 || answers.length > 0) return false;
  for (const command of commands.values()) if (!command.inFlight && !command.parked) return false;
  return true;
}
