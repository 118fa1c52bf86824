import type { CommandName } from '#canonical/command.ts';
import type { Json } from '#canonical/json.ts';
import type { MappingProblem } from '#connector-sdk/outcome.ts';
import type { InboxEvent } from '#journal/lane-store.ts';
import type { CommandResult, Decision, ProcessInput } from '#processes/process.ts';
import type { BoundProcess, LaneHost } from './host.ts';
import type { Answer, Lane, LaneCommand } from './lane.ts';
import { settle } from './settle.ts';
import type { StepDraft } from './step-draft.ts';

/** Takes all that has arrived (answers of calls, events) through the process, until nothing is left to decide. */
export function absorb(draft: StepDraft, host: LaneHost): void {
  const { lane } = draft;
  for (const answer of lane.answers.splice(0)) absorbAnswer(draft, host, answer);
  for (const event of lane.inbox.splice(0)) absorbEvent(draft, host, event);
}

const instant = (ms: number): string => new Date(ms).toISOString();

function absorbAnswer(draft: StepDraft, host: LaneHost, answer: Answer): void {
  const command = draft.lane.commands.get(answer.number);
  if (command === undefined) throw new Error(`an answer for command ${answer.number}, which is over`);
  command.inFlight = false;
  const { outcome } = answer;
  draft.attempts.push({ number: answer.number, attempt: answer.attempt, step: answer.step, outcome: outcome.kind, detail: detailOf(answer), tookMs: answer.tookMs });
  const handler = host.handlerOf(draft.lane, command);
  if (handler === null) throw new Error(`${command.connection} no longer knows ${command.name}, which it was asked`);
  const settled = settle(command, answer, handler, host.nowMs(), host.random(), host.policy);
  switch (settled.kind) {
    case 'finished':
      draft.finish(command, settled.outcome, settled.result as Json);
      closeParked(draft, command, 'done');
      tell(draft, host, command, settled.result);
      if (outcome.kind === 'done') for (const event of outcome.events ?? []) decide(draft, host, { kind: 'event', id: `command:${command.number}`, at: instant(host.nowMs()), event }, `command:${command.number}`);
      return;
    case 'again':
      // An attempt without effect needs no time to settle.
      if (outcome.kind !== 'outcome-unknown') command.attemptDeadlineMs = null;
      Object.assign(command, { state: settled.state, notBeforeMs: host.nowMs() + settled.delayMs, conflicts: settled.conflicts, handle: settled.handle });
      // Between attempts nobody needs to wait for us, unless an effect may still be on its way.
      if (settled.state === 'pending') draft.note('release', { number: command.number });
      draft.write(command);
      return;
    case 'parked':
      command.state = settled.state;
      park(draft, command, settled.cause, settled.detail, settled.problems);
      tell(draft, host, command, settled.result);
  }
}

function detailOf(answer: Answer): string | null {
  const { outcome } = answer;
  if (outcome.kind === 'unmappable') return outcome.problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
  if (outcome.kind === 'rejected') return `${outcome.code}: ${outcome.detail}`;
  return 'detail' in outcome ? outcome.detail : null;
}

/** Lets a command stand still with a reason; it is not work any more until somebody or something releases it. */
export function park(draft: StepDraft, command: LaneCommand, cause: string, detail: string, problems: readonly MappingProblem[]): void {
  command.parked = true;
  draft.write(command);
  if (command.state === 'pending' && command.attempt > 0) draft.note('release', { number: command.number });
  const missing = problems.flatMap((problem) => (problem.crosswalk === undefined ? [] : [problem.crosswalk]));
  for (const row of missing) draft.note('proposals', { connection: command.connection, crosswalk_table: row.table, key: row.key, proposal: row.proposal });
  draft.openParked({
    kind: 'command', key: String(command.number), connection: command.connection, name: command.name, cause, detail, problems: problems.length === 0 ? null : JSON.stringify(problems),
    remedy: missing.length > 0 ? 'Confirm or correct the proposed crosswalk row; the command then goes on by itself.' : null, value_minor: null, currency: null,
    topics: missing.map((row) => `crosswalk:${command.connection}:${row.table}:${row.key}`),
  });
}

function closeParked(draft: StepDraft, command: LaneCommand, resolution: string): void {
  if (command.parked) draft.closeParked({ kind: 'command', key: String(command.number), resolution });
}

/** Brings a command's result to the process, in the process's own words. */
export function tell(draft: StepDraft, host: LaneHost, command: LaneCommand, result: CommandResult): void {
  const input: ProcessInput = { kind: 'result', at: instant(host.nowMs()), slot: command.slot, name: command.name as CommandName, connection: command.connection, result };
  decide(draft, host, input, `command:${command.number}`);
}

function absorbEvent(draft: StepDraft, host: LaneHost, event: InboxEvent): void {
  const { lane } = draft;
  lane.consumed.add(event.eventId);
  const causedBy = `event:${event.eventId}`;
  const consumed = (decision: Decision<Json>['disposition'] | { kind: 'parked'; code: string; detail: string }, events: Json | null = null): void => {
    draft.consumed.push({
      eventId: event.eventId, disposition: decision.kind, events,
      code: 'code' in decision ? decision.code : null,
      detail: decision.kind === 'superseded' ? decision.by : 'detail' in decision ? decision.detail : null,
    });
  };
  if (event.kind === 'operator' && absorbEngineAction(draft, host, event.body)) return consumed({ kind: 'applied' });
  const process = host.processOf(lane);
  if (event.kind === 'message') {
    const read = host.interpret(event);
    if (read.kind === 'rejected') return consumed(read);
    if (read.kind === 'unmappable' || process === null) {
      const problems = read.kind === 'unmappable' ? read.problems : [{ path: '$', message: 'no process takes records of this type' }];
      const detail = problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
      draft.openParked({ kind: 'message', key: String(event.messageId), connection: event.connection, name: event.topic, cause: 'unmappable', detail, problems: JSON.stringify(problems), remedy: 'Correct the record at its source, or replay the message after a new release of the mapping.', value_minor: null, currency: null, topics: [] });
      return consumed({ kind: 'parked', code: 'unmappable', detail });
    }
    const dispositions = read.events.map((canonical) => {
      for (const alias of host.aliasesOf(canonical)) draft.note('aliases', { alias });
      return decide(draft, host, { kind: 'event', id: String(event.eventId), at: event.at, event: canonical }, causedBy);
    });
    // A message counts as applied when any part of it was.
    const whole = dispositions.find(({ kind }) => kind === 'applied') ?? dispositions[0] ?? { kind: 'rejected', code: 'no-event', detail: 'the message carries nothing that we follow' };
    return consumed(whole, read.events as unknown as Json);
  }
  const input = internalInput(event);
  if (process === null || input === null) return consumed({ kind: 'rejected', code: 'no-process', detail: `nobody takes ${event.kind} events of this record` });
  return consumed(decide(draft, host, input, causedBy));
}

function internalInput(event: Exclude<InboxEvent, { kind: 'message' }>): ProcessInput | null {
  const body = event.body as Record<string, Json>;
  switch (event.kind) {
    case 'deadline':
      return { kind: 'deadline', at: event.at, name: String(body.name) };
    case 'reservation':
      return { kind: 'reservation', at: event.at, short: body.short as never };
    case 'operator':
      return { kind: 'operator', at: event.at, by: String(body.by), action: String(body.action), reason: String(body.reason) };
  }
}

/** Commands change in their lane only: also when an operator, or a crosswalk row that came, releases one. */
function absorbEngineAction(draft: StepDraft, host: LaneHost, body: Json): boolean {
  const { action, number, by, reason, refs } = body as { action: string; number?: number; by: string; reason: string; refs?: Json };
  if (!action.startsWith('command.')) return false;
  const command = draft.lane.commands.get(Number(number));
  if (command === undefined || !command.parked) return true; // released already
  closeParked(draft, command, `${action} by ${by}: ${reason}`);
  command.parked = false;
  switch (action) {
    case 'command.retry':
      command.notBeforeMs = host.nowMs();
      command.conflicts = 0;
      draft.write(command);
      return true;
    case 'command.discard':
      draft.finish(command, 'withdrawn', { by, reason });
      tell(draft, host, command, { kind: 'withdrawn' });
      return true;
    case 'command.resolve': {
      const result = { kind: 'done', result: { resolvedBy: by, reason }, refs: (refs ?? []) as never } as const;
      draft.finish(command, 'resolved', { by, reason, refs: refs ?? [] });
      tell(draft, host, command, result);
      return true;
    }
    default:
      return false;
  }
}

/** One decision of the process, with its consequences for the lane. */
function decide(draft: StepDraft, host: LaneHost, input: ProcessInput, causedBy: string): Decision<Json>['disposition'] {
  const { lane } = draft;
  const process = host.processOf(lane);
  if (process === null) return { kind: 'rejected', code: 'no-process', detail: 'nobody takes events of this record' };
  const decision = process.decide(lane.instance?.state ?? null, input);
  apply(draft, host, process, decision, causedBy);
  return decision.disposition;
}

function apply(draft: StepDraft, host: LaneHost, process: BoundProcess, decision: Decision<Json>, causedBy: string): void {
  const { lane } = draft;
  const first = lane.instance?.nextCommand ?? 1;
  lane.instance = { process: process.name, version: process.version, state: decision.state, nextCommand: first + decision.commands.length };
  draft.instanceChanged();
  const withdrawn = decision.withdraw.flatMap((slot) => takeBack(draft, lane, slot, 'withdrawn'));
  decision.commands.forEach((intent, index) => {
    takeBack(draft, lane, intent.slot, 'superseded');
    draft.create({
      number: first + index, name: intent.name, connection: intent.connection, slot: intent.slot, payload: intent.payload as unknown as Json, request: null, state: 'pending', parked: false, attempt: 0,
      attemptDeadlineMs: null, notBeforeMs: host.nowMs(), createdAtMs: host.nowMs(), conflicts: 0, settleMs: 0, handle: null, causedBy, inFlight: false,
    });
  });
  for (const deadline of decision.deadlines) draft.setTimer(deadline.name, deadline.at);
  for (const ref of decision.links) draft.note('links', { connection: ref.connection, type: ref.type, external_id: ref.id });
  // The demand is whole, so the last one of a step stands for all.
  if (decision.reservations !== undefined) draft.extras.reservations = [{ demand: [...decision.reservations] }];
  for (const notice of decision.exceptions) {
    if (notice.open) draft.openParked({ kind: 'exception', key: notice.key, connection: null, name: null, cause: notice.cause, detail: notice.detail, problems: null, remedy: notice.remedy, value_minor: notice.value?.amountMinor ?? null, currency: notice.value?.currency ?? null, topics: [] });
    else draft.closeParked({ kind: 'exception', key: notice.key, resolution: 'healed' });
  }
  for (const command of withdrawn) tell(draft, host, command, { kind: 'withdrawn' });
}

/** Ends the commands of a slot that can have had no effect. Those under way or unknown stay: only their outcome can tell. */
function takeBack(draft: StepDraft, lane: Lane, slot: string, outcome: 'withdrawn' | 'superseded'): LaneCommand[] {
  const free = [...lane.commands.values()].filter((command) => command.slot === slot && command.state === 'pending' && !command.inFlight);
  for (const command of free) {
    closeParked(draft, command, outcome);
    draft.finish(command, outcome, null);
  }
  return free;
}
