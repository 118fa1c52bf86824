import {
  type ColumnName,
  isProduct,
  type ProductName,
  productStand,
  type StandChoice,
  standOf,
} from '../columns.ts';
import type { Stand } from '../stand.ts';
import { backlog } from './backlog.ts';
import { burst } from './burst.ts';
import type { Cell } from './cell.ts';
import { counts, countingPostgres } from './counts.ts';
import { drain } from './drain.ts';
import { intake } from './intake.ts';
import { isolation } from './isolation.ts';
import { kill } from './kill.ts';
import { latency } from './latency.ts';
import { profile } from './profile.ts';
import { snapshot } from './snapshot.ts';

/** What a run asks of a scenario; null: its own size. */
export type Size = {
  readonly isQuick: boolean;
  readonly orders: number | null;
  readonly rate: number | null;
  readonly seconds: number | null;
  /** What this system drained in this run, orders/s; null before that was measured. */
  readonly drainedPerS: number | null;
  /** Where files of the run go, with the beginning of their names. */
  readonly resultPrefix: string;
};

type Shared = {
  readonly on: 'shared';
  run(stand: Stand, size: Size, choice: StandChoice, column: ColumnName): Promise<Cell>;
};
type Own = { readonly on: 'own'; run(column: ProductName, size: Size, choice: StandChoice): Promise<Cell> };
type Scenario = (Shared | Own) & {
  readonly title: string;
  /** Once a run, however often the others are repeated. */ readonly once?: true;
};

/** Of what a system drains in a flood, how much it is offered for "at saturation": beyond, waiting would grow for ever. */
const saturatedShare = 0.8;
/** A peer without a queue has no worker to be stopped, and no store to be filled. */
const queued = (column: ColumnName): boolean => column !== 'direct';
/** Warm-up of a stand, orders. */
export const warmUpOrders = 400;

/** In the order in which they run on a stand that they share: those that leave a mess come last. */
const catalogue = {
  intake: {
    on: 'shared',
    title: 'burst of webhooks, worker stopped',
    run: (stand, { isQuick, orders }) => intake(stand, orders ?? (isQuick ? 1_000 : 5_000)),
  },
  drain: {
    on: 'shared',
    title: 'flood, everything running',
    run: (stand, { isQuick, orders }) => drain(stand, orders ?? (isQuick ? 2_000 : 8_000)),
  },
  'e2e-50': {
    on: 'shared',
    title: 'steady 50 orders/s',
    run: (stand, { isQuick, rate, seconds }) => latency(stand, rate ?? 50, seconds ?? (isQuick ? 5 : 20)),
  },
  'e2e-100': {
    on: 'shared',
    title: 'steady 100 orders/s',
    run: (stand, { isQuick, rate, seconds }) => latency(stand, rate ?? 100, seconds ?? (isQuick ? 5 : 20)),
  },
  saturation: {
    on: 'shared',
    title: `steady, ${saturatedShare * 100} % of what it drained`,
    run: async (stand, { isQuick, rate, seconds, drainedPerS }) => {
      const measured = rate ?? drainedPerS ?? (await drain(stand, 2_000)).figures['drainedPerS'] ?? 100;
      return latency(stand, rate ?? saturatedShare * measured, seconds ?? (isQuick ? 5 : 20));
    },
  },
  burst: {
    on: 'shared',
    title: '2,000 orders at once',
    run: (stand, { orders }) => burst(stand, orders ?? 2_000),
  },
  kill: {
    on: 'shared',
    once: true,
    title: 'kill -9 of the worker',
    run: (stand, { rate, seconds }) => kill(stand, rate ?? 50, seconds ?? 15),
  },
  isolation: {
    on: 'shared',
    once: true,
    title: 'ERP of all retailers but one away',
    run: (stand, { isQuick, rate, seconds }, { retailers }) =>
      isolation(stand, retailers, rate ?? 50, 1_000 * (seconds ?? (isQuick ? 8 : 20))),
  },
  counts: {
    on: 'own',
    title: 'statements, commits, rows, WAL in a flood',
    run: (column, { isQuick, orders }, choice) =>
      withOwn(
        column,
        choice,
        (stand) => counts(stand, orders ?? (isQuick ? 1_000 : 3_000), null),
        countingPostgres,
      ),
  },
  'counts-100': {
    on: 'own',
    once: true,
    title: 'the same at 100 orders/s',
    run: (column, { isQuick, orders, rate }, choice) =>
      withOwn(
        column,
        choice,
        (stand) => counts(stand, orders ?? (isQuick ? 500 : 2_000), rate ?? 100),
        countingPostgres,
      ),
  },
  'backlog-1k': {
    on: 'own',
    title: '1,000 waiting',
    run: (column, { orders }, choice) =>
      withOwn(column, choice, (stand) => backlog(stand, orders ?? 1_000, 120_000)),
  },
  'backlog-100k': {
    on: 'own',
    once: true,
    title: '100,000 waiting',
    run: (column, { orders, seconds }, choice) =>
      withOwn(column, choice, (stand) => backlog(stand, orders ?? 100_000, 1_000 * (seconds ?? 60))),
  },
  'backlog-1m': {
    on: 'own',
    once: true,
    title: '1,000,000 waiting',
    run: (column, { orders, seconds }, choice) =>
      withOwn(column, choice, (stand) => backlog(stand, orders ?? 1_000_000, 1_000 * (seconds ?? 60))),
  },
  snapshot: {
    on: 'own',
    once: true,
    title: 'an old snapshot held open',
    run: (column, { isQuick, rate, seconds, drainedPerS }, choice) =>
      withOwn(column, choice, (stand) =>
        snapshot(
          stand,
          rate ?? (drainedPerS === null ? 50 : drainedPerS / 2),
          1_000 * (seconds ?? (isQuick ? 60 : 600)),
        ),
      ),
  },
  profile: {
    on: 'own',
    once: true,
    title: 'profiled flood',
    run: (column, { orders, resultPrefix }, choice) => profile(column, orders ?? 3_000, choice, resultPrefix),
  },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof catalogue;
export const scenarioNames = Object.keys(catalogue) as readonly ScenarioName[];
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = catalogue;

const needsQueue: readonly ScenarioName[] = ['intake', 'kill', 'isolation'];

/** Whether a scenario means anything for this system. */
export const applies = (name: ScenarioName, column: ColumnName): boolean =>
  scenarios[name].on === 'own' ? isProduct(column) : queued(column) || !needsQueue.includes(name);

/** Runs a scenario that has a stand of its own. @throws RangeError for a peer */
export function runOwn(scenario: Own, column: ColumnName, size: Size, choice: StandChoice): Promise<Cell> {
  if (!isProduct(column)) throw new RangeError(`${column} has no stand of its own`);
  return scenario.run(column, size, choice);
}

/** A warm stand that several scenarios share. */
export async function warmStand(column: ColumnName, choice: StandChoice): Promise<Stand> {
  const stand = await standOf(column, choice);
  try {
    await stand.warmUp(warmUpOrders);
    return stand;
  } catch (error) {
    await stand.stop();
    throw error;
  }
}

async function withOwn(
  column: ProductName,
  choice: StandChoice,
  run: (stand: Awaited<ReturnType<typeof productStand>>) => Promise<Cell>,
  postgres: Readonly<Record<string, string>> = {},
): Promise<Cell> {
  const stand = await productStand(column, choice, { postgres });
  try {
    await stand.warmUp(warmUpOrders);
    return await run(stand);
  } finally {
    await stand.stop();
  }
}
