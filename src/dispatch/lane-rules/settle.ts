import type { Json } from '#canonical/json.ts';
import type { CommandHandler, Safety } from '#connector-sdk/connector.ts';
import type { MappingProblem, Outcome } from '#connector-sdk/outcome.ts';
import type { CommandResult } from '#processes/process.ts';
import type { Answer, LaneCommand } from './lane.ts';

/** How long and how often the engine goes on by itself before it asks a person. */
export type RetryPolicy = {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A command that could not be delivered for so long is parked. */
  readonly maxAgeMs: number;
  readonly maxConflicts: number;
};
export const defaultRetryPolicy: RetryPolicy = {
  firstDelayMs: 250,
  longestDelayMs: 60_000,
  maxAgeMs: 24 * 3_600_000,
  maxConflicts: 25,
};

/** The part of a connector's handler that decides about repetition. */
export type HandlerTimes = Pick<
  CommandHandler<never, Json, unknown>,
  'timeoutMs' | 'settleMs' | 'searchLagMs'
> & { readonly safety: Safety };

export type Settlement =
  | { readonly kind: 'finished'; readonly outcome: 'done' | 'stale'; readonly result: CommandResult }
  | {
      readonly kind: 'again';
      readonly state: LaneCommand['state'];
      readonly delayMs: number;
      readonly conflicts: number;
      readonly handle: Json | null;
    }
  | {
      readonly kind: 'parked';
      readonly state: 'pending' | 'ambiguous';
      readonly cause: string;
      readonly detail: string;
      readonly problems: readonly MappingProblem[];
      readonly result: CommandResult;
    };

/** What an outcome means for its command: the one place where the closed set turns into "what happens next". `random` is in [0, 1). */
export function settle(
  command: LaneCommand,
  answer: Answer,
  handler: HandlerTimes,
  nowMs: number,
  random: number,
  policy: RetryPolicy,
): Settlement {
  const { outcome } = answer;
  const isAmbiguous = command.state === 'ambiguous' && !answer.provedAbsent;
  /** This call had no effect; an earlier attempt's may still be unknown, or be worked on by the platform. */
  const state = command.state === 'accepted' ? 'accepted' : isAmbiguous ? 'ambiguous' : 'pending';
  const again = (delayMs: number, conflicts = command.conflicts): Settlement => ({
    kind: 'again',
    state,
    delayMs: Math.min(delayMs, policy.maxAgeMs),
    conflicts,
    handle: state === 'pending' ? null : command.handle,
  });
  const parked = (cause: string, detail: string, problems: readonly MappingProblem[] = []): Settlement => ({
    kind: 'parked',
    state: state === 'pending' ? 'pending' : 'ambiguous',
    cause,
    detail,
    problems,
    result: { kind: 'parked', cause, detail },
  });

  switch (outcome.kind) {
    case 'done':
      return {
        kind: 'finished',
        outcome: 'done',
        result: { kind: 'done', result: outcome.result, refs: outcome.refs ?? [] },
      };
    case 'accepted':
      return {
        kind: 'again',
        state: 'accepted',
        delayMs: Math.min(saidMs(outcome.checkAfterMs) ?? policy.firstDelayMs, policy.maxAgeMs),
        conflicts: command.conflicts,
        handle: outcome.handle,
      };
    case 'conflict':
      if (outcome.stale && state === 'pending')
        return { kind: 'finished', outcome: 'stale', result: { kind: 'stale', detail: outcome.detail } };
      if (command.conflicts >= policy.maxConflicts) return parked('conflict-exhausted', outcome.detail);
      return again(
        (0.5 + random) * Math.min(policy.firstDelayMs * (command.conflicts + 1), 5_000),
        command.conflicts + 1,
      );
    case 'rate-limited':
      return again(
        (saidMs(outcome.retryAfterMs) ?? backoff(command.attempt, random, policy)) +
          random * policy.firstDelayMs,
      );
    case 'unauthorized':
      return again(Math.max(1_000, backoff(command.attempt, random, policy)));
    case 'unavailable':
      if (nowMs - command.createdAtMs > policy.maxAgeMs) return parked('retries-exhausted', outcome.detail);
      return again(Math.max(saidMs(outcome.retryAfterMs) ?? 0, backoff(command.attempt, random, policy)));
    case 'outcome-unknown':
      // A question that got no answer is asked again; it changes nothing.
      if (command.state === 'accepted') return again(backoff(command.attempt, random, policy));
      return unknown(command, outcome, handler, nowMs, random, policy);
    case 'rejected':
      return {
        kind: 'parked',
        state: 'pending',
        cause: 'rejected-by-platform',
        detail: `${outcome.code}: ${outcome.detail}`,
        problems: [],
        result: { kind: 'rejected', code: outcome.code, detail: outcome.detail },
      };
    case 'unmappable':
      return parked(
        'unmappable',
        outcome.problems.map((problem) => `${problem.path}: ${problem.message}`).join('; '),
        outcome.problems,
      );
  }
}

function unknown(
  command: LaneCommand,
  outcome: Extract<Outcome, { kind: 'outcome-unknown' }>,
  handler: HandlerTimes,
  nowMs: number,
  random: number,
  policy: RetryPolicy,
): Settlement {
  const parked = (cause: string, detail: string): Settlement => ({
    kind: 'parked',
    state: 'ambiguous',
    cause,
    detail,
    problems: [],
    result: { kind: 'parked', cause, detail },
  });
  if (handler.safety.kind === 'unsafe') return parked('outcome-unknown-unsafe', outcome.detail);
  if (nowMs - command.createdAtMs > policy.maxAgeMs) return parked('retries-exhausted', outcome.detail);
  if (!isRepeatable(command, handler, nowMs))
    return parked('outcome-unknown-unsafe', `the idempotency key may be forgotten by now; ${outcome.detail}`);
  return {
    kind: 'again',
    state: 'ambiguous',
    delayMs: settledAtMs(command, handler) - nowMs + backoff(command.attempt, random, policy),
    conflicts: command.conflicts,
    handle: command.handle,
  };
}

/** Whether an attempt whose effect is unknown may be repeated without a person's word. The key may have been used at creation. */
export function isRepeatable(
  command: Pick<LaneCommand, 'createdAtMs'>,
  { safety }: Pick<HandlerTimes, 'safety'>,
  nowMs: number,
): boolean {
  if (safety.kind === 'unsafe') return false;
  return safety.kind !== 'idempotency-key' || nowMs - command.createdAtMs <= safety.lifetimeMs;
}

/** A duration that a platform named, milliseconds; null where what it said is no number (a date in a header, nothing at all). */
const saidMs = (ms: number | null): number | null => (Number.isFinite(ms) ? Math.max(0, ms as number) : null);

/** From when on an attempt whose answer was lost has had its effect or will never have it, and a look-up would see it. */
export function settledAtMs(command: Pick<LaneCommand, 'attemptDeadlineMs'>, handler: HandlerTimes): number {
  return (
    (command.attemptDeadlineMs ?? 0) +
    handler.settleMs +
    (handler.safety.kind === 'lookup-first' ? handler.searchLagMs : 0)
  );
}

/** Exponential with full jitter. */
export function backoff(attempt: number, random: number, policy: RetryPolicy): number {
  return random * Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** Math.min(attempt, 20));
}
