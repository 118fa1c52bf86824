import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { type ColumnName, products, sinkTimes } from './columns.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { machine, versions } from './report/machine.ts';
import { summarise, type Summary } from './report/summary.ts';
import { ratios, table } from './report/table.ts';
import type { Cell } from './scenarios/cell.ts';
import {
  applies,
  runOwn,
  type ScenarioName,
  scenarios,
  type Size,
  warmStand,
  warmUpOrders,
} from './scenarios/scenarios.ts';
import { floodConnections, repeatedShare } from './stand.ts';

const resultsDirectory = new URL('./results/', import.meta.url).pathname;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** All cells of a run, by system and scenario. */
class Bench {
  readonly #options: BenchOptions;
  readonly #cells = new Map<string, Cell[]>();
  readonly #prefix: string;

  constructor(options: BenchOptions, prefix: string) {
    this.#options = options;
    this.#prefix = prefix;
  }

  async run(): Promise<readonly Summary[]> {
    const { columns, repeats } = this.#options;
    // System by system within a repetition, so that slow weather of the machine meets all of them.
    for (let repetition = 1; repetition <= repeats; repetition += 1)
      for (const column of columns) {
        const due = this.#options.scenarios.filter(
          (name) => applies(name, column) && (repetition === 1 || scenarios[name].once !== true),
        );
        await this.#shared(column, due, repetition);
        for (const name of due) {
          const scenario = scenarios[name];
          if (scenario.on === 'own')
            await this.#cell(name, column, repetition, () =>
              runOwn(scenario, column, this.#size(column), this.#options),
            );
        }
      }
    return this.#options.scenarios.flatMap((name) =>
      columns.flatMap((column) => {
        const cells = this.#cells.get(`${name}/${column}`) ?? [];
        return cells.length === 0 ? [] : [summarise(name, column, cells)];
      }),
    );
  }

  async #shared(column: ColumnName, due: readonly ScenarioName[], repetition: number): Promise<void> {
    const shared = due.filter((name) => scenarios[name].on === 'shared');
    if (shared.length === 0) return;
    const stand = await warmStand(column, this.#options);
    try {
      for (const name of shared) {
        const scenario = scenarios[name];
        if (scenario.on === 'shared')
          await this.#cell(name, column, repetition, () =>
            scenario.run(stand, this.#size(column), this.#options, column),
          );
      }
    } finally {
      await stand.stop();
    }
  }

  async #cell(
    name: ScenarioName,
    column: ColumnName,
    repetition: number,
    measure: () => Promise<Cell>,
  ): Promise<void> {
    const cell = await measure();
    const key = `${name}/${column}`;
    this.#cells.set(key, [...(this.#cells.get(key) ?? []), cell]);
    const figures = Object.entries(cell.figures).filter(([figure]) => !/^(cpu|mb)\./.test(figure));
    const text = figures.map(([figure, value]) => `${figure} ${value.toFixed(2)}`).join(', ');
    say(
      `${column} ${name} #${repetition}: ${text}${cell.isVoid ? `  VOID ${JSON.stringify(cell.verdict)}` : ''}`,
    );
  }

  #size(column: ColumnName): Size {
    const { isQuick, orders, rate, seconds } = this.#options;
    const drainedPerS = this.#cells.get(`drain/${column}`)?.at(-1)?.figures['drainedPerS'] ?? null;
    return { isQuick, orders, rate, seconds, drainedPerS, resultPrefix: this.#prefix };
  }
}

function optionsOrExit(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    process.exit(2);
  }
}

const options = optionsOrExit();
const startedAt = new Date();
await mkdir(resultsDirectory, { recursive: true });
const prefix = `${resultsDirectory}${startedAt.toISOString().slice(0, 10)}-${options.label}`;
const summaries = await new Bench(options, prefix).run();
const titles = Object.fromEntries(
  Object.entries(scenarios).map(([name, { title }]) => [name, title]),
) as Record<ScenarioName, string>;
const result = {
  label: options.label,
  at: startedAt.toISOString(),
  tookS: Math.round((Date.now() - startedAt.getTime()) / 1_000),
  method: {
    quick: options.isQuick,
    repeats: options.repeats,
    retailers: options.retailers,
    repeatedShare,
    floodConnections,
    warmUpOrders,
    sinkTimes,
  },
  machine: machine(tmpdir()),
  versions: versions(),
  summaries,
  ratios: ratios(summaries, products),
};
say(table(summaries, titles));
say('\nthe product beside a peer, above 1 in its favour:');
for (const [name, by] of Object.entries(result.ratios))
  say(
    `  ${name.padEnd(40)} ${Object.entries(by)
      .map(([pair, ratio]) => `${pair} ${ratio}`)
      .join('   ')}`,
  );
if (options.writes) await writeFile(`${prefix}.json`, `${JSON.stringify(result, null, 2)}\n`);
const voidRuns = summaries
  .filter(({ column }) => (products as readonly string[]).includes(column))
  .reduce((sum, summary) => sum + summary.voidRuns, 0);
const figure = (scenario: ScenarioName, name: string): Record<string, number> =>
  Object.fromEntries(
    summaries
      .filter((summary) => summary.scenario === scenario)
      .map(({ column, figures }) => [column, figures[name]?.median ?? Number.NaN]),
  );
say(
  JSON.stringify({
    label: options.label,
    drainedPerS: figure('drain', 'drainedPerS'),
    cpuMsPerOrder: figure('drain', 'workerAndDatabaseCpuMs'),
    acksPerS: figure('intake', 'acksPerS'),
    p50At100Ms: figure('e2e-100', 'p50Ms'),
    p99At100Ms: figure('e2e-100', 'p99Ms'),
    voidRuns,
  }),
);
// Of peers a void run is a finding; of the product it is a failure.
process.exitCode = voidRuns === 0 ? 0 : 1;
