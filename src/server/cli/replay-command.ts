import { type Command, Option } from 'commander';
import { previewReplay, type ReplayFilter, replayMessages } from '#ops/replay.ts';
import { instantText, wholeNumber } from './arguments.ts';
import { counted } from './counted.ts';
import { withJournal } from './journal-access.ts';
import { printList } from './print-list.ts';
import { table } from './table.ts';

type Options = {
  message?: number;
  connection?: string;
  topic?: string;
  entity?: string;
  from?: string;
  to?: string;
  disposition?: ReplayFilter['disposition'];
  limit: number;
  run?: true;
  reason?: string;
  csv?: true;
  json?: true;
};

const columns = ['messageId', 'entity', 'connection', 'topic', 'receivedAt', 'disposition'] as const;

/** Takes messages in again, after a look at which. */
export function replayCommand(program: Command): void {
  program
    .command('replay')
    .description(
      'takes messages in again; shows first what it would take (--run does it). Effects that exist are not repeated',
    )
    .option('--message <id>', 'this one', wholeNumber)
    .option('--connection <id>')
    .option('--topic <name>')
    .option('--entity <id>')
    .option('--from <instant>', 'received at or after, RFC 3339', instantText)
    .option('--to <instant>', 'received before', instantText)
    .addOption(
      new Option('--disposition <what>', 'what became of them last time').choices([
        'applied',
        'superseded',
        'rejected',
        'parked',
      ]),
    )
    .option('--limit <n>', 'at most', wholeNumber, 1_000)
    .option('--csv', 'the look at which, for a spreadsheet (RFC 4180)')
    .option('--json', 'the look at which, as one JSON array')
    .addOption(new Option('--run', 'do it').conflicts(['csv', 'json']))
    .option('--reason <text>', 'goes on record; needed with --run')
    .action(async ({ message, limit, run, reason, csv, json, ...rest }: Options) => {
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      if (message === undefined && Object.keys(given).length === 0)
        throw new Error('say which messages: --message or a filter');
      if (run === true && reason === undefined) throw new Error('--run needs --reason');
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant, actor }) => {
        const filter: ReplayFilter = {
          ...given,
          limit,
          ...(message !== undefined && { messageId: message }),
        };
        const candidates = await previewReplay(database, tenant, filter);
        if (csv || json || candidates.length === 0)
          return printList(
            candidates,
            columns,
            { ...(csv && { csv }), ...(json && { json }) },
            { none: 'No message fits.' },
          );
        console.log(table(candidates));
        if (candidates.length === limit)
          console.log(
            `\nThere may be more: --limit is ${limit}. What is left is taken by the same filter afterwards.`,
          );
        if (run !== true)
          return console.log(
            `\n${counted(candidates.length, 'message')} would be taken in again. Add --run --reason "..." to do it.`,
          );
        const taken = await replayMessages(database, tenant, candidates, actor, reason ?? '');
        console.log(`\n${counted(taken, 'message')} taken in again.`);
      });
    });
}
