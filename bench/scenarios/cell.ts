import type { Usage } from '../measure/meter.ts';
import { isVoid, type Verdict } from '../measure/verdict.ts';

/** One measurement: figures by name, what the sinks saw, and what it cost. */
export type Cell = {
  readonly figures: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
  readonly isVoid: boolean;
  /** Answers of the receiver other than 200, by status. */
  readonly refused: Readonly<Record<string, number>>;
  readonly usage: Usage;
};

/** What counts as the system's own work on an order; the gateway is counted apart, driver and sinks are the bench's. */
const benchOwn = new Set(['driver', 'sinks']);

type Measured = {
  readonly verdict: Verdict;
  readonly usage: Usage;
  readonly orders: number;
  readonly refused: Readonly<Record<string, number>>;
};

/** Adds the CPU an order to the figures of a scenario. */
export function cellOf(measured: Measured, figures: Readonly<Record<string, number>>): Cell {
  const { verdict, usage, orders, refused } = measured;
  const perOrder = (pick: (name: string) => boolean): number =>
    Object.entries(usage.cpuMs).reduce((sum, [name, ms]) => sum + (pick(name) ? ms : 0), 0) / orders;
  return {
    figures: {
      ...figures,
      cpuMsPerOrder: perOrder((name) => !benchOwn.has(name)),
      workerAndDatabaseCpuMs: perOrder((name) => ['worker', 'postgres', 'redis'].includes(name)),
      ...Object.fromEntries(Object.entries(usage.cpuMs).map(([name, ms]) => [`cpu.${name}`, ms / orders])),
      ...Object.fromEntries(Object.entries(usage.peakMb).map(([name, mb]) => [`mb.${name}`, mb])),
    },
    verdict,
    isVoid: isVoid(verdict),
    refused,
    usage,
  };
}
