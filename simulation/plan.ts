/**
 * A defect put in on purpose, to prove that the simulation would find it. After the classics come slips that a host of the lane
 * rules can make and that no reading of the rules alone shows.
 */
export const flaws = [
  'blind-retry',
  'no-fencing',
  'claims-count-anew',
  'consumed-forgotten',
  'permit-before-answer',
  'calls-before-commit',
  'no-dedupe',
  'counter-off-by-one',
  'deadline-from-decision',
  'deadline-from-repetition',
  'stand-back-forgets',
  'claim-answer-forgotten',
  'permits-forgotten',
  'permits-of-the-dead',
  'refused-look-up-believed',
  'drop-forgets-newer',
  'send-after-deadline',
  'last-arrival-wins',
] as const;
export type Flaw = (typeof flaws)[number];

/** All that decides a run. The same plan gives the same trace. */
export type Plan = {
  readonly seed: number;
  /** Orders at most; the seed may draw fewer. */
  readonly orders: number;
  /** Faults at most. */
  readonly faults: number;
  /** Actions after which no fault happens any more. */
  readonly actions: number;
  readonly flaws: ReadonlySet<Flaw>;
  /** Whether an order must end as its source shows it also where that showed two bodies of one instant. */
  readonly hasStrictTies: boolean;
};

export const planOf = (seed: number, more: Partial<Omit<Plan, 'seed'>> = {}): Plan => ({
  seed,
  orders: 7,
  faults: 250,
  actions: 20_000,
  flaws: new Set(),
  hasStrictTies: false,
  ...more,
});
