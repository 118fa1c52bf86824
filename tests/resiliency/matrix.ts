import type { Dependency } from './matrix/dependency.ts';
import { journalDependencies } from './matrix/journal.ts';
import { machineDependencies } from './matrix/machine.ts';
import { processDependencies } from './matrix/processes.ts';
import { sinkDependencies } from './matrix/sinks.ts';
import { sourceDependencies } from './matrix/sources.ts';
import { surroundings } from './matrix/surroundings.ts';

/** All that we depend on, in the order of docs/reference/resiliency-matrix.md, which is made of this. */
export const resiliencyMatrix: readonly Dependency[] = [
  ...journalDependencies,
  ...sourceDependencies,
  ...sinkDependencies,
  ...surroundings,
  ...processDependencies,
  ...machineDependencies,
];
