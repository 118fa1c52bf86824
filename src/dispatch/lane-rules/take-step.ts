import type { LaneStep } from '#journal/lane-step.ts';
import { absorb } from './absorb.ts';
import { park, tell } from './decide.ts';
import type { LaneHost } from './host.ts';
import { hasCallInFlight, type Lane, type LaneCommand } from './lane.ts';
import { isRepeatable, settledAtMs } from './settle.ts';
import { StepDraft } from './step-draft.ts';
import { isUrgent } from './urgency.ts';

/** One step of a lane: what to commit, and which calls may begin once that is done. */
export type TakenStep = {
  readonly step: LaneStep;
  readonly calls: readonly LaneCommand[];
};

/** What the lane waits for when it has nothing to do now. */
type Pause = {
  readonly untilMs: number;
  /** connections that have no budget or do not answer */ readonly parkedOn: readonly string[];
  /** a permit comes soon */ readonly isWaiting: boolean;
};

/**
 * Decides everything that a lane can decide now. Null when there is nothing to commit yet: calls are under way, a permit is
 * awaited, or events have to be loaded first. A lane with nothing under way and nothing to begin is released.
 */
export function takeStep(lane: Lane, host: LaneHost): TakenStep | null {
  const draft = new StepDraft(lane);
  // During an upgrade the newer worker's lanes are not ours to judge: back they go, untouched.
  const process = host.processOf(lane);
  if (process !== null && lane.instance !== null && lane.instance.version > process.version) {
    // Whatever else lies in it waits that long too: released as due at once, it would be claimed in vain again and again.
    const step = draft.toStep(host.nowMs(), { dueInMs: newerVersionMs });
    return { step: { ...step, expectedTodo: mostTodo }, calls: [] };
  }
  absorb(draft, host);
  const { calls, pause } = begin(draft, host);
  const isKept = calls.length > 0 || hasCallInFlight(lane) || pause.isWaiting || lane.stale;
  if (isKept && draft.isEmpty) return null;
  const nowMs = host.nowMs();
  if (!isKept)
    for (const connection of pause.parkedOn)
      draft.note('waits', {
        topic: `connection:${connection}`,
        ...(isUrgent(lane, host) && { urgent: true }),
      });
  return {
    step: draft.toStep(nowMs, isKept ? null : { dueInMs: Math.max(0, pause.untilMs - nowMs) }),
    calls,
  };
}

/** How long a lane that waits for a connection's budget may stay unasked, should its wake-up get lost. */
const parkedFallbackMs = 60_000;
/** How soon another worker should have had the chance to claim a lane of a newer version. */
const newerVersionMs = 2_000;
const mostTodo = 2 ** 31 - 1;
const never = 365 * 24 * 3_600_000;

function begin(draft: StepDraft, host: LaneHost): { calls: LaneCommand[]; pause: Pause } {
  const { lane } = draft;
  const calls: LaneCommand[] = [];
  const parkedOn = new Set<string>();
  const waitingOn = new Set<string>();
  let untilMs = host.nowMs() + never;
  // A command that turns out unmappable lets the process decide again, which may add commands: until nothing changes.
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const command of heads(lane)) {
      if (command.inFlight || parkedOn.has(command.connection) || waitingOn.has(command.connection)) continue;
      const handler = host.handlerOf(lane, command);
      if (handler === null) {
        park(draft, command, 'unsupported-command', `${command.connection} cannot do ${command.name}`, []);
        tell(draft, host, command, {
          kind: 'rejected',
          code: 'unsupported-command',
          detail: `${command.connection} cannot do ${command.name}`,
        });
        isSettled = false;
        break;
      }
      if (command.state === 'attempting') {
        // Begun by a worker that is gone (ours are `inFlight`): nobody knows what became of it.
        Object.assign(command, { state: 'ambiguous', notBeforeMs: settledAtMs(command, handler) });
        draft.attempts.push({
          number: command.number,
          attempt: command.attempt,
          step: 'lost',
          outcome: 'outcome-unknown',
          detail: 'the worker that began it is gone',
          tookMs: 0,
        });
        draft.write(command);
        if (handler.safety.kind === 'unsafe') {
          park(
            draft,
            command,
            'outcome-unknown-unsafe',
            'the worker that began it is gone, and this command cannot be looked up',
            [],
          );
          tell(draft, host, command, {
            kind: 'parked',
            cause: 'outcome-unknown-unsafe',
            detail: 'its worker is gone',
          });
          isSettled = false;
          break;
        }
      }
      const notBeforeMs =
        command.state === 'ambiguous'
          ? Math.max(command.notBeforeMs, settledAtMs(command, handler))
          : command.notBeforeMs;
      if (notBeforeMs > host.nowMs()) {
        untilMs = Math.min(untilMs, notBeforeMs);
        continue;
      }
      if (command.state === 'ambiguous' && !isRepeatable(command, handler, host.nowMs())) {
        const detail = 'its platform may have forgotten the idempotency key by now';
        park(draft, command, 'outcome-unknown-unsafe', detail, []);
        tell(draft, host, command, { kind: 'parked', cause: 'outcome-unknown-unsafe', detail });
        isSettled = false;
        break;
      }
      if (command.request === null) {
        const rendered = host.render(lane, command);
        if (!rendered.ok) {
          const detail = rendered.problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
          draft.attempts.push({
            number: command.number,
            attempt: command.attempt,
            step: 'render',
            outcome: 'unmappable',
            detail,
            tookMs: 0,
          });
          park(draft, command, 'unmappable', detail, rendered.problems);
          tell(draft, host, command, { kind: 'parked', cause: 'unmappable', detail });
          isSettled = false;
          break;
        }
        draft.rendered(command, rendered.request, rendered.mapping);
      }
      const permission = host.mayCall(lane, command);
      if (permission === 'wait') {
        waitingOn.add(command.connection);
        continue;
      }
      if (permission === 'park') {
        parkedOn.add(command.connection);
        untilMs = Math.min(untilMs, host.nowMs() + parkedFallbackMs);
        continue;
      }
      startAttempt(draft, host, command, handler);
      calls.push(command);
    }
  }
  return { calls, pause: { untilMs, parkedOn: [...parkedOn], isWaiting: waitingOn.size > 0 } };
}

function startAttempt(
  draft: StepDraft,
  host: LaneHost,
  command: LaneCommand,
  handler: NonNullable<ReturnType<LaneHost['handlerOf']>>,
): void {
  command.attempt += 1;
  // An accepted or ambiguous command keeps its state: it says what the next call has to ask.
  if (command.state === 'pending') command.state = 'attempting';
  command.attemptDeadlineMs = host.nowMs() + handler.timeoutMs;
  command.settleMs = handler.settleMs + (handler.safety.kind === 'lookup-first' ? handler.searchLagMs : 0);
  command.inFlight = true;
  draft.start(
    command,
    handler.timeoutMs,
    command.request === null ? [] : handler.conflictKeys(command.request),
  );
}

/**
 * The commands that are next in order, one a connection. A parked command that provably had no effect lets the next one pass;
 * one whose effect is unknown holds up its connection.
 */
function heads(lane: Lane): LaneCommand[] {
  const first = new Map<string, LaneCommand>();
  // What has begun ends before anything else begins: one released from its parking may be older, and would run beside a call
  // that is under way, or wait for ever for a conflict key that the younger one holds until its outcome is known.
  const isBegun = (command: LaneCommand): number => (command.inFlight || command.state !== 'pending' ? 0 : 1);
  for (const command of [...lane.commands.values()].sort(
    (a, b) => isBegun(a) - isBegun(b) || a.number - b.number,
  )) {
    if (first.has(command.connection)) continue;
    if (command.parked && command.state === 'pending') continue;
    first.set(command.connection, command);
  }
  return [...first.values()].filter((command) => !command.parked);
}
