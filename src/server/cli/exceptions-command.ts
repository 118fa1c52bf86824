import { type Command, Option } from 'commander';
import { codesIn } from '#canonical/error-catalogue.ts';
import { orderExceptions } from '#processes/order-to-cash/exception-catalogue.ts';
import { assignExceptions, resolveExceptions } from '#ops/exception-actions.ts';
import {
  type ExceptionFilter,
  listExceptions,
  type ListedException,
  showException,
  summariseExceptions,
} from '#ops/exceptions.ts';
import { amountText } from './amount-text.ts';
import { durationText } from './duration-text.ts';
import { wholeNumber, wholeNumbers } from './arguments.ts';
import { type JournalAccess, withJournal } from './journal-access.ts';
import { type ListFormat, listOptions, printList } from './print-list.ts';
import { linkCommand } from './link-command.ts';
import { table } from './table.ts';

type ListOptions = ListFormat & {
  cause?: string;
  kind?: ListedException['kind'];
  connection?: string;
  entity?: string;
  owner?: string;
  unowned?: true;
  state: 'open' | 'closed' | 'all';
  olderThanHours?: number;
  byCause?: true;
  limit: number;
};

const causes = [...new Set([...codesIn('parked'), ...Object.keys(orderExceptions)])].sort();

/** The desk: what needs a person, who looks after it, and how it ends. */
export function exceptionsCommand(program: Command): void {
  const exceptions = program
    .command('exceptions')
    .description('what needs a person: its cause, owner, age, the money at stake and the way out');
  const journal = (work: (access: JournalAccess) => Promise<void>): Promise<void> =>
    withJournal(program.opts<{ tenant?: string }>().tenant, work);

  listOptions(
    exceptions
      .command('list', { isDefault: true })
      .description('oldest first')
      .addOption(new Option('--cause <code>', 'only this cause').choices(causes))
      .addOption(new Option('--kind <kind>', 'only these').choices(['message', 'command', 'exception']))
      .option('--connection <id>', 'only of this connection')
      .option('--entity <id>', 'only of this order or record')
      .addOption(new Option('--owner <name>', 'only those that this person looks after').conflicts('unowned'))
      .option('--unowned', 'only those that nobody looks after')
      .addOption(new Option('--state <state>', 'which').choices(['open', 'closed', 'all']).default('open'))
      .option('--older-than-hours <n>', 'opened longer ago', wholeNumber)
      .option('--by-cause', 'one line a cause, with its number and the money at stake')
      .option('--limit <n>', 'at most', wholeNumber, 100),
  ).action((options: ListOptions) =>
    journal(async (access) => {
      await (options.byCause ? printSummary(access, options) : printExceptions(access, options));
    }),
  );

  exceptions
    .command('show')
    .description('one of them, open or closed, with its history')
    .argument('<id>', 'its number from the list', wholeNumber)
    .option('--json', 'one JSON object')
    .action((id: number, options: { json?: true }) =>
      journal(async ({ database, tenant }) => {
        const shown = await showException(database, tenant, id);
        if (options.json) return console.log(JSON.stringify(shown));
        const { history, detail, remedy, healedBy } = shown;
        console.log(table([rowOf(shown)]));
        console.log(`\n${detail}${remedy === null ? '' : `\n-> ${remedy}`}\n`);
        if (history.length > 0) console.log(table(history.map((line) => ({ ...line }))));
        if (healedBy !== null) console.log(`\nhealed by: ${healedBy}`);
      }),
    );

  exceptions
    .command('assign')
    .description('gives them to somebody')
    .argument('<ids...>', 'numbers from the list', wholeNumbers)
    .addOption(new Option('--to <name>', 'who looks after them').conflicts('nobody'))
    .option('--nobody', 'takes them from whoever has them')
    .action((ids: readonly number[], { to, nobody }: { to?: string; nobody?: true }) =>
      journal(async ({ database, tenant, actor }) => {
        const owner = to?.trim() ?? '';
        if (owner === '' && nobody === undefined) throw new Error('say whom: --to <name>, or --nobody');
        await assignExceptions(database, tenant, ids, owner === '' ? null : owner, actor);
        console.log(`${ids.join(', ')}: ${owner === '' ? 'nobody' : owner}`);
      }),
    );

  exceptions
    .command('resolve')
    .description('closes what a process has opened, by your word; it opens again when its trouble changes')
    .argument('<ids...>', 'numbers from the list', wholeNumbers)
    .requiredOption('--reason <text>', 'goes on record')
    .action((ids: readonly number[], { reason }: { reason: string }) =>
      journal(async ({ database, tenant, actor }) => {
        await resolveExceptions(database, tenant, ids, actor, reason);
        console.log(`${ids.join(', ')}: resolved`);
      }),
    );

  linkCommand(program, exceptions);
}

async function printExceptions({ database, tenant }: JournalAccess, options: ListOptions): Promise<void> {
  const things = await listExceptions(database, tenant, { ...filterOf(options), limit: options.limit });
  const columns = [
    'id',
    'kind',
    'cause',
    'entity',
    'connection',
    'name',
    'owner',
    'openedAt',
    'ageMs',
    'valueMinor',
    'currency',
    'value',
    'detail',
    'remedy',
    'closedAt',
    'resolution',
  ] as const;
  const rows = things.map((thing) => ({ ...thing, value: amountText(thing.valueMinor, thing.currency) }));
  printList(rows, columns, options, {
    none: 'Nothing stands still.',
    text: () => {
      const [head = '', ...lines] = table(things.map(rowOf)).split('\n');
      return [head, ...things.flatMap((thing, index) => [lines[index] ?? '', ...below(thing)])].join('\n');
    },
  });
}

async function printSummary({ database, tenant }: JournalAccess, options: ListOptions): Promise<void> {
  const summary = await summariseExceptions(database, tenant, filterOf(options));
  const rows = summary.map(({ atRisk, ...row }) => ({
    ...row,
    atRisk: atRisk.map(({ amountMinor, currency }) => amountText(amountMinor, currency)).join(' + '),
  }));
  const columns = ['cause', 'count', 'unowned', 'oldest', 'atRisk'] as const;
  if (options.json) return console.log(JSON.stringify(summary));
  printList(rows, columns, options, { none: 'Nothing stands still.' });
}

const filterOf = (options: ListOptions): ExceptionFilter => ({
  state: options.state,
  ...(options.cause !== undefined && { cause: options.cause }),
  ...(options.kind !== undefined && { kind: options.kind }),
  ...(options.connection !== undefined && { connection: options.connection }),
  ...(options.entity !== undefined && { entity: options.entity }),
  ...(options.owner !== undefined && { owner: options.owner }),
  ...(options.unowned && { owner: null }),
  ...(options.olderThanHours !== undefined && { olderThanMs: options.olderThanHours * 3_600_000 }),
});

const rowOf = (thing: ListedException) => ({
  id: thing.id,
  age: durationText(thing.ageMs),
  kind: thing.kind,
  cause: thing.cause,
  value: amountText(thing.valueMinor, thing.currency),
  owner: thing.owner,
  entity: thing.entity,
  what: [thing.connection, thing.name].filter(Boolean).join(' '),
});

const below = ({ detail, remedy, closedAt, resolution }: ListedException): readonly string[] =>
  [
    detail,
    remedy === null ? '' : `-> ${remedy}`,
    closedAt === null ? '' : `closed ${closedAt}: ${resolution}`,
  ]
    .filter(Boolean)
    .map((line) => `    ${line.replaceAll(/\s*\n\s*/g, ' ')}`);
