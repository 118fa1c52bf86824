import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#journal/database.ts';
import { startEmbeddedCluster } from '#server/postgres/embedded-cluster.ts';
import { percentile } from '../demo/latency.ts';
import { Observer } from '../demo/observer.ts';
import { startProduct } from '../demo/product.ts';
import { runDirectory } from '../demo/run-directory.ts';
import { JournalTail } from '../journals/journal-tail.ts';
import { journalFile } from '../platforms/journal-files.ts';
import { setUps } from '../platforms/set-ups.ts';
import { peakDay } from './day.ts';
import { dayFile, peakRetailer } from './day-platforms.ts';
import { type DayEvidence, readJournals } from './evidence.ts';
import type { Goal } from './goal.ts';
import { goalsOf } from './goals.ts';
import { compression, notYet } from './not-yet.ts';
import { type PeakOptions, readOptions, usage } from './options.ts';
import { type PlatformsProcess, startPlatformsProcess } from './platforms-process.ts';
import { retailerOfTheDay } from './retailer-of-the-day.ts';
import { runDay } from './run-day.ts';

/** How much more often pollers look than at a real shop. */
const pollIntervalScale = 1 / 30;
/** A process that is woken so much too late, now and then, shares its cores with others: delays are the machine's then. */
const busyFromMs = 100;

function optionsOrExit(): PeakOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

/** Starts everything, lets the day happen, and stops everything again, in the reverse order. */
async function peak(
  options: PeakOptions,
  interrupted: AbortSignal,
): Promise<DayEvidence & { readonly wokenLateMs: number }> {
  await using begun = new AsyncDisposableStack();
  const directory = await runDirectory();
  if (options.keeps) console.log(`Journals and logs: ${directory.path}`);
  else begun.defer(() => directory.remove());
  const day = peakDay(options.scale);
  const cluster = await startEmbeddedCluster({ directory: join(directory.path, 'postgres') });
  begun.defer(() => cluster.stop());
  await cluster.createDatabase('tallyport');
  const databaseUrl = cluster.url('tallyport');
  const platforms = startPlatformsProcess(directory.path, options.seed, options.scale);
  begun.defer(() => platforms.stop());
  const product = await startProduct({
    directory: directory.path,
    databaseUrl,
    retailers: [peakRetailer],
    environment: await platforms.environment(),
    pollIntervalScale,
    retailersDirectory: await retailerOfTheDay(directory.path, day),
    gatewayRestartAfterMs: day.hourMs / 2,
  });
  begun.defer(() => product.stop());
  const database = openDatabase(databaseUrl, { max: 2, onError: () => undefined });
  begun.defer(() => database.end());
  await subscribed(platforms, directory.path);

  const observer = new Observer(database, directory.path, setUps.filter(isOfTheDay));
  const { samples, observation, lateMs } = await runDay({
    day,
    limitMs: options.limitS * 1_000,
    platforms,
    product,
    database,
    observer,
    say: (text) => console.log(text),
    interrupted,
  });
  for (const { kind, order, detail } of observation.problems.slice(0, 20))
    console.log(`${order}: ${kind}: ${detail}`);
  for (const { entity, cause, detail } of observation.parked.slice(0, 20))
    console.log(`${entity ?? ''}: parked, ${cause}: ${detail.slice(0, 200)}`);
  const parkedByCause: Record<string, number> = {};
  for (const { cause } of observation.parked) parkedByCause[cause] = (parkedByCause[cause] ?? 0) + 1;
  return {
    ...readJournals(journalsIn(directory.path), (id) => `order:${shopConnection}:${id}`),
    samples,
    tally: observation.tally,
    problems: observation.problems.length,
    isAtRest: observation.isAtRest,
    parkedByCause,
    wokenLateMs: Math.round(percentile(lateMs, 0.99) ?? 0),
  };
}

const isOfTheDay = ({ profile }: (typeof setUps)[number]): boolean => profile.retailer === peakRetailer;
const shopConnection = setUps.find(isOfTheDay)?.shopConnection ?? '';

function journalsIn(directory: string): Parameters<typeof readJournals>[0] {
  const read = (file: string): ReturnType<JournalTail['look']> => new JournalTail(file).look();
  return {
    shop: read(journalFile(directory, peakRetailer, 'shop')),
    erp: read(journalFile(directory, peakRetailer, 'erp')),
    crm: read(journalFile(directory, peakRetailer, 'crm')),
    day: read(dayFile(directory)),
  };
}

/** The shop has its subscriptions before the first order: what comes earlier, only a poll would find. */
async function subscribed(platforms: PlatformsProcess, directory: string): Promise<void> {
  for (const until = Date.now() + 60_000; !(await platforms.status()).subscribed; await sleep(200))
    if (Date.now() > until)
      throw new Error(`the product did not subscribe: see ${join(directory, 'gateway.log')}`);
}

function printGoals(goals: readonly Goal[]): void {
  console.log('\nGoals');
  for (const { name, measured, bound, isMet } of goals)
    console.log(`  ${isMet ? 'met   ' : 'MISSED'}  ${name}: ${measured} (${bound})`);
  console.log('\nWhat is compressed, and what is therefore not shown');
  for (const line of compression) console.log(`  ${line}`);
  console.log('\nNot yet');
  for (const { what, waitsFor } of notYet) console.log(`  ${what} (${waitsFor})`);
}

const options = optionsOrExit();
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
const startedMs = performance.now();
const evidence = await peak(options, interruption.signal);
const goals = goalsOf(evidence, peakDay(options.scale));
printGoals(goals);
const isMachineBusy = evidence.wokenLateMs >= busyFromMs;
if (isMachineBusy)
  console.log(
    `\nThis machine was too busy to judge delays: a process at rest was woken up to ${evidence.wokenLateMs} ms late (p99).`,
  );
const { orders, delivered, cancelled, lost, duplicated } = evidence.tally;
console.log(
  JSON.stringify({
    orders,
    delivered,
    cancelled,
    lost,
    duplicated,
    goals: goals.map(({ name, measured, bound, isMet }) => ({ name, measured, bound, met: isMet })),
    missed: goals.filter(({ isMet }) => !isMet).length,
    notYet: notYet.map(({ what }) => what),
    machineBusy: isMachineBusy,
    wokenLateMs: evidence.wokenLateMs,
    seed: options.seed,
    scale: options.scale,
    seconds: Math.round((performance.now() - startedMs) / 1_000),
    met: goals.every(({ isMet }) => isMet),
  }),
);
process.exitCode = goals.every(({ isMet }) => isMet) ? 0 : 1;
