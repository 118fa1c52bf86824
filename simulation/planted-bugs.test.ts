import { describe, expect, test } from 'vitest';
import { type Flaw, planOf } from './plan.ts';
import { runSeed } from './run-seed.ts';

/** Each defect with the number of seeds in which it has to show. */
const planted: readonly (readonly [Flaw, number])[] = [
  ['blind-retry', 50],
  ['no-fencing', 50],
  ['claims-count-anew', 50],
  ['consumed-forgotten', 50],
  ['permit-before-answer', 50],
  ['calls-before-commit', 50],
  ['no-dedupe', 50],
  ['counter-off-by-one', 50],
  ['deadline-from-decision', 50],
  ['deadline-from-repetition', 50],
  ['stand-back-forgets', 50],
  ['claim-answer-forgotten', 50],
  ['permits-of-the-dead', 50],
  ['drop-forgets-newer', 50],
  ['send-after-deadline', 50],
  ['last-arrival-wins', 50],
  // These need two rare meetings at once.
  ['permits-forgotten', 200],
  ['refused-look-up-believed', 200],
];

function firstViolation(flaw: Flaw, seeds: number): string | null {
  const flaws = new Set([flaw]);
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { violation } = runSeed(planOf(seed, { flaws }));
    if (violation !== null) return violation.invariant;
  }
  return null;
}

describe('a defect that is put in on purpose is caught:', () => {
  test.each(planted)('%s within %i seeds', { timeout: 120_000 }, (flaw, seeds) => {
    expect(firstViolation(flaw, seeds)).not.toBeNull();
  });
});
