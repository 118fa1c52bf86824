import type { Instant } from '#canonical/primitives.ts';
import type { CommandResult } from '../process.ts';
import { type Absorbed, applied, type ReadReason, superseded } from './absorbed.ts';
import { ask, idle, type Planned, slots } from './planned.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState, ReadState } from './state.ts';

/** The deadline after which a read that brought no answer is asked again. */
export const rereadDeadline = 'reread';

/**
 * Asks the source for the whole order. A need that comes while a read is waiting is met by that read or, when it has been
 * sent already, by the one that takes its slot. What stays without an answer is asked again, less and less often, and in the
 * end left to a person.
 */
export function planRead(
  state: OrderState,
  reason: ReadReason | undefined,
  at: Instant,
  rules: OrderRules,
): Planned {
  if (reason === undefined || state.source === null) return idle(state);
  const tries = reason === 'overdue' ? (state.read?.tries ?? 0) + 1 : 1;
  if (tries > rules.reads.maxReads) return idle(state);
  const rereadAt = later(at, rules.reads.rereadAfterMs * 2 ** (tries - 1));
  const read: ReadState = { tries, answered: false, shown: false, rereadAt, trouble: null };
  return ask(
    { ...state, read },
    {
      name: 'storefront.order.read',
      connection: state.source.connection,
      slot: slots.read,
      payload: { order: state.source },
    },
  );
}

/** The deadline of a read has passed; one that was moved or met in the meantime means nothing. */
export function absorbReadDeadline(state: OrderState, at: Instant): Absorbed {
  const { read } = state;
  if (read === null || read.rereadAt === null || read.rereadAt > at)
    return superseded(state, 'the read was answered');
  return applied({ ...state, read: { ...read, rereadAt: null } }, { read: 'overdue' });
}

/** Takes the end of a read; the order itself comes as an event, before or after. */
export function absorbReadResult(state: OrderState, result: CommandResult): Absorbed {
  const { read } = state;
  if (read === null) return superseded(state, 'the order was seen in the meantime');
  switch (result.kind) {
    case 'done':
      return applied({ ...state, read: read.shown ? null : answered(state, read) });
    case 'rejected':
      return applied({
        ...state,
        read: {
          ...read,
          answered: true,
          rereadAt: null,
          trouble: { kind: 'rejected', code: result.code, detail: result.detail },
        },
      });
    case 'parked':
      return applied({
        ...state,
        read: { ...read, trouble: { kind: 'parked', code: result.cause, detail: result.detail } },
      });
    case 'stale':
      return applied(state, { read: 'asked' });
    case 'withdrawn':
      return applied(state);
  }
}

/** An order that was never seen keeps its deadline: the answer may have shown nothing. */
const answered = (state: OrderState, read: ReadState): ReadState => ({
  ...read,
  answered: true,
  trouble: null,
  rereadAt: state.order === null ? read.rereadAt : null,
});

function later(at: Instant, byMs: number): Instant {
  return new Date(Date.parse(at) + byMs).toISOString();
}
