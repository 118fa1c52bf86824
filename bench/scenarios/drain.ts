import type { Stand } from '../stand.ts';
import { floodConnections } from '../stand.ts';
import { percentiles } from '../measure/percentile.ts';
import { type Cell, cellOf } from './cell.ts';

/** A flood: webhooks are sent as fast as they are acknowledged while everything runs; counted until the last effect. */
export async function drain(stand: Stand, orders: number): Promise<Cell> {
  const { first, send } = await stand.prepare(orders, { connections: floodConnections });
  const meter = stand.meter();
  const sent = await send();
  await stand.completed(first + orders);
  const usage = meter.end();
  const { verdict, arrivedAtMs } = await stand.judge(first, orders);
  const lastMs = arrivedAtMs.reduce((latest, at) => Math.max(latest, at), 0);
  const deliveredS = (sent.endMs - sent.startMs) / 1_000;
  const arrivedByAck = arrivedAtMs.reduce((sum, at) => sum + (at <= sent.endMs ? 1 : 0), 0);
  const [p50 = 0, p99 = 0] = percentiles(sent.ackMs, [0.5, 0.99]);
  return cellOf(
    { verdict, usage, orders, refused: sent.refused },
    {
      drainedPerS: orders / ((lastMs - sent.startMs) / 1_000),
      afterIntakePerS: (orders - arrivedByAck) / ((lastMs - sent.endMs) / 1_000),
      acksPerS: sent.deliveries / deliveredS,
      ackP50Ms: p50,
      ackP99Ms: p99,
    },
  );
}
