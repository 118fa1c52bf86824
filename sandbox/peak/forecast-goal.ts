import type { Backlog } from '#ops/backlog.ts';
import type { DayEvidence } from './evidence.ts';
import { type Goal, markOf } from './goal.ts';

const bound = 0.1;
/** Nearer to the end, the last calls' own time is more than a tenth. */
const leastLeftMs = 40_000;
const leastSamples = 3;
/** What the forecast looks back on has to lie behind the last thing that happened to the ERP. */
const lookBackMs = 30_000;

export const erpBacklog = (backlog: readonly Backlog[]): Backlog | undefined =>
  backlog.find(({ connection }) => connection.startsWith('tryton'));

/** How far each forecast of the end of the ERP's queue was off, as a share of what was left; for instants after which nothing happened any more. */
export function forecastErrors(
  evidence: DayEvidence,
): readonly { readonly leftMs: number; readonly error: number }[] {
  const settledMs = markOf(evidence, 'warehouse-begins', 'begins').atMs + lookBackMs;
  const endMs = Math.max(0, ...evidence.erpWritesAtMs);
  return evidence.samples.flatMap(({ atMs, backlog }) => {
    const saidMs = erpBacklog(backlog)?.lagMs ?? null;
    const leftMs = endMs - atMs;
    return atMs < settledMs || leftMs < leastLeftMs || saidMs === null
      ? []
      : [{ leftMs, error: (saidMs - leftMs) / leftMs }];
  });
}

/** `tallyport backlog` says when the queue is worked off, and is right. */
export function forecastGoal(evidence: DayEvidence): Goal {
  const errors = forecastErrors(evidence);
  const worst = errors.reduce((most, { error }) => (Math.abs(error) > Math.abs(most) ? error : most), 0);
  const longest = Math.max(0, ...errors.map(({ leftMs }) => leftMs));
  return {
    name: `the forecast of the ERP's queue is right (${errors.length} instants, up to ${Math.round(longest / 1_000)} s ahead)`,
    measured: errors.length === 0 ? 'no forecast' : `off by ${(100 * worst).toFixed(1)} % at worst`,
    bound: `<= ${100 * bound} % at >= ${leastSamples} instants`,
    isMet: errors.length >= leastSamples && Math.abs(worst) <= bound,
  };
}
