import type { FaultName } from '../nemesis/schedule.ts';

/** One change of one place. The text that is looked for stands there exactly once. */
export type Edit = {
  /** A file, relative to the root of the tree; or a function of the database, in the newest migration that defines it. */
  readonly at: { readonly file: string } | { readonly sqlFunction: string };
  readonly find: string;
  readonly replace: string;
};

/** How a bug has to show itself: by an invariant that it violates, not by any exit that is not zero. */
export type Detection =
  | {
      /** `npm run sim` in the copy, from seed 1 on. Sees the lane rules and the processes, not the worker, nor SQL. */
      readonly kind: 'sim';
      /** Any of these. */
      readonly invariants: readonly string[];
      readonly seeds: number;
    }
  | {
      /** A torture run whose product is the copy. */
      readonly kind: 'torture';
      readonly invariants: readonly string[];
      readonly run: TortureRun;
    }
  | {
      /** One named test of the copy: for what neither of the others can meet on purpose. The reason is for the reader. */
      readonly kind: 'test';
      readonly file: string;
      readonly test: string;
      readonly because: string;
    };

export type TortureRun = {
  readonly seed: number;
  readonly minutes: number;
  /** Kinds of faults, as `npm run torture -- --faults` takes them. */
  readonly faults: readonly FaultName[];
  /** What the seed's schedule has to hold for the bugs to show, each a deed and its target: a seed that has changed its faults is of no use. */
  readonly meets: readonly string[];
};

/** A defect that somebody could have written in good faith, and that a check has to find. */
export type PlantedBug = {
  readonly name: string;
  /** What its author would have thought. */
  readonly thought: string;
  readonly edits: readonly Edit[];
  readonly caught: Detection;
};
