import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stand } from '../stand/stand.ts';
import { fillDisk, hurtDatabase } from './deeds/database-deeds.ts';
import { type Deed, Skipped } from './deeds/deed.ts';
import { partition, slowLink } from './deeds/link-deeds.ts';
import { askPlatforms } from './deeds/platform-deeds.ts';
import { killProcess, stepClock, stopProcess } from './deeds/process-deeds.ts';
import type { FaultName, Schedule, ScheduledFault } from './schedule.ts';

const deeds: Readonly<Record<FaultName, Deed>> = {
  F1: killProcess,
  F2: stopProcess,
  F3: hurtDatabase,
  F4: fillDisk,
  F5: stepClock,
  F6: partition,
  F7: slowLink,
  F8: askPlatforms,
  F9: askPlatforms,
  F10: askPlatforms,
  F11: askPlatforms,
  F12: askPlatforms,
  F15: askPlatforms,
};

export type NemesisOptions = {
  readonly schedule: Schedule;
  readonly stand: Stand;
  /** Gets a line for every fault that begins, ends, is skipped or fails. */
  readonly file: string;
  readonly interrupted: AbortSignal;
  readonly say: (line: string) => void;
};

/** Does to a stand what the schedule says, and writes down what it did. Comes back when all is over and undone. */
export async function unleash({ schedule, stand, file, interrupted, say }: NemesisOptions): Promise<void> {
  const beganMs = performance.now();
  const until = (atMs: number): Promise<void> =>
    sleep(Math.max(0, beganMs + atMs - performance.now()), undefined, { signal: interrupted });
  const note = (fault: ScheduledFault, event: string, more: object): void => {
    const { id, fault: name, kind } = fault;
    const target = { target: fault.target };
    appendFileSync(
      file,
      `${JSON.stringify({ at: new Date().toISOString(), id, fault: name, kind, ...target, event, ...more })}\n`,
    );
  };
  const commit = async (fault: ScheduledFault): Promise<void> => {
    await until(fault.atMs);
    const { inFlight } = stand.watch;
    let end: Awaited<ReturnType<Deed>>;
    try {
      end = await deeds[fault.fault](fault, stand);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return note(fault, error instanceof Skipped ? 'skipped' : 'failed', { reason, inFlight });
    }
    note(fault, 'begin', { inFlight });
    say(`${fault.id}: ${fault.kind}`);
    try {
      await until(fault.atMs + fault.forMs);
    } finally {
      await end();
      note(fault, 'end', {});
    }
  };
  const all = await Promise.allSettled([...schedule.faults.map(commit), until(schedule.durationMs)]);
  interrupted.throwIfAborted();
  const broken = all.find((each) => each.status === 'rejected');
  if (broken !== undefined) throw new Error('a fault could not be undone', { cause: broken.reason });
}
