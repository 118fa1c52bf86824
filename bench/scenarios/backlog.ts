import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../measure/monotonic-clock.ts';
import type { Stand } from '../stand.ts';
import { fillBacklog } from '../system/fill-backlog.ts';
import type { RunningProduct } from '../system/product.ts';
import { type Cell, cellOf } from './cell.ts';
import { shareOfTime } from './share-of-time.ts';

const megabyte = 1_048_576;
const warmMs = 3_000;

/**
 * So many orders wait while the worker is stopped; then it is started. Up to `windowMs` of the drain are measured after three seconds of
 * warming up: a backlog that is longer is not drained to its end, and its orders are judged by what the window saw.
 */
export async function backlog(stand: Stand<RunningProduct>, orders: number, windowMs: number): Promise<Cell> {
  const { system } = stand;
  await system.stopWorker();
  const first = stand.number(orders);
  const fillStartMs = monotonicMs();
  await fillBacklog(system, first, orders);
  const filledMs = monotonicMs() - fillStartMs;
  await system.database.rows('checkpoint');
  await system.startWorker();
  const meter = stand.meter();
  const startMs = monotonicMs();
  while (monotonicMs() - startMs < warmMs + windowMs && !(await stand.completed(first + orders, 500)))
    await sleep(50);
  const endMs = monotonicMs();
  const usage = meter.end();
  const { completed } = await stand.sinks.ask({ ask: 'counts' });
  const isDrained = completed >= first + orders;
  await system.stopWorker(); // what is under way ends, so that every order is in both systems or in none
  const { verdict, arrivedAtMs } = await stand.judge(first, orders);
  const arrived = arrivedAtMs.filter((at) => at > startMs + warmMs && at <= endMs).length;
  const tables = await system.database.tables(1_000);
  return cellOf(
    // Of a backlog that was not drained to its end, the rest is not lost but waiting.
    {
      verdict: isDrained ? verdict : { ...verdict, lost: 0 },
      usage,
      orders: Math.max(1, completed - first),
      refused: {},
    },
    {
      waiting: orders,
      filledPerS: (orders * 1_000) / filledMs,
      drainPerS: isDrained
        ? (800 * orders) / shareOfTime(arrivedAtMs, 0.1, 0.9)
        : (arrived * 1_000) / (endMs - startMs - warmMs),
      isDrained: isDrained ? 1 : 0,
      databaseMb: tables.reduce((sum, { bytes }) => sum + bytes, 0) / megabyte,
    },
  );
}
