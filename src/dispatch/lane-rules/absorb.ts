import { absorbEvent } from './absorb-event.ts';
import { closeParked, decide, instant, park, tell } from './decide.ts';
import type { LaneHost } from './host.ts';
import type { Answer, LaneCommand } from './lane.ts';
import { type HandlerTimes, settle } from './settle.ts';
import type { StepDraft } from './step-draft.ts';

/** Takes all that has arrived (answers of calls, events) through the process, until nothing is left to decide. */
export function absorb(draft: StepDraft, host: LaneHost): void {
  const { lane } = draft;
  for (const answer of lane.answers.splice(0)) absorbAnswer(draft, host, answer);
  for (const event of lane.inbox.splice(0)) absorbEvent(draft, host, event);
}

function absorbAnswer(draft: StepDraft, host: LaneHost, answer: Answer): void {
  const command = draft.lane.commands.get(answer.number);
  if (command === undefined) throw new Error(`an answer for command ${answer.number}, which is over`);
  command.inFlight = false;
  const { outcome } = answer;
  draft.attempts.push({
    number: answer.number,
    attempt: answer.attempt,
    step: answer.step,
    outcome: outcome.kind,
    detail: detailOf(answer),
    tookMs: answer.tookMs,
  });
  const handler = host.handlerOf(draft.lane, command);
  if (handler === null)
    throw new Error(`${command.connection} no longer knows ${command.name}, which it was asked`);
  // The call is over, so no byte of it leaves any more: what it may still bring about settles from now on, and one that provably
  // had no effect has nothing to settle.
  command.attemptDeadlineMs =
    outcome.kind === 'outcome-unknown' ? Math.min(command.attemptDeadlineMs ?? 0, host.nowMs()) : null;
  const settled = settle(command, answer, handler, host.nowMs(), host.random(), host.policy);
  switch (settled.kind) {
    case 'finished':
      draft.finish(command, settled.outcome, settled.result);
      closeParked(draft, command, 'done');
      if (settled.outcome === 'done') delaySuccessors(draft, host, command, handler);
      tell(draft, host, command, settled.result);
      if (outcome.kind === 'done')
        for (const event of outcome.events ?? []) {
          // An order that is only ever read, since its webhook does not carry it whole, is looked for by its number too.
          for (const alias of host.aliasesOf(event)) draft.note('aliases', { alias });
          decide(
            draft,
            host,
            { kind: 'event', id: `command:${command.number}`, at: instant(host.nowMs()), event },
            `command:${command.number}`,
          );
        }
      return;
    case 'again':
      Object.assign(command, {
        state: settled.state,
        notBeforeMs: host.nowMs() + settled.delayMs,
        conflicts: settled.conflicts,
        handle: settled.handle,
      });
      // Between attempts nobody needs to wait for us, unless an effect may still be on its way.
      if (settled.state === 'pending') draft.note('release', { number: command.number });
      draft.write(command);
      return;
    case 'parked':
      // A newer one waits in its slot: released later, this one would overwrite what the newer one brought.
      if (settled.state === 'pending' && hasSuccessor(draft, command)) {
        draft.finish(command, 'superseded', settled.result);
        return;
      }
      command.state = settled.state;
      park(draft, command, settled.cause, settled.detail, settled.problems);
      tell(draft, host, command, settled.result);
  }
}

/** A look-up on behalf of the next one in its slot would not see yet what this one has just brought about. */
function delaySuccessors(
  draft: StepDraft,
  host: LaneHost,
  { slot }: LaneCommand,
  { safety, searchLagMs }: HandlerTimes,
): void {
  if (safety.kind !== 'lookup-first' || searchLagMs === 0) return;
  for (const other of draft.lane.commands.values()) {
    if (other.slot !== slot || other.state !== 'pending') continue;
    other.notBeforeMs = Math.max(other.notBeforeMs, host.nowMs() + searchLagMs);
    draft.write(other);
  }
}

function hasSuccessor({ lane }: StepDraft, { slot, number }: LaneCommand): boolean {
  for (const other of lane.commands.values()) if (other.slot === slot && other.number > number) return true;
  return false;
}

function detailOf(answer: Answer): string | null {
  const { outcome } = answer;
  if (outcome.kind === 'unmappable')
    return outcome.problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
  if (outcome.kind === 'rejected') return `${outcome.code}: ${outcome.detail}`;
  return 'detail' in outcome ? outcome.detail : null;
}
