import { parseArgs } from 'node:util';

export type PeakOptions = {
  readonly seed: number;
  /** Shortens the day and its number of orders alike. */
  readonly scale: number;
  /** Keeps the run's folder: journals, logs, the database. */
  readonly keeps: boolean;
  /** How long the day may take altogether. Seconds. */
  readonly limitS: number;
};

export const usage = `npm run peak -- [options]
  --seed N     same seed, same orders (default 1)
  --scale N    a shorter day with fewer orders, e.g. 0.4 (default 1); goals are judged alike, but a short day proves less
  --limit S    give up after so many seconds (default 360)
  --keep       keep the folder of the run`;

/** @throws RangeError or TypeError with what is wrong */
export function readOptions(args: readonly string[]): PeakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '1' },
      limit: { type: 'string', default: '360' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new RangeError('this is the help');
  return {
    seed: Math.ceil(within('seed', values.seed, 1, 2 ** 31)),
    scale: within('scale', values.scale, 0.2, 1),
    limitS: within('limit', values.limit, 30, 3_600),
    keeps: values.keep,
  };
}

function within(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number < least || number > most)
    throw new RangeError(`--${name} takes a number from ${least} to ${most}, not "${text}"`);
  return number;
}
