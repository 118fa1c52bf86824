import { setTimeout as sleep } from 'node:timers/promises';
import { countersSettleMs } from '../measure/database-meter.ts';
import { floodConnections, type Pace, type Stand } from '../stand.ts';
import { type Cell, cellOf } from './cell.ts';

/** Counting every statement costs time: a cell of counts is none of speed. `all` counts those inside of functions too. */
export const countingPostgres = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
  'pg_stat_statements.max': '10000',
} as const;

/** What PostgreSQL counts for an order: statements, commits, rows, WAL. In a flood, or at a pace, where batches are small. */
export async function counts(stand: Stand, orders: number, ordersPerSecond: number | null): Promise<Cell> {
  const { database } = stand.system;
  if (database === null) throw new Error('this system has no PostgreSQL');
  await database.rows('create extension if not exists pg_stat_statements');
  await sleep(countersSettleMs);
  const pace: Pace = ordersPerSecond === null ? { connections: floodConnections } : { ordersPerSecond };
  const { first, send } = await stand.prepare(orders, pace);
  await database.rows('select pg_stat_statements_reset()');
  const before = await database.counters();
  const meter = stand.meter();
  const sent = await send();
  await stand.completed(first + orders);
  const usage = meter.end();
  await sleep(countersSettleMs);
  const after = await database.counters();
  const [statements] = await database.rows<{ top: number; inner: number }>(
    `select coalesce(sum(calls) filter (where toplevel), 0)::float8 as top, coalesce(sum(calls) filter (where not toplevel), 0)::float8 as inner
       from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = 'tallyport'`,
  );
  const { verdict } = await stand.judge(first, orders);
  const per = (name: keyof typeof after): number => (after[name] - before[name]) / orders;
  return cellOf(
    { verdict, usage, orders, refused: sent.refused },
    {
      statementsPerOrder: (statements?.top ?? 0) / orders,
      innerStatementsPerOrder: (statements?.inner ?? 0) / orders,
      commitsPerOrder: per('commits'),
      rowsInsertedPerOrder: per('inserted'),
      rowsUpdatedPerOrder: per('updated'),
      rowsDeletedPerOrder: per('deleted'),
      hotShareOfUpdates: per('hot') / per('updated'),
      walBytesPerOrder: per('walBytes'),
    },
  );
}
