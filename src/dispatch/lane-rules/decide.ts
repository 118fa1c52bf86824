import type { CommandName } from '#canonical/command.ts';
import type { Json } from '#canonical/json.ts';
import type { MappingProblem } from '#connector-sdk/outcome.ts';
import type { CommandResult, Decision, ProcessInput } from '#processes/process.ts';
import type { BoundProcess, LaneHost } from './host.ts';
import type { Lane, LaneCommand } from './lane.ts';
import type { StepDraft } from './step-draft.ts';

export const instant = (ms: number): string => new Date(ms).toISOString();

/** One decision of the process, with its consequences for the lane. */
export function decide(
  draft: StepDraft,
  host: LaneHost,
  input: ProcessInput,
  causedBy: string,
): Decision<Json>['disposition'] {
  const { lane } = draft;
  const process = host.processOf(lane);
  if (process === null)
    return { kind: 'rejected', code: 'no-process', detail: 'nobody takes events of this record' };
  const decision = process.decide(stateFor(process, lane), input);
  apply(draft, host, process, decision, causedBy);
  return decision.disposition;
}

/** An instance that an older version wrote is taken over by the newer one, where it says how; else versions are alike. */
function stateFor(process: BoundProcess, lane: Lane): Json | null {
  const { instance } = lane;
  if (instance === null) return null;
  return instance.version < process.version && process.upgrade !== undefined
    ? process.upgrade(instance.state, instance.version)
    : instance.state;
}

function apply(
  draft: StepDraft,
  host: LaneHost,
  process: BoundProcess,
  decision: Decision<Json>,
  causedBy: string,
): void {
  const { lane } = draft;
  const first = lane.instance?.nextCommand ?? 1;
  lane.instance = {
    process: process.name,
    version: process.version,
    state: decision.state,
    nextCommand: first + decision.commands.length,
    apart: process.bulk ?? [],
  };
  draft.instanceChanged();
  const withdrawn = decision.withdraw.flatMap((slot) => takeBack(draft, lane, slot, 'withdrawn'));
  decision.commands.forEach((intent, index) => {
    takeBack(draft, lane, intent.slot, 'superseded');
    draft.create({
      number: first + index,
      name: intent.name,
      connection: intent.connection,
      slot: intent.slot,
      payload: intent.payload,
      request: null,
      state: 'pending',
      parked: false,
      attempt: 0,
      attemptDeadlineMs: null,
      notBeforeMs: host.nowMs(),
      createdAtMs: host.nowMs(),
      conflicts: 0,
      settleMs: 0,
      handle: null,
      causedBy,
      inFlight: false,
    });
  });
  for (const deadline of decision.deadlines)
    draft.setTimer(deadline.name, deadline.at, deadline.source ?? null);
  for (const ref of decision.links)
    draft.note('links', { connection: ref.connection, type: ref.type, external_id: ref.id });
  // The demand is whole, so the last one of a step stands for all.
  if (decision.reservations !== undefined)
    draft.extras.reservations = [{ demand: [...decision.reservations] }];
  for (const notice of decision.exceptions) {
    if (notice.open)
      draft.openParked({
        kind: 'exception',
        key: notice.key,
        connection: null,
        name: null,
        cause: notice.cause,
        detail: notice.detail,
        problems: null,
        remedy: notice.remedy,
        value_minor: notice.value?.amountMinor ?? null,
        currency: notice.value?.currency ?? null,
        topics: [],
      });
    else draft.closeParked({ kind: 'exception', key: notice.key, resolution: `healed by ${causedBy}` });
  }
  for (const command of withdrawn) tell(draft, host, command, { kind: 'withdrawn' });
}

/** Ends the commands of a slot that can have had no effect. Those under way or unknown stay: only their outcome can tell. */
function takeBack(
  draft: StepDraft,
  lane: Lane,
  slot: string,
  outcome: 'withdrawn' | 'superseded',
): LaneCommand[] {
  const free = [...lane.commands.values()].filter(
    (command) => command.slot === slot && command.state === 'pending' && !command.inFlight,
  );
  for (const command of free) {
    closeParked(draft, command, outcome);
    draft.finish(command, outcome, null);
  }
  return free;
}
/** Brings a command's result to the process, in the process's own words. */
export function tell(draft: StepDraft, host: LaneHost, command: LaneCommand, result: CommandResult): void {
  const input: ProcessInput = {
    kind: 'result',
    at: instant(host.nowMs()),
    slot: command.slot,
    name: command.name as CommandName,
    connection: command.connection,
    result,
  };
  decide(draft, host, input, `command:${command.number}`);
}

/** Lets a command stand still with a reason; it is not work any more until somebody or something releases it. */
export function park(
  draft: StepDraft,
  command: LaneCommand,
  cause: string,
  detail: string,
  problems: readonly MappingProblem[],
): void {
  command.parked = true;
  draft.write(command);
  if (command.state === 'pending' && command.attempt > 0) draft.note('release', { number: command.number });
  const missing = problems.flatMap((problem) => (problem.crosswalk === undefined ? [] : [problem.crosswalk]));
  for (const row of missing)
    draft.note('proposals', {
      connection: command.connection,
      crosswalk_table: row.table,
      key: row.key,
      proposal: row.proposal,
    });
  draft.openParked({
    kind: 'command',
    key: String(command.number),
    connection: command.connection,
    name: command.name,
    cause,
    detail,
    problems: problems.length === 0 ? null : JSON.stringify(problems),
    remedy:
      missing.length > 0
        ? 'Confirm or correct the proposed crosswalk row; the command then goes on by itself.'
        : null,
    value_minor: null,
    currency: null,
    topics: missing.map((row) => `crosswalk:${command.connection}:${row.table}:${row.key}`),
  });
}

export function closeParked(draft: StepDraft, command: LaneCommand, resolution: string): void {
  if (command.parked) draft.closeParked({ kind: 'command', key: String(command.number), resolution });
}
