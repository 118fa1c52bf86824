import { percentile } from '../demo/latency.ts';
import type { Day } from './day.ts';
import type { DayEvidence, OrderEvidence } from './evidence.ts';
import { forecastGoal } from './forecast-goal.ts';
import { type Goal, markOf, seconds, type Stretch, stretchOf } from './goal.ts';
import { slotGoals } from './slot-goals.ts';

/** The bounds of the goals. Milliseconds of the run, where nothing else is said. */
const bounds = {
  crmP99Ms: 5_000,
  urgentP99Ms: 30_000,
  /** A probe a second, and the four saves of an order, 3 s. */
  resumedWithinMs: 8_000,
  cameWithinMs: 20_000,
  currentAgainWithinMs: 20_000,
  /** How long a cancellation at the shop may be under way until no command of its order begins any more. */
  cancelSeenWithinMs: 8_000,
  erpRateWhileCrmIsOut: 0.8,
} as const;

/** Judges the day. */
export function goalsOf(evidence: DayEvidence, day: Day): readonly Goal[] {
  return [
    ...accountGoals(evidence),
    ...crmGoals(evidence),
    urgentGoal(evidence),
    ...slotGoals(evidence, day),
    maintenanceGoal(evidence),
    gatewayGoal(evidence),
    cancellationGoal(evidence),
    holdGoal(evidence),
    forecastGoal(evidence),
  ];
}

const within = ({ fromMs, toMs }: Stretch, atMs: number): boolean => atMs >= fromMs && atMs < toMs;

function accountGoals({ tally, problems, isAtRest, parkedByCause }: DayEvidence): readonly Goal[] {
  const causes = Object.entries(parkedByCause).map(([cause, count]) => `${cause} ${count}`);
  const none = (name: string, count: number, detail = ''): Goal => ({
    name,
    measured: `${count}${detail}`,
    bound: '0',
    isMet: count === 0,
  });
  return [
    none('orders and shipments lost', tally.lost),
    none('records that are there twice', tally.duplicated),
    none('whatever else is amiss, at any system', problems - tally.lost - tally.duplicated),
    none(
      'parked, or alarms',
      Object.values(parkedByCause).reduce((sum, count) => sum + count, 0),
      causes.length === 0 ? '' : ` (${causes.join(', ')})`,
    ),
    {
      name: 'everything is at rest in the end',
      measured: isAtRest ? 'yes' : 'no',
      bound: 'yes',
      isMet: isAtRest,
    },
  ];
}

function crmGoals(evidence: DayEvidence): readonly Goal[] {
  const out = stretchOf(evidence, 'allocation-runs-out');
  const down = stretchOf(evidence, 'gateway-down');
  const isSpared = ({ placedAtMs }: OrderEvidence): boolean =>
    within({ fromMs: out.fromMs - 1_000, toMs: out.toMs + bounds.currentAgainWithinMs }, placedAtMs) ||
    within({ fromMs: down.fromMs - 1_000, toMs: down.toMs + bounds.cameWithinMs }, placedAtMs);
  const counted = evidence.orders.filter((order) => !isSpared(order));
  const p99Ms = percentile(counted.map(lagInCrm), 0.99);
  const waited = evidence.orders.filter(({ placedAtMs }) => within(out, placedAtMs));
  const lastMs = Math.max(0, ...waited.map((order) => order.placedAtMs + lagInCrm(order) - out.toMs));
  const writes = evidence.crmWritesAtMs.filter((atMs) =>
    within({ ...out, fromMs: out.fromMs + 500 }, atMs),
  ).length;
  const sales = evidence.erpWritesAtMs.filter((atMs) => within(out, atMs)).length;
  const before = { fromMs: 2 * out.fromMs - out.toMs, toMs: out.fromMs };
  const salesBefore = evidence.erpWritesAtMs.filter((atMs) => within(before, atMs)).length;
  return [
    {
      name: `the CRM stays current while the ERP's queue grows (p99 of ${counted.length} orders)`,
      measured: seconds(p99Ms === Infinity ? null : p99Ms),
      bound: `<= ${seconds(bounds.crmP99Ms)}`,
      isMet: p99Ms !== null && p99Ms <= bounds.crmP99Ms,
    },
    {
      name: `the CRM's allocation is used up: nothing is written, ${waited.length} new orders wait and come after it renews`,
      measured: `${writes} written, the last after ${seconds(Number.isFinite(lastMs) ? lastMs : null)}`,
      bound: `0, <= ${seconds(bounds.currentAgainWithinMs)}`,
      isMet: writes === 0 && waited.length > 0 && lastMs <= bounds.currentAgainWithinMs,
    },
    {
      name: 'the ERP goes on while the CRM is out',
      measured: `${sales} orders, ${salesBefore} as long before`,
      bound: `>= ${bounds.erpRateWhileCrmIsOut * 100} %`,
      isMet: sales > 0 && sales >= bounds.erpRateWhileCrmIsOut * salesBefore,
    },
  ];
}

const lagInCrm = ({ placedAtMs, inCrmAtMs }: OrderEvidence): number =>
  inCrmAtMs === null ? Number.POSITIVE_INFINITY : inCrmAtMs - placedAtMs;
const lagInErp = ({ placedAtMs, processedAtMs }: OrderEvidence): number =>
  processedAtMs === null ? Number.POSITIVE_INFINITY : processedAtMs - placedAtMs;

function urgentGoal(evidence: DayEvidence): Goal {
  const untilMs = markOf(evidence, 'others-take-half', 'begins').atMs;
  const rush = evidence.orders.filter(
    ({ placedAtMs }) => placedAtMs >= evidence.begunAtMs + 1_000 && placedAtMs < untilMs,
  );
  const urgent = rush.filter(({ kind }) => kind === 'urgent').map(lagInErp);
  const others = rush.filter(({ kind }) => kind === 'standard').map(lagInErp);
  const p99Ms = percentile(urgent, 0.99);
  return {
    name: `express and collected orders overtake in the ERP's queue (p99 of ${urgent.length}; half of the others took ${seconds(percentile(others, 0.5))})`,
    measured: seconds(p99Ms === Infinity ? null : p99Ms),
    bound: `<= ${seconds(bounds.urgentP99Ms)}`,
    isMet: p99Ms !== null && p99Ms <= bounds.urgentP99Ms,
  };
}

function maintenanceGoal(evidence: DayEvidence): Goal {
  const { fromMs, toMs } = stretchOf(evidence, 'erp-maintenance');
  const during = evidence.erpWritesAtMs.filter((atMs) =>
    within({ fromMs: fromMs + 4_000, toMs }, atMs),
  ).length;
  const first = evidence.erpWritesAtMs.find((atMs) => atMs >= toMs);
  const afterMs = first === undefined ? Number.POSITIVE_INFINITY : first - toMs;
  return {
    name: 'ERP maintenance: paused, and resumed by itself',
    measured: `${during} orders meanwhile, the first one ${seconds(Number.isFinite(afterMs) ? afterMs : null)} after`,
    bound: `0, <= ${seconds(bounds.resumedWithinMs)}`,
    isMet: during === 0 && afterMs <= bounds.resumedWithinMs,
  };
}

function gatewayGoal(evidence: DayEvidence): Goal {
  const down = stretchOf(evidence, 'gateway-down');
  const missed = evidence.orders.filter(({ placedAtMs }) => within(down, placedAtMs));
  const lastMs = Math.max(0, ...missed.map((order) => order.placedAtMs + lagInCrm(order) - down.toMs));
  return {
    name: `our gateway is down: retries and polls bring all ${missed.length} orders placed meanwhile`,
    measured: `the last ${seconds(Number.isFinite(lastMs) ? lastMs : null)} after its return`,
    bound: `<= ${seconds(bounds.cameWithinMs)}`,
    isMet: missed.length > 0 && lastMs <= bounds.cameWithinMs,
  };
}

function cancellationGoal({ orders }: DayEvidence): Goal {
  const cancelled = orders.filter(
    ({ kind, cancelledAtMs }) => kind === 'mispriced' && cancelledAtMs !== null,
  );
  const atMs = Math.max(0, ...cancelled.map((order) => order.cancelledAtMs ?? 0));
  const sentBefore = cancelled.filter(({ inErpAtMs }) => inErpAtMs !== null && inErpAtMs <= atMs);
  const sentAfter = cancelled.filter(({ inErpAtMs }) => (inErpAtMs ?? 0) > atMs + bounds.cancelSeenWithinMs);
  const open = cancelled.filter(
    ({ inErpAtMs, takenBackAtMs }) => inErpAtMs !== null && takenBackAtMs === null,
  );
  const queued = cancelled.length - sentBefore.length;
  return {
    name: `${cancelled.length} mispriced orders cancelled in bulk: of ${queued} queued none is sent, of ${sentBefore.length} sent none stays open`,
    measured: `${sentAfter.length} sent later than ${seconds(bounds.cancelSeenWithinMs)} after, ${open.length} open`,
    bound: '0, 0',
    isMet: queued > 0 && sentBefore.length > 0 && sentAfter.length === 0 && open.length === 0,
  };
}

function holdGoal(evidence: DayEvidence): Goal {
  const releasedMs = markOf(evidence, 'holds-released', 'begins').atMs;
  const held = evidence.orders.filter(({ kind }) => kind === 'held');
  const early = held.filter(({ inErpAtMs }) => inErpAtMs !== null && inErpAtMs < releasedMs);
  const missing = held.filter(({ processedAtMs }) => processedAtMs === null);
  return {
    name: `${held.length} orders held for fraud, released in bulk`,
    measured: `${early.length} sent while on hold, ${missing.length} missing in the end`,
    bound: '0, 0',
    isMet: held.length > 0 && early.length === 0 && missing.length === 0,
  };
}
