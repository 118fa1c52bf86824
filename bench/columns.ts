import { startBullmq, startDirect } from './peers/peers.ts';
import type { Finality } from './sinks/effect-log.ts';
import type { SinkSettings } from './sinks/sink-messages.ts';
import { Stand } from './stand.ts';
import { type ProductOptions, type RunningProduct, startProduct } from './system/product.ts';
import type { SystemUnderTest } from './system/system-under-test.ts';

/**
 * The systems that are measured: the product with its own connectors, the product with one call a command, that with a process
 * that does no more than the peers, and the peers.
 */
export const products = ['real', 'one-call', 'relay'] as const;
export const peers = ['bullmq', 'direct'] as const;
export type ProductName = (typeof products)[number];
export type PeerName = (typeof peers)[number];
export type ColumnName = ProductName | PeerName;

export const isProduct = (column: ColumnName): column is ProductName =>
  (products as readonly string[]).includes(column);

/** How long the sinks let their callers wait, milliseconds: on the write that makes the effect, and on every other call. */
export const sinkTimes = { erpMs: 20, crmMs: 10, otherMs: 1 } as const;

export type StandChoice = { readonly retailers: number; readonly keeps: boolean };
type Extra = Pick<ProductOptions, 'postgres' | 'nodeFlags' | 'variables'>;

const sinksOf = (column: ColumnName): Omit<SinkSettings, 'finality'> => ({
  dialect: column === 'real' ? 'platforms' : 'one-call',
  ...sinkTimes,
});

/** The product tells the CRM twice: at once, and with the ERP's number when it has one. A peer calls it once, after the ERP. */
const finalities: { readonly [C in ColumnName]: Finality } = {
  real: { erpKind: 'erp-carried', crmVersion: 2 },
  'one-call': { erpKind: 'erp-made', crmVersion: 2 },
  relay: { erpKind: 'erp-made', crmVersion: 2 },
  bullmq: { erpKind: 'erp-made', crmVersion: 1 },
  direct: { erpKind: 'erp-made', crmVersion: 1 },
};

/** A product on a stand of its own: fresh database, fresh sinks. */
export function productStand(
  column: ProductName,
  { retailers, keeps }: StandChoice,
  extra: Extra = {},
): Promise<Stand<RunningProduct>> {
  return Stand.start({
    sinks: sinksOf(column),
    finality: finalities[column],
    keeps,
    start: (parts) => startProduct({ ...parts, connectors: column, retailers, startsWorker: true, ...extra }),
  });
}

/** Any system on a stand of its own. */
export function standOf(column: ColumnName, choice: StandChoice): Promise<Stand> {
  if (isProduct(column)) return productStand(column, choice);
  const start = column === 'bullmq' ? startBullmq : startDirect;
  return Stand.start<SystemUnderTest>({
    sinks: sinksOf(column),
    finality: finalities[column],
    keeps: choice.keeps,
    start: (parts) => start({ ...parts, retailers: choice.retailers }),
  });
}
