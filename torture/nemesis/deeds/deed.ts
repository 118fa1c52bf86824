import type { Stand } from '../../stand/stand.ts';
import type { ScheduledFault } from '../schedule.ts';

/** Makes a fault hold; what it answers ends it. @throws Skipped where the machine does not permit it, Error when it failed */
export type Deed = (fault: ScheduledFault, stand: Stand) => Promise<() => Promise<void> | void>;

/** A fault that cannot be had on this machine, with the reason. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}
