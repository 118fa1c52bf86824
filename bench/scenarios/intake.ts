import { percentiles } from '../measure/percentile.ts';
import { floodConnections, type Stand } from '../stand.ts';
import { type Cell, cellOf } from './cell.ts';
import { shareOfTime } from './share-of-time.ts';

/**
 * A burst into a system whose worker is stopped: what the gateway and the store alone acknowledge. Then the worker is started, and
 * the rate at which it takes this backlog down is measured between a tenth and nine tenths of it.
 */
export async function intake(stand: Stand, orders: number): Promise<Cell> {
  await stand.system.stopWorker();
  const { first, send } = await stand.prepare(orders, { connections: floodConnections });
  const intakeMeter = stand.meter();
  const sent = await send();
  const atIntake = intakeMeter.end();
  const meter = stand.meter();
  await stand.system.startWorker();
  await stand.completed(first + orders);
  const usage = meter.end();
  const { verdict, arrivedAtMs } = await stand.judge(first, orders);
  const [p50 = 0, p99 = 0] = percentiles(sent.ackMs, [0.5, 0.99]);
  const [from, to] = [0.1, 0.9];
  return cellOf(
    { verdict, usage, orders, refused: sent.refused },
    {
      acksPerS: (sent.deliveries * 1_000) / (sent.endMs - sent.startMs),
      ackP50Ms: p50,
      ackP99Ms: p99,
      gatewayCpuMsPerAck: (atIntake.cpuMs['gateway'] ?? 0) / sent.deliveries,
      storeCpuMsPerAck:
        ((atIntake.cpuMs['postgres'] ?? 0) + (atIntake.cpuMs['redis'] ?? 0)) / sent.deliveries,
      backlogPerS: ((to - from) * orders * 1_000) / shareOfTime(arrivedAtMs, from, to),
    },
  );
}
