import type { Problem, ProblemKind, Verdict } from './checker.ts';
import { percentile } from './latency.ts';

/** The figures of a run, counted from the journals of the emulated systems; `parked` alone is the product's own word. */
export type Tally = {
  readonly orders: number;
  /** Orders that are everywhere they belong. Each order is one of delivered, cancelled, rejected, parked, waiting, or has a problem. */
  readonly delivered: number;
  /** Orders that ERP (CRM) has exactly once, with the right total. */
  readonly erp: number;
  readonly crm: number;
  /** Orders that were shipped, every shipment of which the shop shows exactly once. */
  readonly fulfilled: number;
  readonly shipments: number;
  /** Orders and shipments that a system never got although nobody was told so. */
  readonly lost: number;
  /** Records that are there once too often. */
  readonly duplicated: number;
  /** Amounts or goods that differ, cancelled orders left open, and whatever else should not be. */
  readonly amiss: number;
  /** Cancelled by the buyer or the shop, and not open in the ERP. */
  readonly cancelled: number;
  /** Test orders, which neither ERP nor CRM may get. */
  readonly rejected: number;
  /** Orders that stand still with a reason. */
  readonly parked: number;
  /** Orders whose payment is awaited. */
  readonly waiting: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
};

const lost: ReadonlySet<ProblemKind> = new Set(['lost-in-erp', 'lost-in-crm', 'lost-fulfilment']);
const duplicated: ReadonlySet<ProblemKind> = new Set([
  'duplicate-in-erp',
  'duplicate-in-crm',
  'duplicate-fulfilment',
]);

/** Adds up the verdicts over all orders. */
export function tally(verdicts: readonly Verdict[], strays: readonly Problem[]): Tally {
  const problems = [...verdicts.flatMap((verdict) => verdict.problems), ...strays];
  const count = (is: (verdict: Verdict) => boolean): number => verdicts.filter(is).length;
  const latencies = verdicts.flatMap(({ latencyMs }) => latencyMs ?? []);
  return {
    orders: verdicts.length,
    delivered: count(({ fate }) => fate === 'delivered'),
    erp: count(({ inErp }) => inErp),
    crm: count(({ inCrm }) => inCrm),
    fulfilled: count(({ shipments, fulfilled }) => shipments > 0 && fulfilled === shipments),
    shipments: verdicts.reduce((sum, { shipments }) => sum + shipments, 0),
    lost: problems.filter(({ kind }) => lost.has(kind)).length,
    duplicated: problems.filter(({ kind }) => duplicated.has(kind)).length,
    amiss: problems.filter(({ kind }) => !lost.has(kind) && !duplicated.has(kind)).length,
    cancelled: count(({ fate }) => fate === 'cancelled'),
    rejected: count(({ fate }) => fate === 'rejected'),
    parked: count(({ fate }) => fate === 'parked'),
    waiting: count(({ fate }) => fate === 'waiting'),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}
