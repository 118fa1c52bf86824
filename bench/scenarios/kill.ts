import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../measure/monotonic-clock.ts';
import type { Stand } from '../stand.ts';
import { type Cell, cellOf } from './cell.ts';

const restartAfterMs = 1_000;
/** Calls that were cut wait for their attempt's deadline and their platform's settle time, by design. */
const patienceMs = 180_000;

/** kill -9 of the worker in the middle of a steady pace; another is started a second later. */
export async function kill(stand: Stand, ordersPerSecond: number, seconds: number): Promise<Cell> {
  const orders = Math.ceil(ordersPerSecond * seconds);
  const { first, send } = await stand.prepare(orders, { ordersPerSecond });
  const meter = stand.meter();
  const sending = send();
  await sleep((seconds * 1_000) / 3);
  const killedAtMs = monotonicMs();
  await stand.system.killWorker();
  await sleep(restartAfterMs);
  await stand.system.startWorker();
  const startedAtMs = monotonicMs();
  const sent = await sending;
  await stand.completed(first + orders, patienceMs);
  const usage = meter.end();
  const { verdict, arrivedAtMs } = await stand.judge(first, orders);
  const isWaiting = (at: number): boolean => (sent.sentAtMs[at] ?? 0) <= killedAtMs;
  /** Orders that had been sent and had not arrived when the worker died. */
  const caught = arrivedAtMs.filter((at, index) => isWaiting(index) && !(at <= killedAtMs)).sort();
  const since = (at: number | undefined): number => ((at ?? Number.NaN) - killedAtMs) / 1_000;
  const firstAfter = arrivedAtMs.reduce(
    (earliest, at) => (at > startedAtMs - restartAfterMs ? Math.min(earliest, at) : earliest),
    Infinity,
  );
  return cellOf(
    { verdict, usage, orders, refused: sent.refused },
    {
      ordersPerSecond,
      caughtByKill: caught.length,
      workerBackAfterS: (startedAtMs - killedAtMs) / 1_000,
      firstEffectAfterS: since(firstAfter),
      halfOfCaughtAfterS: since(caught[Math.floor(caught.length / 2)]),
      allOfCaughtAfterS: since(caught.at(-1)),
      repeatedUpserts: verdict.repeated,
    },
  );
}
