import type { Json } from '#canonical/json.ts';
import type { InboxEvent } from '#journal/lane-store.ts';
import type {
  CustomerIdentity,
  Decision,
  KeyedDocument,
  ProcessInput,
  Reservation,
} from '#processes/process.ts';
import { closeParked, decide, tell } from './decide.ts';
import type { LaneHost } from './host.ts';
import type { Lane, LaneCommand } from './lane.ts';
import { isRepeatable } from './settle.ts';
import type { StepDraft } from './step-draft.ts';

export function absorbEvent(draft: StepDraft, host: LaneHost, event: InboxEvent): void {
  const { lane } = draft;
  lane.consumed.add(event.eventId);
  const causedBy = `event:${event.eventId}`;
  const consumed = (
    decision: Decision<Json>['disposition'] | { kind: 'parked'; code: string; detail: string },
    events: Json | null = null,
  ): void => {
    draft.consumed.push({
      eventId: event.eventId,
      disposition: decision.kind,
      events,
      code: 'code' in decision ? decision.code : null,
      detail: decision.kind === 'superseded' ? decision.by : 'detail' in decision ? decision.detail : null,
    });
  };
  if (event.kind === 'operator' && absorbEngineAction(draft, host, event.body))
    return consumed({ kind: 'applied' });
  const process = host.processOf(lane);
  if (event.kind === 'message') {
    const read = host.interpret(event);
    if (read.kind === 'rejected') return consumed(read);
    if (read.kind === 'unmappable' || process === null) {
      const problems =
        read.kind === 'unmappable'
          ? read.problems
          : [{ path: '$', message: 'no process takes records of this type' }];
      const detail = problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
      draft.openParked({
        kind: 'message',
        key: String(event.messageId),
        connection: event.connection,
        name: event.topic,
        cause: 'unmappable',
        detail,
        problems: JSON.stringify(problems),
        remedy: 'Correct the record at its source, or replay the message after a new release of the mapping.',
        value_minor: null,
        currency: null,
        topics: [],
      });
      return consumed({ kind: 'parked', code: 'unmappable', detail });
    }
    const dispositions = read.events.map((canonical) => {
      for (const alias of host.aliasesOf(canonical)) draft.note('aliases', { alias });
      return decide(
        draft,
        host,
        { kind: 'event', id: String(event.eventId), at: event.at, event: canonical },
        causedBy,
      );
    });
    // A message counts as applied when any part of it was.
    const whole = dispositions.find(({ kind }) => kind === 'applied') ??
      dispositions[0] ?? {
        kind: 'rejected',
        code: 'no-event',
        detail: 'the message carries nothing that we follow',
      };
    return consumed(whole, read.events);
  }
  if (process === null)
    return consumed({
      kind: 'rejected',
      code: 'no-process',
      detail: `nobody takes ${event.kind} events of this record`,
    });
  return consumed(decide(draft, host, internalInput(event), causedBy));
}

/** Our own events, written by the journal's functions in the shapes read here. */
function internalInput(event: Exclude<InboxEvent, { kind: 'message' }>): ProcessInput {
  const { at } = event;
  switch (event.kind) {
    case 'deadline':
      return { kind: 'deadline', at, name: (event.body as { name: string }).name };
    case 'reservation':
      return { kind: 'reservation', at, short: (event.body as { short: Reservation[] }).short };
    case 'operator': {
      const { by, action, reason, document, identity } = event.body as {
        by: string;
        action: string;
        reason: string;
        document?: KeyedDocument;
        identity?: CustomerIdentity;
      };
      return {
        kind: 'operator',
        at,
        by,
        action,
        reason,
        ...(document !== undefined && { document }),
        ...(identity !== undefined && { identity }),
      };
    }
  }
}

const mayRepeat = (lane: Lane, host: LaneHost, command: LaneCommand): boolean => {
  const handler = host.handlerOf(lane, command);
  return handler === null || isRepeatable(command, handler, host.nowMs());
};

/** Commands change in their lane only: also when an operator, or a crosswalk row that came, releases one. */
function absorbEngineAction(draft: StepDraft, host: LaneHost, body: Json): boolean {
  const { action, number, by, reason, refs, documentNumber } = body as {
    action: string;
    number?: number;
    by: string;
    reason: string;
    refs?: Json;
    documentNumber?: string;
  };
  if (!action.startsWith('command.')) return false;
  const command = draft.lane.commands.get(Number(number));
  if (command === undefined || !command.parked) return true; // released already
  closeParked(draft, command, `${action} by ${by}: ${reason}`);
  command.parked = false;
  switch (action) {
    case 'command.retry':
      // What cannot be looked up goes out again by a person's word that it had no effect, so it begins like a new one: should its
      // worker die in the middle, the next one asks a person again.
      if (command.state === 'ambiguous' && !mayRepeat(draft.lane, host, command)) command.state = 'pending';
      command.notBeforeMs = host.nowMs();
      command.conflicts = 0;
      draft.write(command);
      return true;
    case 'command.discard':
      draft.finish(command, 'withdrawn', { by, reason });
      tell(draft, host, command, { kind: 'withdrawn' });
      return true;
    case 'command.resolve': {
      const result = {
        kind: 'done',
        result: { resolvedBy: by, reason, ...(documentNumber !== undefined && { number: documentNumber }) },
        refs: (refs ?? []) as never,
      } as const;
      draft.finish(command, 'resolved', { by, reason, refs: refs ?? [] });
      tell(draft, host, command, result);
      return true;
    }
    default:
      return false;
  }
}
