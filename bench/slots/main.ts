import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runDirectory } from '#sandbox/demo/run-directory.ts';
import { startEmbeddedCluster } from '#server/postgres/embedded-cluster.ts';
import { type SlotsCase, type SlotsFigures, slotsRun } from './slots-run.ts';

/** `npm run bench:slots -- [--orders 120] [--case ours|beside|taken]`: how well the slots of an ERP account are used. */
const { values } = parseArgs({
  options: { orders: { type: 'string', default: '120' }, case: { type: 'string' } },
});

type Bounded = SlotsCase & { readonly key: string; readonly leastUsed: number; readonly mostRefused: number };
const cases: readonly Bounded[] = [
  {
    key: 'ours',
    name: 'the whole account is ours',
    limit: 15,
    configured: 15,
    others: 0,
    othersFrom: 'the-first-order',
    leastUsed: 0.95,
    mostRefused: 0,
  },
  {
    key: 'beside',
    name: 'another integration has half of it, and our setting says so',
    limit: 15,
    configured: 8,
    others: 7,
    othersFrom: 'the-first-order',
    leastUsed: 0.95,
    mostRefused: 0,
  },
  {
    key: 'taken',
    name: 'another integration takes half of it without a word',
    limit: 15,
    configured: 15,
    others: 7,
    othersFrom: 'half-time',
    leastUsed: 0.8,
    mostRefused: 60,
  },
];

const isMet = ({ leastUsed, mostRefused }: Bounded, { used, refused }: SlotsFigures): boolean =>
  used >= leastUsed && refused <= mostRefused;

const directory = await runDirectory();
const cluster = await startEmbeddedCluster({ directory: join(directory.path, 'postgres') });
try {
  for (const each of cases) {
    if (values.case !== undefined && values.case !== each.key) continue;
    await cluster.createDatabase(each.key);
    const figures = await slotsRun(each, {
      orders: Number(values.orders),
      directory: join(directory.path, each.key),
      databaseUrl: cluster.url(each.key),
    });
    const met = isMet(each, figures);
    if (!met) process.exitCode = 1;
    console.log(
      `${met ? 'met   ' : 'MISSED'} ${each.name}: ${(100 * figures.used).toFixed(1)} % of the slots in use (>= ${100 * each.leastUsed} %), ${figures.refused} refused (<= ${each.mostRefused}), ${figures.mostInUse} at most, ${figures.ordersPerSecond.toFixed(1)} orders/s`,
    );
  }
} finally {
  await cluster.stop();
  await directory.remove();
}
