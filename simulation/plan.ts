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
  'old-takes-newer',
  'version-not-raised',
  'stale-deadline-believed',
  'deadline-lost',
  'unread-source-believed',
  'keys-of-the-dead',
  'keys-freed-when-unknown',
  'some-keys-kept',
  'short-untold',
  'reservation-booked-anew',
  'reservation-kept',
] as const;

/** What the product does not withstand: left out of ordinary runs, to be looked at by name. The guide says more of each. */
export const weakSpots = ['clock-forward-anytime', 'few-permits'] as const;
export type Flaw = (typeof flaws)[number] | (typeof weakSpots)[number];

/** All that decides a run. The same plan gives the same trace. */
export type Plan = {
  readonly seed: number;
  /** Orders at most; the seed may draw fewer. */
  readonly orders: number;
  /** Faults at most. */
  readonly faults: number;
  /** Names of what may happen; null: all that the seed wants. */
  readonly only: ReadonlySet<string> | null;
  /** Another order of things, all else being the same: 0 but for a run that was shrunk. */
  readonly salt: number;
  readonly flaws: ReadonlySet<Flaw>;
};

export const planOf = (seed: number, more: Partial<Omit<Plan, 'seed'>> = {}): Plan => ({
  seed,
  orders: 12,
  faults: 250,
  only: null,
  salt: 0,
  flaws: new Set(),
  ...more,
});
