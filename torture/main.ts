import { join } from 'node:path';
import { checkRun } from './checker/check-run.ts';
import { canIsolate, runIsolated } from './isolation.ts';
import { planSchedule } from './nemesis/plan.ts';
import { readOptions, type TortureOptions, usage } from './options.ts';
import { writeReport } from './report/write-report.ts';
import { newRunDirectory } from './run-directory.ts';
import { run } from './run.ts';
import { killChildren } from './stand/child-processes.ts';
import { complaintsOf, isClean, verdictOf } from './verdict.ts';

/** Tortures the product, and judges it by what took effect in the systems around it. */
const repository = new URL('../', import.meta.url).pathname;
const args = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function optionsOrExit(): TortureOptions {
  try {
    return readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    process.exit(2);
  }
}

/** Runs and judges. Answers whether the product kept its promises. */
async function torture(options: TortureOptions, interrupted: AbortSignal): Promise<boolean> {
  const directory = await newRunDirectory(options.directory, options.seed);
  say(`Everything about this run: ${directory}`);
  await run({
    schedule: planSchedule(options.seed, options.minutes, options.faults),
    directory,
    repository,
    tree: process.env['TALLYPORT_TORTURE_TREE'] ?? repository,
    postgresBinaries: process.env['TALLYPORT_TEST_POSTGRES_BIN'],
    isIsolated: options.isIsolated,
    interrupted,
    say,
  });
  const findings = await checkRun(directory);
  await writeReport(directory, findings);
  for (const line of complaintsOf(findings)) say(line);
  say(`Report: ${join(directory, 'report.html')}`);
  say(JSON.stringify(verdictOf(findings)));
  return isClean(findings);
}

const options = optionsOrExit();
if (!options.isIsolated && !options.staysOutside && canIsolate()) process.exit(await runIsolated(args));

const interruption = new AbortController();
const interrupt = (): void => {
  // The second time nothing is waited for.
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort(new Error('interrupted'));
  // Stopping in good order may take long where things were hurt.
  setTimeout(() => process.exit(130), 15_000).unref();
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
process.on('message', interrupt);
process.on('exit', killChildren);
try {
  const isFine = await torture(options, interruption.signal);
  // Whatever still holds the event loop has nothing to say any more.
  process.exit(isFine ? 0 : 1);
} catch (error) {
  process.stderr.write(
    `torture: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(interruption.signal.aborted ? 130 : 3);
}
