import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { Logger } from '#connector-sdk/services.ts';
import type { LaneKey } from '#journal/lane-store.ts';
import type { Answer, LaneCommand } from './lane-rules/lane.ts';
import type { OpenConnection } from './open-connection.ts';
import type { Session } from './session.ts';

/** How much longer than its deadline a connector gets to notice that its call was aborted. */
const graceMs = 250;

export type CallOrder = {
  readonly connection: OpenConnection;
  readonly command: LaneCommand;
  readonly idempotencyKey: string;
  /** This machine's clock, milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** The worker lost its session. */
  readonly abandoned: AbortSignal;
  readonly log: Logger;
};

const handlerOf = (
  connection: OpenConnection,
  command: LaneCommand,
): CommandHandler<never, never, unknown> | undefined =>
  (connection.connector.commands as Record<string, CommandHandler<never, never, unknown> | undefined>)[
    command.name
  ];

const timeoutOf = (connection: OpenConnection, command: LaneCommand): number =>
  handlerOf(connection, command)?.timeoutMs ?? 0;

/**
 * Begins a call whose attempt is on record. First byte only while the lease holds and within the attempt's time, by a clock
 * (`performance.now()`) read before the commit was sent; not `isInTime`: it never began, which says nothing of the platform.
 */
export function beginCall(
  connection: OpenConnection,
  lane: LaneKey,
  command: LaneCommand,
  sentAtMs: number,
  session: Pick<Session, 'isAlive' | 'abandoned' | 'nowMs'>,
  log: Logger,
): { readonly isInTime: boolean; readonly answered: Promise<Answer> } {
  const leftMs = session.isAlive ? sentAtMs + timeoutOf(connection, command) - performance.now() : 0;
  // Decided on before it was committed; from here on it is the call's own time that must be over before anybody looks it up.
  command.attemptDeadlineMs = session.nowMs() + Math.max(0, leftMs);
  const answered = carryOut({
    connection,
    command,
    idempotencyKey: `${lane.tenant}/${lane.entity}/${command.number}`,
    deadlineMs: Date.now() + leftMs,
    abandoned: session.abandoned,
    log,
  });
  return { isInTime: leftMs > 0, answered };
}

/** Carries one attempt out at the platform. Never rejects: whatever happens is an outcome. */
export async function carryOut(order: CallOrder): Promise<Answer> {
  const { connection, command, log } = order;
  const handler = handlerOf(connection, command);
  const startedMs = performance.now();
  const answer = (step: Answer['step'], outcome: Outcome, provedAbsent = false): Answer => ({
    number: command.number,
    attempt: command.attempt,
    step,
    outcome,
    provedAbsent,
    tookMs: performance.now() - startedMs,
  });
  if (handler === undefined)
    return answer('send', {
      kind: 'rejected',
      code: 'unsupported-command',
      detail: `${connection.id} cannot do ${command.name}`,
    });

  const leftMs = order.deadlineMs - Date.now();
  if (leftMs <= 0)
    return answer('send', {
      kind: 'unavailable',
      retryAfterMs: null,
      detail: 'its time was over before it began',
    });
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new Error("the attempt's time is over")), leftMs);
  const call = {
    idempotencyKey: order.idempotencyKey,
    attempt: command.attempt,
    deadlineMs: order.deadlineMs,
    signal: AbortSignal.any([timeout.signal, order.abandoned]),
  };
  const request = command.request as never;

  const work = async (): Promise<Answer> => {
    if (command.state === 'accepted') {
      if (handler.check === undefined) throw new Error(`${command.name} accepts without a check`);
      return answer('check', await handler.check(command.handle, request, call, connection.client));
    }
    if (handler.safety.kind !== 'lookup-first')
      return answer('send', await handler.send(request, call, connection.client));
    if (handler.find === undefined) throw new Error(`${command.name} is lookup-first without a find`);
    const found = await handler.find(request, call, connection.client);
    if (found.kind === 'found') return answer('find', found.outcome);
    // A look-up that got no answer changed nothing.
    if (found.kind === 'outcome-unknown')
      return answer('find', { kind: 'unavailable', retryAfterMs: null, detail: found.detail });
    // A look-up that is refused says nothing about an earlier attempt's effect.
    if (found.kind === 'rejected' && command.state === 'ambiguous')
      return answer('find', { kind: 'outcome-unknown', detail: `${found.code}: ${found.detail}` });
    if (found.kind !== 'absent') return answer('find', found);
    // No byte leaves after its time, however late the look-up came back.
    if (call.signal.aborted)
      return answer(
        'find',
        { kind: 'unavailable', retryAfterMs: null, detail: 'its time was over after the look-up' },
        true,
      );
    return answer('send', await handler.send(request, call, connection.client), true);
  };
  let late: NodeJS.Timeout | undefined;
  const overdue = new Promise<Answer>((resolve) => {
    late = setTimeout(
      () => resolve(answer('send', { kind: 'outcome-unknown', detail: 'no outcome within its time' })),
      leftMs + graceMs,
    );
  });
  try {
    return await Promise.race([work(), overdue]);
  } catch (error) {
    // A defect of the connector: the effect may be there, so it is settled like a lost answer, and seen in the log.
    log.error(
      {
        connection: connection.id,
        command: command.name,
        error: error instanceof Error ? error.stack : String(error),
      },
      'a connector threw',
    );
    return answer('send', {
      kind: 'outcome-unknown',
      detail: `the connector failed: ${error instanceof Error ? error.message : String(error)}`,
    });
  } finally {
    clearTimeout(timer);
    clearTimeout(late);
  }
}
