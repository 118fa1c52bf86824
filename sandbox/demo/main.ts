import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#journal/database.ts';
import { startEmbeddedCluster } from '#server/postgres/embedded-cluster.ts';
import { setUpsOn } from '../platforms/erps.ts';
import { Observer } from './observer.ts';
import { type DemoOptions, readOptions, usage } from './options.ts';
import { startProduct } from './product.ts';
import { type Ended, run } from './run.ts';
import { runDirectory } from './run-directory.ts';
import { type SandboxProcess, startSandbox } from './sandbox-process.ts';
import { Screen } from './screen.ts';
import { writeShellFile } from './shell-file.ts';
import { isAccountedFor, verdictLine } from './verdict-line.ts';

/** Pollers look so much oftener than at a real shop; with chaos a lost webhook must be found within the run. */
const pollIntervalScale = { calm: 0.5, chaos: 0.15 } as const;
const screen = new Screen(process.stdout);

function optionsOrExit(): DemoOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

/** Starts everything, runs, and stops everything again, in the reverse order. */
async function demo(options: DemoOptions, interrupted: AbortSignal): Promise<Ended> {
  await using begun = new AsyncDisposableStack();
  const directory = await runDirectory();
  if (!options.keeps) begun.defer(() => directory.remove());
  screen.say(
    `Starting PostgreSQL, the emulated systems and the product. Journals and logs: ${directory.path}`,
  );

  const cluster = await startEmbeddedCluster({ directory: join(directory.path, 'postgres') });
  begun.defer(() => cluster.stop());
  await cluster.createDatabase('tallyport');
  const databaseUrl = cluster.url('tallyport');
  const sandbox = await startSandbox(directory.path, options);
  begun.defer(() => sandbox.stop());
  const product = await startProduct({
    directory: directory.path,
    databaseUrl,
    retailers: options.retailers,
    environment: sandbox.environment,
    pollIntervalScale: pollIntervalScale[options.isChaos ? 'chaos' : 'calm'],
  });
  begun.defer(() => product.stop());
  const database = openDatabase(databaseUrl, { max: 2, onError: () => undefined });
  begun.defer(() => database.end());
  const chosen = setUpsOn(options.erp).filter(({ profile }) => options.retailers.includes(profile.retailer));
  await subscribed(sandbox, chosen.length, directory.path);
  const shell = await writeShellFile(directory.path, product.environment);
  for (const line of hints(shell, sandbox.control, options)) screen.say(line);

  const observer = new Observer(database, directory.path, chosen);
  const ended = await run({ options, sandbox, product, observer, screen, interrupted });
  for (const { kind, retailer, order, detail } of ended.wasInterrupted
    ? []
    : ended.observation.problems.slice(0, 20))
    screen.say(`${retailer} ${order}: ${kind}: ${detail}`);
  for (const { tenant, entity, cause, detail } of ended.observation.parked.slice(0, 20))
    screen.say(`${tenant} ${entity ?? ''}: parked, ${cause}: ${detail.slice(0, 200)}`);
  screen.say('Stopping.');
  return ended;
}

/** Every shop has its subscriptions before the first order: what comes earlier, only a poll would find. */
async function subscribed(sandbox: SandboxProcess, shops: number, directory: string): Promise<void> {
  for (const until = Date.now() + 60_000; (await sandbox.status()).subscribed < shops; await sleep(200))
    if (Date.now() > until)
      throw new Error(`the product did not subscribe: see ${join(directory, 'gateway.log')}`);
}

function hints(shell: string, control: string, { orders, retailers }: DemoOptions): readonly string[] {
  const [retailer = ''] = retailers;
  const tell = (path: string, body: object): string =>
    `  curl -X POST ${control}${path} -d '${JSON.stringify(body)}'`;
  return [
    '',
    'While it runs, in another shell:',
    `  . ${shell}`,
    `  npx tallyport --tenant ${retailer} status        # where everything stands`,
    `  npx tallyport --tenant ${retailer} trace 1001    # one order over all systems`,
    `  npx tallyport --tenant ${retailer} parked list   # what waits for a person`,
    `${tell('/order', { retailer })}    # one more order`,
    `${tell('/weather', { weather: 'down', system: 'erp' })}    # the ERPs go away`,
    `${tell('/weather', { weather: 'calm' })}    # and come back`,
    ...(orders === null ? ['Ctrl-C ends it.'] : []),
    '',
  ];
}

const options = optionsOrExit();
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
const ended = await demo(options, interruption.signal);
screen.say(JSON.stringify(verdictLine(ended, options)));
// Ctrl-C is how an endless run ends; a run that ends by itself must prove its account.
process.exitCode = isAccountedFor(ended) || (ended.wasInterrupted && !options.exits) ? 0 : 1;
