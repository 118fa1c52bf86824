import { absorbEvent } from './absorb-event.ts';
import { closeParked, decide, instant, park, tell } from './decide.ts';
import type { LaneHost } from './host.ts';
import type { Answer } from './lane.ts';
import { settle } from './settle.ts';
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
  const settled = settle(command, answer, handler, host.nowMs(), host.random(), host.policy);
  switch (settled.kind) {
    case 'finished':
      draft.finish(command, settled.outcome, settled.result);
      closeParked(draft, command, 'done');
      tell(draft, host, command, settled.result);
      if (outcome.kind === 'done')
        for (const event of outcome.events ?? [])
          decide(
            draft,
            host,
            { kind: 'event', id: `command:${command.number}`, at: instant(host.nowMs()), event },
            `command:${command.number}`,
          );
      return;
    case 'again':
      // An attempt without effect needs no time to settle.
      if (outcome.kind !== 'outcome-unknown') command.attemptDeadlineMs = null;
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
      command.state = settled.state;
      park(draft, command, settled.cause, settled.detail, settled.problems);
      tell(draft, host, command, settled.result);
  }
}

function detailOf(answer: Answer): string | null {
  const { outcome } = answer;
  if (outcome.kind === 'unmappable')
    return outcome.problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
  if (outcome.kind === 'rejected') return `${outcome.code}: ${outcome.detail}`;
  return 'detail' in outcome ? outcome.detail : null;
}
