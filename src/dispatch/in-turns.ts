import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longer than this nothing else of the process has to wait. Milliseconds. */
const turnMs = 20;

/** Does `work` for each, one after the other, and lets others have their turn in between. */
export async function inTurns<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  let sinceMs = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - sinceMs < turnMs) continue;
    await nextTurn();
    sinceMs = performance.now();
  }
}
