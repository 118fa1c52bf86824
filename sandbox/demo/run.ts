import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxStatus } from '../platforms/sandbox.ts';
import { Mishaps } from './mishaps.ts';
import type { Observation, Observer } from './observer.ts';
import type { DemoOptions } from './options.ts';
import type { Product } from './product.ts';
import type { SandboxProcess } from './sandbox-process.ts';
import { picture, type Screen } from './screen.ts';

/** An endless run orders in portions of so many seconds. */
const portionS = 5;
/** So many looks in a row must have found everything at rest and accounted for. */
const looksAtRest = 3;
/** Without a terminal, the state is printed so often. Seconds. */
const printEveryS = 5;

export type RunParts = {
  readonly options: DemoOptions;
  readonly sandbox: SandboxProcess;
  readonly product: Product;
  readonly observer: Observer;
  readonly screen: Screen;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
};

/** How a run ended. */
export type Ended = {
  readonly observation: Observation;
  readonly status: SandboxStatus;
  readonly seconds: number;
  readonly killed: string | null;
  readonly wasInterrupted: boolean;
};

/** Lets orders be placed, looks once a second until everything has come to rest, time is up, or somebody ends it. */
export async function run(parts: RunParts): Promise<Ended> {
  const { options, sandbox, product, observer, screen, interrupted } = parts;
  const mishaps = new Mishaps(sandbox, product.workers, (text) => screen.say(text));
  if (options.isChaos) await mishaps.begin();
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  if (options.orders !== null) await sandbox.tell('/traffic', { orders: options.orders, rate: options.rate });

  let portions = 0;
  let printedS = -printEveryS;
  let resting = 0;
  let allPlacedS: number | null = null;
  let status = await sandbox.status();
  let observation = await observer.look();
  const look = async (): Promise<boolean> => {
    status = await sandbox.status();
    if (options.orders === null && seconds() >= portions * portionS) {
      portions += 1;
      const orders = Math.max(1, Math.round(options.rate * portionS));
      await sandbox.tell('/traffic', { orders, rate: options.rate });
    }
    observation = await observer.look();
    if (options.isChaos) await mishaps.look({ ...status, inErp: observation.tally.erp }, performance.now());
    if (screen.isLive || seconds() - printedS >= printEveryS) {
      printedS = seconds();
      const more = { seconds: seconds(), isEndless: options.orders === null, workers: workersOf(product) };
      screen.show(picture(observation, status, more));
    }
    const isPlaced = options.orders !== null && status.placed >= options.orders;
    if (isPlaced) allPlacedS ??= seconds();
    const isDone =
      isPlaced && status.pending === 0 && observation.isAtRest && observation.problems.length === 0;
    resting = isDone ? resting + 1 : 0;
    const isLate = allPlacedS !== null && seconds() - allPlacedS > options.limitS;
    return options.exits && (resting >= looksAtRest || isLate);
  };
  try {
    while (!(await look())) await sleep(1_000, undefined, { signal: interrupted });
    await sandbox.tell('/counts', {});
    status = await sandbox.status();
  } catch (error) {
    // Ctrl-C reaches all processes of the terminal at once: what they no longer answer is no failure then.
    if (!interrupted.aborted) throw error;
  }
  return {
    observation,
    status,
    seconds: seconds(),
    killed: mishaps.killed,
    wasInterrupted: interrupted.aborted,
  };
}

function workersOf({ workers }: Product): string {
  const each = workers.map(({ name, isAlive, restarts }) => {
    const again = restarts === 0 ? '' : ` (started again ${restarts}x)`;
    return `${name} ${isAlive ? 'up' : 'down'}${again}`;
  });
  return each.join(', ');
}
