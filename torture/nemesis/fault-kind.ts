import type { ScheduledFault } from './schedule.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A fault without its place in time, except for how long it holds. */
export type DrawnFault = Pick<ScheduledFault, 'kind' | 'forMs' | 'target' | 'detail'>;

/** How one fault is drawn. `turn` counts up from a seeded start, so that targets come in turn and none is missed. */
export type FaultKind = {
  readonly draw: (random: SeededRandom, turn: number) => DrawnFault;
  /** One follows the other without a pause. */
  readonly fillsShare?: true;
};

/** The `turn`-th of a list that begins anew when it is through. */
export const inTurn = <T>(of: readonly T[], turn: number): T => of[turn % of.length] as T;
