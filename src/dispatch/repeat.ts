import { setTimeout as sleep } from 'node:timers/promises';

/** Does `work` again and again, `everyMs` after it ended, until told to stop. A failure is reported and tried again. */
export async function repeat(
  everyMs: number,
  work: () => Promise<unknown>,
  stopping: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    await sleep(everyMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}
