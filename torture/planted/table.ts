import type { Control } from './detect.ts';
import type { PlantedBug } from './planted-bug.ts';
import type { Sighting } from './sighting.ts';

/** One line of the table: bug, by what it is looked for, where it showed, what was violated. */
export const row = (cells: readonly string[]): string =>
  [28, 8, 10, 0]
    .map((width, index) => (cells[index] ?? '').padEnd(width))
    .join(' ')
    .trimEnd();

/** What a control found all the same, or null. */
export function problemIn({ failure, violated }: Sighting): string | null {
  return failure ?? (violated.length === 0 ? null : [...new Set(violated)].join('; '));
}

export function controlRow({ kind, title }: Control, sighting: Sighting): string {
  const problem = problemIn(sighting);
  return problem === null
    ? row(['(none)', kind, 'clean', title])
    : row(['(none)', kind, 'NOT CLEAN', `${title}: ${problem}`]);
}

export function bugRow({ name, caught }: PlantedBug, { where, violated, failure }: Sighting): string {
  if (where === null) {
    const instead =
      violated.length === 0 ? 'nothing was violated' : `only ${[...new Set(violated)].join('; ')}`;
    return row([name, caught.kind, 'MISSED', failure ?? instead]);
  }
  const seen =
    caught.kind === 'test'
      ? caught.test
      : [...new Set(violated)].filter((each) => caught.invariants.includes(each)).join('; ');
  return row([name, caught.kind, where, seen]);
}
