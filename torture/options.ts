import { parseArgs } from 'node:util';
import { type FaultName, faultNames } from './nemesis/schedule.ts';

/** What was asked for on the command line. */
export type TortureOptions = {
  readonly seed: number;
  readonly minutes: number;
  readonly faults: readonly FaultName[];
  /** Null: a new one below the system's temporary folder. */
  readonly directory: string | null;
  /** We run in namespaces of our own already. */
  readonly isIsolated: boolean;
  /** Nobody is to make namespaces. */
  readonly staysOutside: boolean;
};

export const usage = `npm run torture -- [options]
  --seed N         same seed, same faults and same orders (default 1)
  --minutes M      how long orders come and faults happen (default 5)
  --faults F1,F9   only these of ${faultNames.join(',')} (default all)
  --directory D    the run's folder; must not exist (default: a new one in the temporary folder)
  --no-namespaces  do not enter network, mount and process namespaces of our own; some faults are skipped then`;

/** @throws RangeError or TypeError with what is wrong */
export function readOptions(args: readonly string[]): TortureOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '5' },
      faults: { type: 'string' },
      directory: { type: 'string' },
      isolated: { type: 'boolean', default: false },
      'no-namespaces': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new RangeError('this is the help');
  const [seed, minutes] = [Number(values.seed), Number(values.minutes)];
  if (!Number.isSafeInteger(seed)) throw new RangeError(`--seed takes a whole number, not "${values.seed}"`);
  if (!(minutes > 0 && minutes <= 120))
    throw new RangeError(`--minutes takes up to 120, not "${values.minutes}"`);
  return {
    seed,
    minutes,
    faults: values.faults === undefined ? faultNames : chosen(values.faults),
    directory: values.directory ?? null,
    isIsolated: values.isolated,
    staysOutside: values['no-namespaces'],
  };
}

function chosen(text: string): readonly FaultName[] {
  const names = text.split(',').map((name) => name.trim());
  const stranger = names.find((name) => !faultNames.some((known) => known === name));
  if (stranger !== undefined) throw new RangeError(`there is no fault ${stranger}: ${faultNames.join(', ')}`);
  return faultNames.filter((known) => names.includes(known));
}
