import { describe, expect, test } from 'vitest';
import { flaws, planOf } from './plan.ts';
import { runSeed } from './run-seed.ts';

/** Each defect, with the first seed that shows it; should the runs have changed since, one of the next ones has to. */
const planted: Readonly<Record<(typeof flaws)[number], number>> = {
  'blind-retry': 4,
  'no-fencing': 2,
  'claims-count-anew': 1,
  'consumed-forgotten': 4,
  'permit-before-answer': 5,
  'calls-before-commit': 1,
  'no-dedupe': 1,
  'counter-off-by-one': 1,
  'deadline-from-decision': 2,
  'deadline-from-repetition': 9,
  'stand-back-forgets': 11,
  'claim-answer-forgotten': 10,
  'permits-forgotten': 23,
  'permits-of-the-dead': 6,
  'refused-look-up-believed': 21,
  'drop-forgets-newer': 1,
  'send-after-deadline': 16,
  'last-arrival-wins': 14,
  'old-takes-newer': 11,
  'version-not-raised': 1,
  'stale-deadline-believed': 101,
  'deadline-lost': 5,
  'unread-source-believed': 1,
  'keys-of-the-dead': 21,
  'keys-freed-when-unknown': 8,
  'some-keys-kept': 1,
  'short-untold': 1,
  'reservation-booked-anew': 1,
  'reservation-kept': 1,
};
const seedsTried = 200;

function firstViolation(flaw: (typeof flaws)[number]): string | null {
  const from = planted[flaw];
  for (let seed = from; seed < from + seedsTried; seed += 1) {
    const { violation } = runSeed(planOf(seed, { flaws: new Set([flaw]) }));
    if (violation !== null) return violation.invariant;
  }
  return null;
}

describe('a defect that is put in on purpose is caught:', () => {
  test.each(flaws)('%s', { timeout: 120_000 }, (flaw) => {
    const invariant = firstViolation(flaw);
    expect(invariant).not.toBeNull();
    // A defect that makes the simulator itself fall over proves nothing.
    expect(invariant).not.toBe('nothing throws');
  });
});
