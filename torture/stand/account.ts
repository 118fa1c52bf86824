import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { startChild } from './child-processes.ts';

/** What the product is asked at the end, by its public command line, and the file that gets the answer. */
const questions: readonly { readonly file: string; readonly args: readonly string[] }[] = [
  { file: 'account', args: ['status', '--json'] },
  { file: 'messages', args: ['messages', '--json'] },
  { file: 'parked', args: ['parked', 'list', '--json', '--limit', '1000000'] },
];

export type AccountOptions = {
  readonly tree: string;
  /** Gets the answers. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly retailers: readonly string[];
};

/** Writes down what the product says of every retailer's messages. @throws Error when it does not answer */
export async function collectAccount(options: AccountOptions): Promise<void> {
  for (const retailer of options.retailers)
    for (const { file, args } of questions) await ask(options, retailer, `${file}-${retailer}.json`, args);
}

/** The number of messages that a retailer's status calls in flight, and of commands that wait. @throws Error */
export async function askInFlight(options: AccountOptions): Promise<number> {
  let sum = 0;
  for (const retailer of options.retailers) {
    const said = JSON.parse(await answerOf(options, retailer, ['status', '--json'])) as {
      readonly inFlight: number;
      readonly commands: readonly { readonly waiting: number }[];
    };
    sum += said.inFlight + said.commands.reduce((total, { waiting }) => total + waiting, 0);
  }
  return sum;
}

const start = ({ tree, environment }: AccountOptions, retailer: string, args: readonly string[]) =>
  startChild(process.execPath, [join(tree, 'bin/tallyport'), '--tenant', retailer, ...args], {
    env: environment,
    cwd: tree,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function ask(
  options: AccountOptions,
  retailer: string,
  file: string,
  args: readonly string[],
): Promise<void> {
  const child = start(options, retailer, args);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (child.stdout !== null) await pipeline(child.stdout, createWriteStream(join(options.directory, file)));
  if ((await ended) !== 0) throw new Error(`tallyport ${args.join(' ')} of ${retailer} failed`);
}

async function answerOf(options: AccountOptions, retailer: string, args: readonly string[]): Promise<string> {
  const child = start(options, retailer, args);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let text = '';
  for await (const chunk of child.stdout ?? []) text += String(chunk);
  if ((await ended) !== 0) throw new Error(`tallyport ${args.join(' ')} of ${retailer} failed`);
  return text;
}
