import { describe, expect, test } from 'vitest';
import { type CoveragePoint, coveragePoints, missedPoints } from './coverage.ts';
import { planOf } from './plan.ts';
import { runSeed } from './run-seed.ts';
import { shrink } from './shrink.ts';

describe('a run of the simulated world', () => {
  test.each([1, 2, 3, 4, 5, 6])('of seed %i ends at rest with every invariant kept', (seed) => {
    expect(runSeed(planOf(seed)).violation).toBeNull();
  });

  test('is the same run for the same seed', () => {
    const [one, other] = [runSeed(planOf(7)), runSeed(planOf(7), true)];
    expect(other.hash).toBe(one.hash);
    expect(other.actions).toBe(one.actions);
    expect(other.trace.slice(-20)).toEqual(one.trace.slice(-20));
  });

  test('is another run for another seed', () => {
    expect(runSeed(planOf(8)).hash).not.toBe(runSeed(planOf(9)).hash);
  });

  test('without faults has none in its trace', () => {
    const { violation, trace } = runSeed(planOf(1, { faults: 0 }), true);
    expect(violation).toBeNull();
    expect(trace.filter((line) => line.includes('FAULT'))).toEqual([]);
  });
});

test('a violation is shrunk to a smaller plan that still shows it', () => {
  const plan = planOf(1, { flaws: new Set(['counter-off-by-one']) });
  const failed = runSeed(plan);
  expect(failed.violation?.invariant).toBe('a counter equals the work that is there');
  const small = shrink(plan, failed);
  expect(small.result.violation?.invariant).toBe(failed.violation?.invariant);
  expect(small.plan).toMatchObject({ seed: 1, orders: 1, faults: 0 });
  expect(runSeed(small.plan).violation).toEqual(small.result.violation);
});

test('a point that was never met is named', () => {
  const met = new Map<CoveragePoint, number>(coveragePoints.map((point) => [point, 1]));
  expect(missedPoints(met)).toEqual([]);
  met.delete('a zombie was fenced');
  expect(missedPoints(met)).toEqual(['a zombie was fenced']);
});
