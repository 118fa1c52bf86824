import { setTimeout as sleep } from 'node:timers/promises';
import { DriverProcess } from '../driver/driver-process.ts';
import { monotonicMs } from '../measure/monotonic-clock.ts';
import { percentiles } from '../measure/percentile.ts';
import { judge } from '../measure/verdict.ts';
import type { Stand } from '../stand.ts';
import { type Cell, cellOf } from './cell.ts';
import { spansFrom } from './latency.ts';

/** How long after an order was placed it changes. */
const changesAfterMs = 2_000;
const patienceMs = 180_000;
const calmMs = 5_000;

/**
 * The ERP of all retailers but the last goes away while orders come at a steady pace, and each order changes once, two seconds after it was placed.
 * Do the last retailer's orders notice? Does the CRM go on? How long after the ERP is back has everything that waited arrived?
 */
export async function isolation(
  stand: Stand,
  retailers: number,
  ordersPerSecond: number,
  outageMs: number,
): Promise<Cell> {
  const seconds = (2 * calmMs + outageMs) / 1_000;
  const orders = Math.ceil(ordersPerSecond * seconds);
  const { first, send } = await stand.prepare(orders, { ordersPerSecond });
  await using driver = new DriverProcess();
  const changes = await stand.prepare(orders, { ordersPerSecond }, { driver, newer: { first, version: 2 } });
  const meter = stand.meter();
  const sending = send();
  const changing = sleep(changesAfterMs).then(() => changes.send());
  await sleep(calmMs);
  await stand.sinks.ask({ ask: 'down', system: 'erp' });
  const downAtMs = monotonicMs();
  await sleep(outageMs);
  await stand.sinks.ask({ ask: 'up', system: 'erp' });
  const upAtMs = monotonicMs();
  const [sent] = await Promise.all([sending, changing]);
  const finality = { ...stand.finality, crmVersion: stand.finality.crmVersion === 1 ? 2 : 4 };
  await stand.settled(first, orders, finality, patienceMs);
  const usage = meter.end();
  const effects = await stand.sinks.ask({ ask: 'effects' });
  const { verdict, arrivedAtMs } = judge(effects, first, orders, finality);
  /** Without the change: when ERP and CRM had the order as it was placed, or newer. */
  const placed = judge(effects, first, orders, stand.finality);
  const shown = judge(effects, first, orders, { ...stand.finality, crmVersion: 1 });
  const isOther = (index: number): boolean => (first + index) % retailers === retailers - 1;
  const sentDuring = (index: number): boolean => {
    const at = sent.sentAtMs[index] ?? 0;
    return at >= downAtMs && at < upAtMs - 1_000;
  };
  const spans = (toMs: Float64Array, pick: (index: number) => boolean): Float64Array =>
    spansFrom(
      sent.sentAtMs,
      toMs.map((at, index) => (pick(index) ? at : Number.NaN)),
    );
  const [othersP50 = 0, othersP99 = 0] = percentiles(
    spans(placed.arrivedAtMs, (index) => isOther(index) && sentDuring(index)),
    [0.5, 0.99],
  );
  const [, calmP99 = 0] = percentiles(
    spans(placed.arrivedAtMs, (index) => (sent.sentAtMs[index] ?? 0) < downAtMs - 500),
    [0.5, 0.99],
  );
  const crmSpans = spans(shown.crmAtMs, (index) => !isOther(index) && sentDuring(index));
  const inTime = crmSpans.filter((span) => span < 1_000).length;
  const lastWaiting = placed.arrivedAtMs.reduce(
    (latest, at, index) =>
      !isOther(index) && (sent.sentAtMs[index] ?? 0) < upAtMs ? Math.max(latest, at) : latest,
    0,
  );
  return cellOf(
    { verdict, usage, orders, refused: sent.refused },
    {
      ordersPerSecond,
      outageS: outageMs / 1_000,
      calmP99Ms: calmP99,
      othersP50Ms: othersP50,
      othersP99Ms: othersP99,
      crmInTimeShare: inTime / Math.max(1, crmSpans.length),
      recoveredAfterS: (lastWaiting - upAtMs) / 1_000,
      changedLastAfterS: (arrivedAtMs.reduce((latest, at) => Math.max(latest, at), 0) - upAtMs) / 1_000,
      outOfOrder: verdict.outOfOrder,
    },
  );
}
