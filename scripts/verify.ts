/**
 * `npm run verify`: is this tree ready to be merged?
 *
 * Runs every check in order of cost and stops at the first that fails, because the first failure is
 * usually the cause of the next. `-- --without tests` leaves a step out where a pipeline has run it already.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface Step {
  readonly name: string;
  /** An npm script, with its arguments. */
  readonly script: readonly string[];
  /** The step is named as skipped until this file is there. */
  readonly needs?: string;
}

type Result = 'passed' | 'failed' | 'left out' | `skipped: no ${string} yet`;

const steps: readonly Step[] = [
  { name: 'format', script: ['format:check'] },
  { name: 'lint', script: ['lint'] },
  { name: 'types', script: ['types'] },
  { name: 'boundaries', script: ['boundaries'] },
  { name: 'dead code', script: ['deadcode'] },
  { name: 'lockfile', script: ['lockfile'] },
  { name: 'licences', script: ['licences'] },
  { name: 'tests', script: ['test'] },
  { name: 'contracts', script: ['contracts', '--', '--check'], needs: 'scripts/contracts.ts' },
  { name: 'docs', script: ['docs', '--', '--check'], needs: 'scripts/docs.ts' },
];

function run(script: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', ...script], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
}

async function resultOf(step: Step, leftOut: readonly string[]): Promise<Result> {
  if (leftOut.includes(step.name)) return 'left out';
  if (step.needs !== undefined && !existsSync(step.needs)) return `skipped: no ${step.needs} yet`;
  console.log(`\n== ${step.name}`);
  return (await run(step.script)) ? 'passed' : 'failed';
}

const { values } = parseArgs({ options: { without: { type: 'string', multiple: true, default: [] } } });
const unknown = values.without.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `verify: no step is called ${unknown.join(', ')}; there are ${steps.map((step) => step.name).join(', ')}`,
  );
  process.exit(2);
}

const startedMs = performance.now();
const summary: string[] = [];
let ready = true;
for (const step of steps) {
  const stepStartedMs = performance.now();
  const result = await resultOf(step, values.without);
  summary.push(`${step.name.padEnd(12)} ${result.padEnd(10)} ${seconds(stepStartedMs)}`);
  ready = result !== 'failed';
  if (!ready) break;
}

console.log(`\n${summary.join('\n')}\n${ready ? 'ready' : 'not ready'} after ${seconds(startedMs)}`);
process.exit(ready ? 0 : 1);
