import { percentiles } from '../measure/percentile.ts';
import type { Stand } from '../stand.ts';
import { type Cell, cellOf } from './cell.ts';
import { spansFrom } from './latency.ts';

/** So many orders at once, each repeat included, on as many sockets as a platform might open. */
export async function burst(stand: Stand, orders: number): Promise<Cell> {
  const { first, send } = await stand.prepare(orders, { connections: 500 });
  const meter = stand.meter();
  const sent = await send();
  await stand.completed(first + orders);
  const usage = meter.end();
  const { verdict, arrivedAtMs } = await stand.judge(first, orders);
  const lastMs = arrivedAtMs.reduce((latest, at) => Math.max(latest, at), 0);
  const [p50 = 0, p99 = 0] = percentiles(spansFrom(sent.sentAtMs, arrivedAtMs), [0.5, 0.99]);
  return cellOf(
    { verdict, usage, orders, refused: sent.refused },
    {
      lastEffectAfterS: (lastMs - sent.startMs) / 1_000,
      lastAckAfterS: (sent.endMs - sent.startMs) / 1_000,
      p50Ms: p50,
      p99Ms: p99,
    },
  );
}
