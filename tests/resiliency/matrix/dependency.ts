/** The ways in which what we depend on fails, in the order of the page. */
export const modes = {
  refuses: 'refuses connections',
  resets: 'cuts connections',
  hangs: 'hangs',
  slow: 'is slow',
  half: 'fails half of the time',
  answerLost: 'loses the answer after the effect',
  rejects: '4xx: refuses the record',
  fails: '5xx',
  limits: '429, with and without Retry-After',
  lies: '200 with an error in it',
  malformed: 'answers or sends what nobody can read',
  disorder: 'out of order',
  duplicate: 'duplicates',
  lost: 'drops messages',
  stale: 'reads stale, search lags',
  auth: 'credentials expired, revoked or forged',
  exhausted: 'quota, pool or room exhausted',
  locked: 'locks held long',
  killed: 'killed',
  stopped: 'stopped past its lease',
  restarted: 'restarted or failed over',
  partitioned: 'partitioned without a word',
  full: 'full',
  clock: 'clock steps',
  drift: 'schema or version drifts',
} as const;
export type Mode = keyof typeof modes;

/** A test that proves a cell: its file, and its whole title as vitest lists it, with the titles of its groups. */
export type Proof = { readonly file: string; readonly title: string };
export type Cell = {
  /** What the caller sees, what is retried or parked, what the operator sees, how it heals. One or two sentences. */
  readonly happens: string;
  readonly proof: readonly Proof[];
};

/** Something outside of one process of ours that it needs, and what becomes of us as it fails. Each mode is a cell or has a reason. */
export type Dependency = {
  /** For links. */
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly cells: Readonly<Partial<Record<Mode, Cell>>>;
  readonly notApplicable: readonly { readonly modes: readonly Mode[]; readonly because: string }[];
};

/** Makes proofs of one file. */
export const testsOf =
  (file: string) =>
  (title: string): Proof => ({ file, title });
export const cell = (happens: string, ...proof: readonly Proof[]): Cell => ({ happens, proof });
