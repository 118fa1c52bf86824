/** The faults of QUALITY's list that a run can have. */
export const faultNames = [
  'F1',
  'F2',
  'F3',
  'F4',
  'F5',
  'F6',
  'F7',
  'F8',
  'F9',
  'F10',
  'F11',
  'F12',
  'F15',
] as const;
export type FaultName = (typeof faultNames)[number];

/** What the deed of a fault gets to know beyond when and where. */
export type FaultDetail = Readonly<Record<string, string | number | boolean>>;

/** One fault: when it begins, how long it holds, and at what. Milliseconds since the run's beginning. */
export type ScheduledFault = {
  readonly id: string;
  readonly fault: FaultName;
  /** In words; `deed` below says the same to a program. */
  readonly kind: string;
  readonly atMs: number;
  readonly forMs: number;
  readonly target: string;
  readonly detail: FaultDetail & { readonly deed: string };
};

/** Everything that will be done to a run, written down before it begins. */
export type Schedule = {
  readonly seed: number;
  readonly minutes: number;
  /** From here on nothing goes wrong any more. */
  readonly durationMs: number;
  readonly load: { readonly orders: number; readonly rate: number };
  readonly faults: readonly ScheduledFault[];
};
