import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Liveness, measureLiveness } from './liveness.ts';
import { unleash } from './nemesis/nemesis.ts';
import type { Schedule } from './nemesis/schedule.ts';
import { collectAccount } from './stand/account.ts';
import type { DatabaseWatch } from './stand/database-watch.ts';
import { startStand } from './stand/stand.ts';

export type RunOptions = {
  readonly schedule: Schedule;
  /** New and empty, but for what we write. */
  readonly directory: string;
  readonly repository: string;
  /** Where the product comes from. */
  readonly tree: string;
  readonly postgresBinaries: string | undefined;
  readonly isIsolated: boolean;
  readonly interrupted: AbortSignal;
  readonly say: (line: string) => void;
};

const workedOffWithinMs = 20_000;

/** One run: schedule written, stand up, orders and faults, quiet, everything down, the product's account on file. @throws Error */
export async function run(options: RunOptions): Promise<Liveness> {
  const { schedule, directory, tree, interrupted, say } = options;
  await writeFile(join(directory, 'schedule.json'), `${JSON.stringify(schedule, null, 1)}\n`);
  await using begun = new AsyncDisposableStack();
  const has = (name: string): boolean => schedule.faults.some(({ fault }) => fault === name);
  const stand = await startStand(
    { ...options, seed: schedule.seed, needs: { disk: has('F4'), clocks: has('F5') } },
    begun,
  );
  const { emulators, product } = stand;
  interrupted.throwIfAborted();
  say(
    `${schedule.faults.length} faults in ${schedule.minutes} minutes, ${schedule.load.orders} orders and more`,
  );
  await emulators.tell('/traffic', schedule.load);
  await unleash({ schedule, stand, file: join(directory, 'history', 'nemesis.jsonl'), interrupted, say });
  say('Faults are off.');
  const account = {
    tree,
    directory: join(directory, 'product'),
    environment: product.environment,
    retailers: Object.keys(emulators.urls),
  };
  const liveness = await measureLiveness(stand, account, {
    file: join(directory, 'history', 'liveness.json'),
    kills: has('F1'),
    interrupted,
  });
  await emulators.tell('/counts', {});
  const stubborn = await product.stop(() => workedOff(stand.watch));
  if (stubborn.length > 0) say(`did not stop when asked to: ${stubborn.join(', ')}`);
  await emulators.stop();
  await collectAccount(account);
  return liveness;
}

/** What the last polls and webhooks brought is done, or will not be: the account tells. */
async function workedOff(watch: DatabaseWatch): Promise<void> {
  for (const until = Date.now() + workedOffWithinMs; Date.now() < until; await sleep(250))
    if (watch.inFlight === 0) return;
}
