import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { percentiles } from '../measure/percentile.ts';
import type { Stand } from '../stand.ts';
import type { RunningProduct } from '../system/product.ts';
import { type Cell, cellOf } from './cell.ts';
import { spansFrom } from './latency.ts';

const megabyte = 1_048_576;
/** Tables that hold unfinished work only: they should not grow with what has passed through them. */
const hotTables = ['inbox', 'lane', 'command', 'instance', 'timer', 'stock_position'];

/** A steady pace while somebody's transaction holds an old snapshot, so that no dead row can be removed: a first window beside a last one. */
export async function snapshot(
  stand: Stand<RunningProduct>,
  ordersPerSecond: number,
  heldMs: number,
): Promise<Cell> {
  const { system } = stand;
  const holder = new pg.Client({ connectionString: system.databaseUrl, application_name: 'bench snapshot' });
  await holder.connect();
  await holder.query('begin isolation level repeatable read');
  await holder.query('select txid_current_snapshot()');
  const before = await hotMb(system);
  const seconds = heldMs / 1_000;
  const orders = Math.ceil(ordersPerSecond * seconds);
  const { first, send } = await stand.prepare(orders, { ordersPerSecond });
  const windowMs = heldMs / 6;
  const firstWindow = stand.meter();
  const firstUsage = sleep(windowMs).then(() => firstWindow.end());
  const lastUsage = sleep(heldMs - windowMs).then(async () => {
    const meter = stand.meter();
    await sleep(windowMs - 100);
    return meter.end();
  });
  const whole = stand.meter();
  const sent = await send();
  const [early, late] = [await firstUsage, await lastUsage];
  const held = await hotMb(system);
  await stand.completed(first + orders);
  const usage = whole.end();
  await holder.query('rollback');
  await holder.end();
  const { verdict, arrivedAtMs } = await stand.judge(first, orders);
  const span = (pick: (index: number) => boolean): readonly number[] =>
    percentiles(
      spansFrom(
        sent.sentAtMs,
        arrivedAtMs.map((at, index) => (pick(index) ? at : Number.NaN)),
      ),
      [0.5, 0.99],
    );
  const [earlyP50 = 0, earlyP99 = 0] = span((index) => index < orders / 6);
  const [lateP50 = 0, lateP99 = 0] = span((index) => index >= (orders * 5) / 6);
  const postgresMs = ({ cpuMs }: typeof early): number =>
    ((cpuMs['postgres'] ?? 0) * 1_000) / (windowMs * ordersPerSecond);
  return cellOf(
    { verdict, usage, orders, refused: sent.refused },
    {
      ordersPerSecond,
      heldS: seconds,
      firstP50Ms: earlyP50,
      firstP99Ms: earlyP99,
      lastP50Ms: lateP50,
      lastP99Ms: lateP99,
      firstPostgresCpuMs: postgresMs(early),
      lastPostgresCpuMs: postgresMs(late),
      hotTablesMbBefore: before,
      hotTablesMbHeld: held,
    },
  );
}

async function hotMb({ database }: RunningProduct): Promise<number> {
  const tables = await database.tables(1_000);
  return (
    tables.reduce(
      (sum, { table, bytes }) => sum + (hotTables.some((hot) => table.startsWith(hot)) ? bytes : 0),
      0,
    ) / megabyte
  );
}
