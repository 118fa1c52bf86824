import type { Plan } from './plan.ts';
import { runSeed, type SeedResult } from './run-seed.ts';

/**
 * Looks for the smallest plan of the same seed that still violates the same invariant: fewer orders, then fewer faults, then an
 * earlier end of all faults. A run with less in it is another run, so the least is not promised, only less.
 */
export function shrink(
  failed: Plan,
  result: SeedResult,
): { readonly plan: Plan; readonly result: SeedResult } {
  let best = { plan: { ...failed, actions: Math.min(failed.actions, result.actions) }, result };
  const tryOne = (plan: Plan): boolean => {
    const again = runSeed(plan);
    if (again.violation?.invariant !== result.violation?.invariant) return false;
    best = { plan, result: again };
    return true;
  };
  for (const [dimension, least] of [
    ['orders', 1],
    ['faults', 0],
    ['actions', 0],
  ] as const) {
    let [low, high] = [least as number, best.plan[dimension]];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (tryOne({ ...best.plan, [dimension]: middle })) high = middle;
      else low = middle + 1;
    }
  }
  return best;
}
