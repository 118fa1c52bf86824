import { describe, expect, test } from 'vitest';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { command, nowMs } from '../testing/lane-under-test.ts';
import type { Answer, LaneCommand } from './lane.ts';
import { backoff, defaultRetryPolicy as policy, type HandlerTimes, isRepeatable, settle } from './settle.ts';

const day = 24 * 3_600_000;
const handler = (safety: HandlerTimes['safety']['kind']): HandlerTimes => ({
  safety: safety === 'idempotency-key' ? { kind: safety, lifetimeMs: day } : { kind: safety },
  timeoutMs: 1_000,
  settleMs: 200,
  searchLagMs: 3_000,
});
const after = (
  outcome: Outcome,
  over: Partial<LaneCommand> = {},
  safety: HandlerTimes['safety']['kind'] = 'upsert',
  provedAbsent = false,
) => {
  const answer: Answer = { number: 1, attempt: 1, step: 'send', outcome, provedAbsent, tookMs: 5 };
  const attempted = command({ state: 'attempting', attempt: 1, attemptDeadlineMs: nowMs, ...over });
  return settle(attempted, answer, handler(safety), nowMs, 0.5, policy);
};
const outcomes = {
  done: { kind: 'done', result: null },
  accepted: { kind: 'accepted', handle: 'job 7', checkAfterMs: 2_000 },
  conflict: { kind: 'conflict', stale: false, detail: 'locked' },
  stale: { kind: 'conflict', stale: true, detail: 'changed' },
  limited: { kind: 'rate-limited', retryAfterMs: 4_000, detail: 'slow down' },
  unavailable: { kind: 'unavailable', retryAfterMs: null, detail: 'away' },
  unknown: { kind: 'outcome-unknown', detail: 'cut' },
  unauthorized: { kind: 'unauthorized', detail: 'who' },
  rejected: { kind: 'rejected', code: 'no', detail: 'never' },
  unmappable: { kind: 'unmappable', problems: [{ path: 'a', message: 'b' }] },
} as const satisfies Record<string, Outcome>;
type Name = keyof typeof outcomes;

describe('what an outcome means, by what was known of the command before', () => {
  const table: readonly [Name, LaneCommand['state'], string][] = [
    ['done', 'attempting', 'finished done'],
    ['done', 'ambiguous', 'finished done'],
    ['done', 'accepted', 'finished done'],
    ['accepted', 'attempting', 'again accepted'],
    ['accepted', 'accepted', 'again accepted'],
    ['conflict', 'attempting', 'again pending'],
    ['conflict', 'ambiguous', 'again ambiguous'],
    ['conflict', 'accepted', 'again accepted'],
    ['stale', 'attempting', 'finished stale'],
    ['stale', 'ambiguous', 'again ambiguous'],
    ['stale', 'accepted', 'again accepted'],
    ['limited', 'attempting', 'again pending'],
    ['limited', 'ambiguous', 'again ambiguous'],
    ['limited', 'accepted', 'again accepted'],
    ['unavailable', 'attempting', 'again pending'],
    ['unavailable', 'ambiguous', 'again ambiguous'],
    ['unavailable', 'accepted', 'again accepted'],
    ['unauthorized', 'attempting', 'again pending'],
    ['unauthorized', 'ambiguous', 'again ambiguous'],
    ['unauthorized', 'accepted', 'again accepted'],
    ['unknown', 'attempting', 'again ambiguous'],
    ['unknown', 'ambiguous', 'again ambiguous'],
    ['unknown', 'accepted', 'again accepted'],
    ['rejected', 'attempting', 'parked pending'],
    ['rejected', 'ambiguous', 'parked pending'],
    ['rejected', 'accepted', 'parked pending'],
    ['unmappable', 'attempting', 'parked pending'],
    ['unmappable', 'ambiguous', 'parked ambiguous'],
  ];
  test.each(table)('%s of one that was %s: %s', (name, state, expected) => {
    const settled = after(outcomes[name], { state });
    expect(`${settled.kind} ${settled.kind === 'finished' ? settled.outcome : settled.state}`).toBe(expected);
  });
  test('a look-up that proved absence makes an ambiguous command pending again', () => {
    expect(after(outcomes.unavailable, { state: 'ambiguous' }, 'lookup-first', true)).toMatchObject({
      kind: 'again',
      state: 'pending',
    });
  });
});

describe('an outcome that nobody knows', () => {
  const table: readonly [HandlerTimes['safety']['kind'], number, string][] = [
    ['upsert', 0, 'again'],
    ['lookup-first', 0, 'again'],
    ['idempotency-key', 0, 'again'],
    ['idempotency-key', day - 1, 'again'],
    ['unsafe', 0, 'parked outcome-unknown-unsafe'],
    ['upsert', day + 1, 'parked retries-exhausted'],
  ];
  test.each(table)('of a command that is made safe by %s and %i ms old: %s', (safety, ageMs, expected) => {
    const settled = after(outcomes.unknown, { createdAtMs: nowMs - ageMs }, safety);
    expect(settled.kind === 'parked' ? `parked ${settled.cause}` : settled.kind).toBe(expected);
  });
  test('waits for the deadline, the time to settle, and the lag of the search', () => {
    const settled = after(outcomes.unknown, { attemptDeadlineMs: nowMs + 700 }, 'lookup-first');
    expect(settled).toMatchObject({ delayMs: 700 + 200 + 3_000 + backoff(1, 0.5, policy) });
  });
  test('may be repeated without a person only while the platform remembers the key', () => {
    const repeatable = (safety: HandlerTimes['safety']['kind'], ageMs: number): boolean =>
      isRepeatable({ createdAtMs: nowMs - ageMs }, handler(safety), nowMs);
    expect([repeatable('idempotency-key', day), repeatable('idempotency-key', day + 1)]).toEqual([
      true,
      false,
    ]);
    expect([repeatable('unsafe', 0), repeatable('lookup-first', 9 * day)]).toEqual([false, true]);
  });
});

describe('what a platform says about time is not taken on trust', () => {
  const unreadable = Number.parseInt('Wed, 21 Oct', 10);
  const table: readonly [string, Outcome][] = [
    ['a check that is due at no time', { kind: 'accepted', handle: 1, checkAfterMs: unreadable }],
    ['a Retry-After that is no number', { ...outcomes.limited, retryAfterMs: unreadable }],
    ['one that is for ever', { ...outcomes.unavailable, retryAfterMs: Number.POSITIVE_INFINITY }],
    ['one in a century', { ...outcomes.unavailable, retryAfterMs: 1e18 }],
    ['one in the past', { ...outcomes.limited, retryAfterMs: -5_000 }],
  ];
  test.each(table)('%s', (_what, outcome) => {
    const settled = after(outcome);
    const delayMs = settled.kind === 'again' ? settled.delayMs : Number.NaN;
    expect(delayMs).toBeGreaterThanOrEqual(0);
    expect(delayMs).toBeLessThanOrEqual(policy.maxAgeMs);
  });
  test('what it says within reason is kept to', () => {
    expect(after(outcomes.limited)).toMatchObject({ delayMs: 4_000 + 0.5 * policy.firstDelayMs });
    expect(after(outcomes.accepted)).toMatchObject({ delayMs: 2_000, handle: 'job 7' });
  });
});

test('conflicts are retried a number of times, then a person is asked', () => {
  expect(after(outcomes.conflict, { conflicts: policy.maxConflicts - 1 })).toMatchObject({ kind: 'again' });
  expect(after(outcomes.conflict, { conflicts: policy.maxConflicts })).toMatchObject({
    kind: 'parked',
    cause: 'conflict-exhausted',
  });
});

test('what cannot be delivered for a day is parked, and is still delivered if a full budget was the reason', () => {
  const old = { createdAtMs: nowMs - day - 1 };
  expect(after(outcomes.unavailable, old)).toMatchObject({ kind: 'parked', cause: 'retries-exhausted' });
  expect(after(outcomes.limited, old)).toMatchObject({ kind: 'again' });
});
