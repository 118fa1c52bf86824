import type { Command } from 'commander';
import { actOnParked, listParked, type Parked, type ParkedAction } from '#ops/parked.ts';
import { readRef, wholeNumber, wholeNumbers } from './arguments.ts';
import { withJournal } from './journal-access.ts';
import { amountText } from './amount-text.ts';
import { csv } from './csv.ts';
import { table } from './table.ts';

const columns = [
  'id',
  'kind',
  'entity',
  'key',
  'connection',
  'name',
  'cause',
  'detail',
  'remedy',
  'valueMinor',
  'currency',
  'owner',
  'openedAt',
] as const satisfies readonly (keyof Parked)[];

type ListOptions = { cause?: string; connection?: string; limit: number; csv?: true; json?: true };

/** One line for each thing, and below it why it stands still and the way out. */
function listing(things: readonly Parked[]): string {
  const [head = '', ...lines] = table(
    things.map(({ id, openedAt, kind, cause, valueMinor, currency, entity, connection, name }) => ({
      id,
      since: openedAt,
      kind,
      cause,
      value: amountText(valueMinor, currency),
      entity,
      what: [connection, name].filter(Boolean).join(' '),
    })),
  ).split('\n');
  const below = ({ detail, remedy }: Parked): string[] =>
    [detail, remedy === null ? '' : `-> ${remedy}`].filter(Boolean).map((text) => `    ${oneLine(text)}`);
  return [head, ...things.flatMap((thing, index) => [lines[index] ?? '', ...below(thing)])].join('\n');
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');

/** Lists what stands still, and lets an operator settle it. */
export function parkedCommand(program: Command): void {
  const parked = program.command('parked').description('what stands still, with the reason and the way out');
  parked
    .command('list', { isDefault: true })
    .description('oldest first')
    .option('--cause <code>', 'only this cause')
    .option('--connection <id>', 'only of this connection')
    .option('--limit <n>', 'at most', wholeNumber, 100)
    .option('--csv', 'for a spreadsheet')
    .option('--json', 'one JSON array')
    .action(async ({ cause, connection, limit, ...options }: ListOptions) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant }) => {
        const things = await listParked(database, tenant, {
          limit,
          ...(cause !== undefined && { cause }),
          ...(connection !== undefined && { connection }),
        });
        if (options.json) return console.log(JSON.stringify(things));
        if (options.csv) return console.log(csv(columns, things));
        console.log(things.length === 0 ? 'Nothing stands still.' : listing(things));
      });
    });
  const act = (name: ParkedAction['action'], description: string): Command =>
    parked
      .command(name)
      .description(description)
      .argument('<ids...>', 'numbers from the list', wholeNumbers)
      .requiredOption('--reason <text>', 'goes on record')
      .action(async (ids: readonly number[], options: { reason: string; ref?: string[] }) => {
        const action: ParkedAction =
          name === 'resolve' ? { action: name, refs: (options.ref ?? []).map(readRef) } : { action: name };
        if (name === 'resolve' && ids.length > 1)
          throw new Error('one at a time: each was done by a document of its own');
        await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant, actor }) => {
          for (const id of ids) {
            await actOnParked(database, tenant, id, action, actor, options.reason);
            console.log(`${id}: ${name}`);
          }
        });
      });
  act('retry', 'goes on as if it had just arrived; of an exception, whatever was refused is asked for again');
  act(
    'discard',
    'is given up: the process of a command is told, of anything else only the notice is put away',
  );
  act('resolve', 'a command was done by hand; its process goes on from the document named').requiredOption(
    '--ref <connection/type/id...>',
    'the document, e.g. erp/sale.sale/42',
  );
}
