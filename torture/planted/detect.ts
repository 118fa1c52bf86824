import { plant } from './patch.ts';
import type { Detection, PlantedBug } from './planted-bug.ts';
import { runSimulation } from './run-simulation.ts';
import { runTest } from './run-test.ts';
import { runTorture } from './run-torture.ts';
import type { Sighting } from './sighting.ts';
import { copyTree } from './tree-copy.ts';

/** A run on the tree as it is, which must find nothing. */
export type Control = {
  readonly kind: Detection['kind'];
  readonly title: string;
  readonly detection: Detection;
};

/** One control for each distinct run that the bugs ask for. */
export function controlsOf(bugs: readonly PlantedBug[]): readonly Control[] {
  const detections = bugs.map(({ caught }) => caught);
  const seeds = Math.max(0, ...detections.map((each) => (each.kind === 'sim' ? each.seeds : 0)));
  const simulated: readonly Detection[] = seeds === 0 ? [] : [{ kind: 'sim', seeds, invariants: [] }];
  const others = detections.filter(({ kind }) => kind !== 'sim');
  const distinct = new Map([...simulated, ...others].map((each) => [titleOf(each), each]));
  return [...distinct].map(([title, detection]) => ({ kind: detection.kind, title, detection }));
}

/** Whether this control is of the run in which the bug has to show. */
export const isControlOf = ({ kind, title }: Control, { caught }: PlantedBug): boolean =>
  kind === caught.kind && (kind === 'sim' || title === titleOf(caught));

/** Looks at the tree as it is. */
export const look = ({ detection }: Control): Promise<Sighting> => inCopy(detection, null);

/**
 * Puts the bug into a copy of the tree, and the copy through what should find it. What the tree violates without the bug
 * proves nothing about it.
 */
export async function detect(bug: PlantedBug, unplanted: Sighting | undefined): Promise<Sighting> {
  const { caught } = bug;
  const before = unplanted?.violated ?? [];
  if (caught.kind === 'test') return inCopy(caught, bug);
  return inCopy({ ...caught, invariants: caught.invariants.filter((name) => !before.includes(name)) }, bug);
}

function titleOf(detection: Detection): string {
  switch (detection.kind) {
    case 'sim':
      return `${detection.seeds} seeds`;
    case 'torture': {
      const { seed, minutes, faults } = detection.run;
      return `seed ${seed}, ${minutes} min, faults ${faults.join(',') || 'none'}`;
    }
    case 'test':
      return detection.file;
  }
}

async function inCopy(detection: Detection, bug: PlantedBug | null): Promise<Sighting> {
  const copy = await copyTree();
  try {
    if (bug !== null) await plant(copy.root, bug);
    switch (detection.kind) {
      case 'sim':
        return await runSimulation(copy.root, detection.seeds, detection.invariants);
      case 'torture':
        return await runTorture(copy.root, detection.run, detection.invariants);
      case 'test':
        return await runTest(copy.root, detection.file, detection.test);
    }
  } finally {
    await copy.remove();
  }
}
