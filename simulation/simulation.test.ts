import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type CoveragePoint, coveragePoints, missedPoints } from './coverage.ts';
import { planOf } from './plan.ts';
import { runSeed } from './run-seed.ts';
import { combinedHash, runSeeds, summaryOf } from './run-seeds.ts';
import { shrink } from './shrink.ts';
import { story } from './story.ts';

const seeds = [1, 2, 3, 4, 5, 6];

describe('a run of the simulated world', () => {
  test.each(seeds)('of seed %i ends at rest with every invariant kept', (seed) => {
    expect(runSeed(planOf(seed)).violation).toBeNull();
  });

  test('is the same run for the same seed', () => {
    const [one, other] = [runSeed(planOf(7)), runSeed(planOf(7), true)];
    expect(other.hash).toBe(one.hash);
    expect(other.actions).toBe(one.actions);
    expect(other.trace.slice(-20)).toEqual(one.trace.slice(-20));
  });

  test('is the same run in another process', { timeout: 60_000 }, async () => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [main, '--seeds', '4', '--hash']);
    const here = seeds.slice(0, 4).map((seed) => summaryOf(planOf(seed)));
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, 4)).toEqual(here.map(({ seed, hash }) => `seed ${seed} hash ${hash}`));
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ hash: combinedHash(here), violations: 0 });
  });

  test('is the same run in whatever thread', { timeout: 60_000 }, async () => {
    const count = 21;
    const inThreads = await runSeeds(planOf(1, { orders: 1 }), count);
    const here = inThreads.map(({ seed }) => summaryOf(planOf(seed, { orders: 1 })));
    expect(inThreads).toHaveLength(count);
    expect(inThreads).toEqual(here);
  });

  test('is another run for another seed', () => {
    expect(runSeed(planOf(8)).hash).not.toBe(runSeed(planOf(9)).hash);
  });

  test('without faults has none in its trace', () => {
    const { violation, trace } = runSeed(planOf(1, { faults: 0 }), true);
    expect(violation).toBeNull();
    expect(trace.filter((line) => line.includes('FAULT'))).toEqual([]);
  });

  test('of which nothing is left out is the same run', () => {
    const whole = runSeed(planOf(7));
    const named = runSeed(planOf(7, { only: new Set(whole.happened.keys()), faults: Infinity }));
    expect(named.hash).toBe(whole.hash);
  });
});

describe('a violation', () => {
  // A conflict key is freed while a create's effect is unknown: it takes two orders and at least one fault.
  const plan = planOf(8, { flaws: new Set(['keys-freed-when-unknown']) });
  const failed = runSeed(plan);
  const small = shrink(plan, failed, 150);

  test('is shrunk to a handful of happenings that show it again', () => {
    expect(failed.violation?.invariant).toBe('who touches a record holds its key');
    expect(small.result.violation?.invariant).toBe(failed.violation?.invariant);
    expect(failed.happened.size).toBeGreaterThan(15);
    expect(small.result.happened.size).toBeLessThanOrEqual(8);
    expect(small.runs).toBeLessThanOrEqual(150);
    expect(runSeed(small.plan).violation).toEqual(small.result.violation);
  });

  test('is told on one page: what it takes, what happened to the record, and where it stood', () => {
    const page = story(small);
    expect(page.split('\n').length).toBeLessThanOrEqual(90);
    for (const what of small.result.happened.values()) expect(page).toContain(what);
    expect(page).toContain('VIOLATED who touches a record holds its key');
    expect(page).toMatch(/conflict keys: /);
  });
});

test('a point that was never met is named', () => {
  const met = new Map<CoveragePoint, number>(coveragePoints.map((point) => [point, 1]));
  expect(missedPoints(met)).toEqual([]);
  met.delete('a zombie was fenced');
  expect(missedPoints(met)).toEqual(['a zombie was fenced']);
});
