/**
 * `npm run sim -- --seeds 200`: orders through the lane rules and the processes in a virtual world, one run a seed.
 * `--seed N --trace` replays one. The last line is one JSON object; the exit code is not zero when an invariant was violated, or
 * when so many seeds did not meet all that they are to meet.
 */
import { parseArgs } from 'node:util';
import { addCoverage, coverageOf, missedPoints, type CoveragePoint } from './coverage.ts';
import { type Flaw, flaws, type Plan, planOf } from './plan.ts';
import { runSeed, type SeedResult } from './run-seed.ts';
import { shrink } from './shrink.ts';

const readableLines = 60;
/** Fewer seeds cannot be expected to meet everything. */
const seedsForCoverage = 200;
/** One trace is read at a time. */
const shownViolations = 2;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    orders: { type: 'string' },
    faults: { type: 'string' },
    actions: { type: 'string' },
    flaw: { type: 'string', multiple: true, default: [] },
    'strict-ties': { type: 'boolean', default: false },
  },
});

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new Error(`--${name} is a whole number, not "${text}"`);
  return number;
}

function planFor(seed: number): Plan {
  const limits = (['orders', 'faults', 'actions'] as const).flatMap((name) => {
    const text = values[name];
    return text === undefined ? [] : [[name, wholeNumber(name, text)] as const];
  });
  const unknown = values.flaw.filter((name) => !flaws.some((flaw) => flaw === name));
  if (unknown.length > 0)
    throw new Error(`no flaw is called ${unknown.join(', ')}; there are ${flaws.join(', ')}`);
  return planOf(seed, {
    ...Object.fromEntries(limits),
    flaws: new Set(values.flaw as Flaw[]),
    hasStrictTies: values['strict-ties'],
  });
}

function report(plan: Plan, result: SeedResult): void {
  const { violation } = result;
  console.log(`seed ${plan.seed} violates "${violation?.invariant ?? ''}": ${violation?.detail ?? ''}`);
  if (values.trace) return;
  const small = shrink(plan, result);
  const { seed, orders, faults, actions } = small.plan;
  console.log(small.result.trace.slice(-readableLines).join('\n'));
  const more = [
    ...[...plan.flaws].map((flaw) => ` --flaw ${flaw}`),
    ...(plan.hasStrictTies ? [' --strict-ties'] : []),
  ].join('');
  console.log(
    `replay: npm run sim -- --seed ${seed} --orders ${orders} --faults ${faults} --actions ${actions}${more} --trace\n`,
  );
}

function main(): void {
  const first = wholeNumber('seed', values.seed ?? values.from);
  const seeds = values.seed === undefined ? wholeNumber('seeds', values.seeds) : 1;
  const coverage = new Map<CoveragePoint, number>();
  let [actions, violations] = [0, 0];
  for (let seed = first; seed < first + seeds; seed += 1) {
    const plan = planFor(seed);
    const result = runSeed(plan, values.trace);
    actions += result.actions;
    addCoverage(coverage, result.coverage);
    if (values.trace) console.log(`${result.trace.join('\n')}\nseed ${seed} hash ${result.hash}`);
    if (result.violation === null) continue;
    violations += 1;
    if (violations <= shownViolations) report(plan, result);
    else console.log(`seed ${seed} violates "${result.violation.invariant}"`);
  }
  const missed = seeds < seedsForCoverage ? [] : missedPoints(coverage);
  if (missed.length > 0)
    console.log(`never met, so that the run proves nothing about it: ${missed.join('; ')}`);
  const valid = missed.length === 0;
  console.log(JSON.stringify({ seeds, actions, violations, coverage: coverageOf(coverage), valid }));
  if (violations > 0 || !valid) process.exitCode = 1;
}

main();
