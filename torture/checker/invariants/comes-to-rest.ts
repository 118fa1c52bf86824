import type { Invariant } from './invariant.ts';

/** With the faults off: so soon nothing is in flight, and so soon somebody has the lanes of a worker that was killed. */
export const limits = { inFlightZeroMs: 120_000, lanesOwnedAgainMs: 10_000 } as const;

/** Liveness: once nothing goes wrong any more, everything comes to rest. */
export const comesToRest: Invariant = {
  name: 'liveness',
  title: `nothing in flight within ${limits.inFlightZeroMs / 1_000} s, a dead worker’s lanes owned again within ${limits.lanesOwnedAgainMs / 1_000} s`,
  check({ evidence: { liveness }, retailers }, { checked, broken }) {
    const [first] = retailers;
    if (liveness === null || first === undefined) return;
    const { inFlightZeroAfterMs: restMs, recoveries } = liveness;
    checked();
    if (restMs === null) broken(first, 'never-at-rest', 'run', 'something stayed in flight');
    else if (restMs > limits.inFlightZeroMs)
      broken(first, 'late-at-rest', 'run', `nothing was in flight after ${restMs} ms only`);
    for (const { worker, killedAt, lanesOwnedAgainAfterMs: ms } of recoveries) {
      checked();
      if (ms === null || ms > limits.lanesOwnedAgainMs)
        broken(
          first,
          'lanes-left-alone',
          worker,
          `killed at ${killedAt}, its lanes were ${ms === null ? 'never owned again' : `owned again after ${ms} ms`}`,
        );
    }
  },
};
