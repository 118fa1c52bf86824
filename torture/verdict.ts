import type { Findings } from './checker/findings.ts';

/** The run as one object: counts alone, the records stand in report.json. */
export function verdictOf(findings: Findings): Readonly<Record<string, unknown>> {
  const { seed, faults, accepted, lost, duplicated, unexplained, outOfOrder, valid } = findings;
  const invariants = Object.fromEntries(
    Object.entries(findings.invariants).map(([name, { checked, violations }]) => [
      name,
      { checked, violations: violations.length },
    ]),
  );
  return { seed, faults, accepted, lost, duplicated, unexplained, outOfOrder, invariants, valid };
}

/** Whether the product kept every promise in a run that says something. */
export const isClean = ({ invariants, valid }: Findings): boolean =>
  valid && Object.values(invariants).every(({ violations }) => violations.length === 0);

/** What people want to read at once: broken promises and missed floors. */
export function complaintsOf({ invariants, floors, missing }: Findings): readonly string[] {
  const broken = Object.entries(invariants).flatMap(([name, { title, violations }]) =>
    violations.length === 0 ? [] : [`${name} (${title}): ${violations.length} violations`],
  );
  const low = floors
    .filter(({ met }) => !met)
    .map(({ name, wanted, seen }) => `floor missed: ${name}: ${seen} of ${wanted}`);
  return [...broken, ...low, ...missing.map((name) => `evidence missing: ${name}`)];
}
