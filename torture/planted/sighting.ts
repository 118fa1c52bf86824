/** What a run over one tree came to. */
export type Sighting = {
  /** The invariants that were violated, in the order in which that was told. */
  readonly violated: readonly string[];
  /** Where the first one of those that were looked for showed: "seed 3", "40 s". Null where none of them did. */
  readonly where: string | null;
  /** Why nothing can be concluded from it: it crashed, its time was over. Null for a run that went to its end. */
  readonly failure: string | null;
};
