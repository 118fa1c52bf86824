import type { Plan } from './plan.ts';
import { runSeed, type SeedResult } from './run-seed.ts';

export type Shrunk = { readonly plan: Plan; readonly result: SeedResult; readonly runs: number };

/** Once so few things happen, another order of theirs is tried too: leaving one out may only have moved the others. */
const fewEnough = 40;
const saltsTried = [0, 1, 2, 3];

/**
 * Looks for as few happenings (orders, steps of their lives, single faults, deeds of operators) as still violate the same invariant:
 * leaves out halves, then quarters and so on (delta debugging), until none can be left out or `budget` runs are used up. A run with
 * less in it is another run, so the least is not promised, only less.
 */
export function shrink(failed: Plan, result: SeedResult, budget = 400): Shrunk {
  const invariant = result.violation?.invariant;
  let best = { plan: failed, result };
  let runs = 0;

  const tries = (only: readonly string[], salts: readonly number[]): boolean => {
    for (const salt of salts) {
      if (runs >= budget) return false;
      runs += 1;
      const plan: Plan = { ...failed, faults: Infinity, only: new Set(only), salt };
      const again = runSeed(plan);
      if (again.violation?.invariant !== invariant) continue;
      best = { plan, result: again };
      return true;
    }
    return false;
  };
  // What was asked for and did not happen any more is left out for nothing.
  const names = (): string[] => [...best.result.happened.keys()];
  if (!tries(names(), [failed.salt])) return { ...best, runs };

  for (let chunks = 2; runs < budget;) {
    const all = names();
    const size = Math.ceil(all.length / chunks);
    let isLess = false;
    for (let from = 0; from < all.length && runs < budget; from += size) {
      const rest = [...all.slice(0, from), ...all.slice(from + size)];
      const salts = all.length <= fewEnough ? saltsTried : [best.plan.salt];
      if (!tries(rest, salts)) continue;
      isLess = true;
      break;
    }
    if (isLess) chunks = Math.max(2, chunks - 1);
    else if (size <= 1) break;
    else chunks = Math.min(all.length, 2 * chunks);
  }
  const plan: Plan = { ...best.plan, only: new Set(names()) };
  return { plan, result: runSeed(plan, true), runs };
}
