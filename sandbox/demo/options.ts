import { parseArgs } from 'node:util';
import { type ErpName, erpNamed, erps } from '../platforms/erps.ts';
import { setUps } from '../platforms/set-ups.ts';

/** What was asked for on the command line. */
export type DemoOptions = {
  /** Null: without end. */
  readonly orders: number | null;
  /** Orders a second. */
  readonly rate: number;
  readonly seed: number;
  readonly isChaos: boolean;
  /** Ends by itself once everything has come to rest. */
  readonly exits: boolean;
  /** Keeps the run's folder: journals, logs, the database. */
  readonly keeps: boolean;
  readonly retailers: readonly string[];
  /** What the retailers' ERPs are. */
  readonly erp: ErpName;
  /** How long a run that ends by itself may take to come to rest after the last order. Seconds. */
  readonly limitS: number;
};

export const usage = `npm run demo -- [options]
  --orders N       place N orders (default: without end; with --exit 100)
  --rate N         orders a second (default 2; with --orders 10)
  --seed N         same seed, same orders (default 1)
  --chaos          webhooks lost, doubled and out of order; ERP and CRM with bad spells; a worker killed
  --exit           end by itself, with one line of JSON; exit code 0 only if every order is accounted for
  --keep           keep the folder of the run
  --retailers a,b  some of ${setUps.map(({ profile }) => profile.retailer).join(',')}
  --erp ${erps.join('|')}  what the retailers' ERPs are (default netsuite)
  --limit S        with --exit: give up so many seconds after the last order (default 300)`;

/** @throws RangeError or TypeError with what is wrong */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string' },
      rate: { type: 'string' },
      seed: { type: 'string', default: '1' },
      chaos: { type: 'boolean', default: false },
      exit: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      retailers: { type: 'string' },
      erp: { type: 'string', default: 'netsuite' },
      limit: { type: 'string', default: '300' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new RangeError('this is the help');
  const known = setUps.map(({ profile }) => profile.retailer);
  const retailers = values.retailers?.split(',') ?? known;
  const stranger = retailers.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new RangeError(`there is no retailer ${stranger}`);
  const orders = values.orders === undefined ? (values.exit ? 100 : null) : positive('orders', values.orders);
  return {
    orders: orders === null ? null : Math.ceil(orders),
    rate: positive('rate', values.rate ?? (orders === null ? '2' : '10')),
    seed: Math.ceil(positive('seed', values.seed)),
    isChaos: values.chaos,
    exits: values.exit,
    keeps: values.keep,
    retailers,
    erp: erpNamed(values.erp),
    limitS: positive('limit', values.limit),
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0)
    throw new RangeError(`--${name} takes a number above 0, not "${text}"`);
  return number;
}
