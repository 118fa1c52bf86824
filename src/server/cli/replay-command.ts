import type { Command } from 'commander';
import { previewReplay, type ReplayFilter, replayMessages } from '#ops/replay.ts';
import { withJournal } from './journal-access.ts';
import { table } from './table.ts';

type Options = {
  message?: string;
  connection?: string;
  topic?: string;
  entity?: string;
  from?: string;
  to?: string;
  disposition?: ReplayFilter['disposition'];
  limit: string;
  run?: true;
  reason?: string;
};

export function replayCommand(program: Command): void {
  program
    .command('replay')
    .description(
      'takes messages in again; shows first what it would take (--run does it). Effects that exist are not repeated',
    )
    .option('--message <id>', 'this one')
    .option('--connection <id>')
    .option('--topic <name>')
    .option('--entity <id>')
    .option('--from <instant>', 'received at or after, RFC 3339')
    .option('--to <instant>', 'received before')
    .option('--disposition <what>', 'applied, superseded, rejected or parked')
    .option('--limit <n>', 'at most', '1000')
    .option('--run', 'do it')
    .option('--reason <text>', 'goes on record; needed with --run')
    .action(async ({ message, limit, run, reason, ...rest }: Options) => {
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      if (message === undefined && Object.keys(given).length === 0)
        throw new Error('say which messages: --message or a filter');
      if (run === true && reason === undefined) throw new Error('--run needs --reason');
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant, actor }) => {
        const filter: ReplayFilter = {
          ...given,
          limit: Number(limit),
          ...(message !== undefined && { messageId: Number(message) }),
        };
        const candidates = await previewReplay(database, tenant, filter);
        console.log(candidates.length === 0 ? 'No message fits.' : table(candidates));
        if (run !== true)
          return console.log(
            `\n${candidates.length} messages would be taken in again. Add --run --reason "..." to do it.`,
          );
        console.log(
          `\n${await replayMessages(database, tenant, candidates, actor, reason ?? '')} messages are taken in again.`,
        );
      });
    });
}
