import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CoveragePoint } from './coverage.ts';
import type { Plan } from './plan.ts';
import { runSeed } from './run-seed.ts';
import type { Violation } from './world.ts';

/** What came of one seed, as much of it as is summed up. */
export type SeedSummary = {
  readonly seed: number;
  readonly hash: string;
  readonly actions: number;
  readonly violation: Violation | null;
  readonly coverage: ReadonlyMap<CoveragePoint, number>;
};

/** The seeds of one thread. */
export type SeedShare = {
  readonly first: number;
  readonly last: number;
  readonly every: number;
  readonly plan: Plan;
};

/** Runs one plan and keeps what is summed up. */
export function summaryOf(plan: Plan): SeedSummary {
  const { seed, hash, actions, violation, coverage } = runSeed(plan);
  return { seed, hash, actions, violation, coverage };
}

/** Fewer are not worth a second thread. */
const seedsPerThread = 20;

/** Runs `count` seeds from the plan's on, on all cores; in the order of the seeds, whichever thread was faster. */
export async function runSeeds(plan: Plan, count: number): Promise<readonly SeedSummary[]> {
  const threads = Math.min(availableParallelism(), Math.ceil(count / seedsPerThread));
  const [first, last] = [plan.seed, plan.seed + count - 1];
  if (threads <= 1)
    return Array.from({ length: count }, (_, index) => summaryOf({ ...plan, seed: first + index }));
  const shares = Array.from({ length: threads }, (_, offset) =>
    inThread({ first: first + offset, last, every: threads, plan }),
  );
  return (await Promise.all(shares)).flat().toSorted((a, b) => a.seed - b.seed);
}

function inThread(workerData: SeedShare): Promise<readonly SeedSummary[]> {
  return new Promise((resolve, reject) => {
    const summaries: SeedSummary[] = [];
    const thread = new Worker(new URL('./seed-thread.ts', import.meta.url), { workerData });
    thread.on('message', (summary: SeedSummary) => summaries.push(summary));
    thread.on('error', reject);
    thread.on('exit', () => resolve(summaries));
  });
}

/** One hash over the traces of all seeds: two runs that agree in it were the same, line by line. */
export function combinedHash(summaries: readonly SeedSummary[]): string {
  const sum = createHash('sha256');
  for (const { seed, hash } of summaries) sum.update(`${seed} ${hash}\n`);
  return sum.digest('hex');
}
