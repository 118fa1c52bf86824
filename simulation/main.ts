/**
 * `npm run sim -- --seeds 200`: orders through the lane rules and the processes in a virtual world, one run a seed.
 * `--seed N --trace` replays one. The last line is one JSON object; the exit code is not zero when an invariant was violated, or
 * when so many seeds did not meet all that they are to meet.
 */
import { parseArgs } from 'node:util';
import { addCoverage, coverageOf, missedPoints, type CoveragePoint } from './coverage.ts';
import { type Flaw, flaws, type Plan, planOf, weakSpots } from './plan.ts';
import { runSeed } from './run-seed.ts';
import { combinedHash, runSeeds, type SeedSummary } from './run-seeds.ts';
import { shrink } from './shrink.ts';
import { story } from './story.ts';

/** Fewer seeds cannot be expected to meet everything. */
const seedsForCoverage = 200;
/** One story is read at a time. */
const shownViolations = 2;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    hash: { type: 'boolean', default: false },
    orders: { type: 'string' },
    faults: { type: 'string' },
    only: { type: 'string' },
    salt: { type: 'string' },
    budget: { type: 'string', default: '400' },
    flaw: { type: 'string', multiple: true, default: [] },
  },
});

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new Error(`--${name} is a whole number, not "${text}"`);
  return number;
}

function planFor(seed: number): Plan {
  const limits = (['orders', 'faults', 'salt'] as const).flatMap((name) => {
    const text = values[name];
    return text === undefined ? [] : [[name, wholeNumber(name, text)] as const];
  });
  const known: readonly string[] = [...flaws, ...weakSpots];
  const unknown = values.flaw.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no flaw is called ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return planOf(seed, {
    ...Object.fromEntries(limits),
    ...(values.only === undefined ? {} : { only: new Set(values.only.split(',')), faults: Infinity }),
    flaws: new Set(values.flaw as Flaw[]),
  });
}

/** Shrinks what failed and tells its story. */
function explain(plan: Plan): void {
  const small = shrink(plan, runSeed(plan), wholeNumber('budget', values.budget));
  console.log(story(small));
  const { seed, only, salt } = small.plan;
  const more = [
    ...(only === null ? [] : [` --only ${[...only].join(',')}`]),
    ...(salt === 0 ? [] : [` --salt ${salt}`]),
    ...[...plan.flaws].map((flaw) => ` --flaw ${flaw}`),
  ].join('');
  console.log(`\nreplay: npm run sim -- --seed ${seed}${more} --trace\n`);
}

function traced(plan: Plan): readonly SeedSummary[] {
  const result = runSeed(plan, true);
  console.log(result.trace.join('\n'));
  return [result];
}

async function main(): Promise<void> {
  const plan = planFor(wholeNumber('seed', values.seed ?? values.from));
  const seeds = values.seed === undefined ? wholeNumber('seeds', values.seeds) : 1;
  const summaries = values.trace && seeds === 1 ? traced(plan) : await runSeeds(plan, seeds);
  const coverage = new Map<CoveragePoint, number>();
  let [actions, violations] = [0, 0];
  for (const summary of summaries) {
    const { seed, violation } = summary;
    actions += summary.actions;
    addCoverage(coverage, summary.coverage);
    if (values.hash || values.trace) console.log(`seed ${seed} hash ${summary.hash}`);
    if (violation === null) continue;
    violations += 1;
    console.log(`seed ${seed} violates "${violation.invariant}": ${violation.detail.split('\n')[0] ?? ''}`);
    if (violations <= shownViolations && !values.trace) explain({ ...plan, seed });
  }
  const missed = seeds < seedsForCoverage ? [] : missedPoints(coverage);
  if (missed.length > 0)
    console.log(`never met, so that the run proves nothing about it: ${missed.join('; ')}`);
  const valid = missed.length === 0;
  const hash = combinedHash(summaries);
  console.log(JSON.stringify({ seeds, actions, violations, hash, coverage: coverageOf(coverage), valid }));
  if (violations > 0 || !valid) process.exitCode = 1;
}

await main();
