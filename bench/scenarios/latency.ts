import { percentiles } from '../measure/percentile.ts';
import type { Stand } from '../stand.ts';
import { type Cell, cellOf } from './cell.ts';

/** A steady pace: from when a webhook was due to leave until its order had arrived in both systems. */
export async function latency(stand: Stand, ordersPerSecond: number, seconds: number): Promise<Cell> {
  const orders = Math.ceil(ordersPerSecond * seconds);
  const { first, send } = await stand.prepare(orders, { ordersPerSecond });
  const meter = stand.meter();
  const sent = await send();
  await stand.completed(first + orders);
  const usage = meter.end();
  const { verdict, arrivedAtMs } = await stand.judge(first, orders);
  const [p50 = 0, p99 = 0] = percentiles(spansFrom(sent.sentAtMs, arrivedAtMs), [0.5, 0.99]);
  const [ackP50 = 0, ackP99 = 0] = percentiles(sent.ackMs, [0.5, 0.99]);
  return cellOf(
    { verdict, usage, orders, refused: sent.refused },
    { ordersPerSecond, p50Ms: p50, p99Ms: p99, ackP50Ms: ackP50, ackP99Ms: ackP99 },
  );
}

/** The spans between two columns of instants, without those that never ended. */
export const spansFrom = (fromMs: Float64Array, toMs: Float64Array): Float64Array =>
  toMs.map((to, at) => to - (fromMs[at] ?? Number.NaN)).filter((span) => !Number.isNaN(span));
