import { parseArgs } from 'node:util';
import { type ColumnName, peers, products } from './columns.ts';
import { type ScenarioName, scenarioNames } from './scenarios/scenarios.ts';

export type BenchOptions = {
  readonly scenarios: readonly ScenarioName[];
  readonly columns: readonly ColumnName[];
  readonly isQuick: boolean;
  /** Null: as the plan has it. */
  readonly orders: number | null;
  readonly rate: number | null;
  readonly seconds: number | null;
  readonly repeats: number;
  readonly retailers: number;
  readonly label: string;
  readonly keeps: boolean;
  readonly writes: boolean;
};

export const usage = `npm run bench -- [options]
  --quick               a few minutes: intake, drain, e2e, burst; one repetition
  --scenario a,b        some of ${scenarioNames.join(', ')}
  --connectors a,b      the product with its own connectors (real), with one call a command (one-call),
                        with that and a process that does what the peers do (relay); default: real,relay
  --peer a,b            beside it: ${peers.join(', ')} (bullmq needs redis-server)
  --orders N --rate N --seconds N   in place of the scenario's own size
  --repeat N            repetitions, each on fresh systems (default 3, with --quick 1)
  --retailers N         tenants that the orders are spread over, each with accounts of its own (default 4)
  --profile             V8 profiles of worker and gateway as flame graphs, and PostgreSQL's dearest statements
  --label TEXT          names the result: bench/results/<date>-<label>.json; without it nothing is written
  --keep                keep the folders of the runs: logs, database`;

/** @throws RangeError or TypeError with what is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      connectors: { type: 'string', default: 'real,relay' },
      peer: { type: 'string', default: '' },
      orders: { type: 'string' },
      rate: { type: 'string' },
      seconds: { type: 'string' },
      repeat: { type: 'string' },
      retailers: { type: 'string', default: '4' },
      profile: { type: 'boolean', default: false },
      label: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new RangeError('this is the help');
  const scenarios = values.profile
    ? ['profile']
    : (values.scenario?.split(',') ?? defaultScenarios(values.quick));
  const alone = values.scenario !== undefined || values.profile;
  return {
    scenarios: scenarios.map((name) => oneOf(scenarioNames, 'scenario', name)),
    columns: [
      ...values.connectors.split(',').map((name) => oneOf(products, 'connectors', name)),
      ...(values.peer === '' ? [] : values.peer.split(',').map((name) => oneOf(peers, 'peer', name))),
    ],
    isQuick: values.quick,
    orders: optional('orders', values.orders),
    rate: optional('rate', values.rate),
    seconds: optional('seconds', values.seconds),
    repeats: optional('repeat', values.repeat) ?? (values.quick || alone ? 1 : 3),
    retailers: Math.max(2, positive('retailers', values.retailers)),
    label: values.label ?? (values.quick ? 'quick' : 'full'),
    keeps: values.keep,
    writes: values.label !== undefined || !alone,
  };
}

const defaultScenarios = (isQuick: boolean): readonly ScenarioName[] =>
  isQuick
    ? ['intake', 'drain', 'e2e-100', 'saturation', 'burst']
    : scenarioNames.filter((name) => name !== 'profile');

function oneOf<T extends string>(names: readonly T[], option: string, name: string): T {
  const found = names.find((known) => known === name);
  if (found === undefined) throw new RangeError(`--${option} takes ${names.join(', ')}, not "${name}"`);
  return found;
}

const optional = (name: string, text: string | undefined): number | null =>
  text === undefined ? null : positive(name, text);

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0)
    throw new RangeError(`--${name} takes a number above 0, not "${text}"`);
  return number;
}
