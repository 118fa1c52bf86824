import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds that will; the test's own time limit ends what never does. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}
