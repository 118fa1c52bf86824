import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountOptions, askInFlight } from './stand/account.ts';
import type { Stand } from './stand/stand.ts';

export type Recovery = {
  readonly worker: string;
  readonly killedAt: string;
  readonly lanesOwnedAgainAfterMs: number | null;
  /** How many lanes it owned when it died. */
  readonly lanes: number;
};
export type Liveness = {
  /** Since faults were off; null: not within the time given. */
  readonly inFlightZeroAfterMs: number | null;
  readonly recoveries: readonly Recovery[];
};

type LivenessOptions = {
  /** Gets the measurements. */
  readonly file: string;
  readonly kills: boolean;
  readonly interrupted: AbortSignal;
};

/** Longer than what is promised: what is late is not to be taken for lost. */
const [recoverWithinMs, restWithinMs, restMs] = [30_000, 180_000, 2_500];
/** Whoever was hurt at last has so long to get up. */
const upWithinMs = 20_000;
/** A worker is killed when it has so many lanes, at the latest after that time. */
const [fewLanes, busyWithinMs] = [10, 8_000];
const work = { orders: 60, rate: 60 } as const;

/**
 * With all faults off: waits until everything has come to rest. Then, where `kills`, each worker loses its life once more, with fresh work
 * in its hands, its lanes are timed, and everything comes to rest again.
 */
export async function measureLiveness(
  stand: Stand,
  account: AccountOptions,
  { file, kills, interrupted }: LivenessOptions,
): Promise<Liveness> {
  const inFlightZeroAfterMs = await rest(stand, account, interrupted);
  const recoveries: Recovery[] = [];
  // Of what does not come to rest nobody could say what a kill changed.
  if (kills && inFlightZeroAfterMs !== null) {
    for (const worker of ['worker-1', 'worker-2'] as const)
      recoveries.push(await recovery(stand, worker, interrupted));
    await rest(stand, account, interrupted);
  }
  const liveness = { inFlightZeroAfterMs, recoveries };
  await writeFile(file, `${JSON.stringify(liveness, null, 2)}\n`);
  return liveness;
}

async function recovery(
  { product, watch, emulators }: Stand,
  worker: 'worker-1' | 'worker-2',
  signal: AbortSignal,
): Promise<Recovery> {
  const process = product.processes[worker];
  for (const until = Date.now() + upWithinMs; Date.now() < until; await sleep(200, undefined, { signal }))
    if ((await product.isReady('worker-1')) && (await product.isReady('worker-2'))) break;
  // Something to do, so that there are lanes to lose.
  await emulators.tell('/traffic', work);
  let owned: Awaited<ReturnType<typeof watch.lanesOf>> = [];
  for (const until = Date.now() + busyWithinMs; Date.now() < until && owned.length < fewLanes;) {
    await sleep(50, undefined, { signal });
    owned = await watch.lanesOf(worker).catch(() => []);
  }
  const [sessions, lanes] = [
    [...new Set(owned.map(({ session }) => session))],
    owned.map(({ lane }) => lane),
  ];
  const [killedAt, killedMs] = [new Date().toISOString(), performance.now()];
  process.kill();
  let ownedAgainMs: number | null = null;
  while (ownedAgainMs === null && performance.now() - killedMs < recoverWithinMs) {
    await sleep(50, undefined, { signal });
    if ((await watch.notOwnedAgain(sessions, lanes).catch(() => 1)) === 0)
      ownedAgainMs = performance.now() - killedMs;
  }
  return {
    worker,
    killedAt,
    lanes: lanes.length,
    lanesOwnedAgainAfterMs: ownedAgainMs === null ? null : Math.round(ownedAgainMs),
  };
}

/** When everything was done that was to do, measured back to the first of the looks that found it so; null: it was not. */
async function rest(
  { emulators, watch }: Stand,
  account: AccountOptions,
  signal: AbortSignal,
): Promise<number | null> {
  const beganMs = performance.now();
  let restingSinceMs: number | null = null;
  while (performance.now() - beganMs < restWithinMs) {
    const { pending } = await emulators.status();
    const isAtRest = pending === 0 && watch.inFlight === 0;
    restingSinceMs = isAtRest ? (restingSinceMs ?? performance.now()) : null;
    // The product's own word decides; it costs a process each time.
    if (
      restingSinceMs !== null &&
      performance.now() - restingSinceMs >= restMs &&
      (await askInFlight(account)) === 0
    )
      return Math.round(restingSinceMs - beganMs);
    await sleep(200, undefined, { signal });
  }
  return null;
}
