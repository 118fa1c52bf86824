import type { Command } from 'commander';
import { type Backlog, readBacklog } from '#ops/backlog.ts';
import { wholeNumber } from './arguments.ts';
import { csv } from './csv.ts';
import { durationText } from './duration-text.ts';
import { withJournal } from './journal-access.ts';
import { table } from './table.ts';

/** Shows what waits per connection, how fast it is worked off, and when it will be. */
export function backlogCommand(program: Command): void {
  program
    .command('backlog')
    .description('what waits per connection, how fast it is worked off, and when it will be')
    .option('--window <seconds>', 'forecast from what was done in so many last seconds', wholeNumber, 60)
    .option('--json', 'one JSON object a connection')
    .option('--csv', 'for a spreadsheet (RFC 4180)')
    .action(async (options: { window: number; json?: true; csv?: true }) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant }) => {
        const backlog = await readBacklog(database, tenant, options.window * 1_000);
        if (options.json) for (const each of backlog) console.log(JSON.stringify(each));
        else if (options.csv) console.log(csv(columns, backlog));
        else
          console.log(
            backlog.length === 0 ? 'Nothing was asked of any platform yet.' : table(backlog.map(row)),
          );
      });
    });
}

const columns = [
  'connection',
  'waiting',
  'underWay',
  'oldestMs',
  'donePerSecond',
  'comingPerSecond',
  'lagMs',
  'workedOffInMs',
  'paused',
] as const satisfies readonly (keyof Backlog)[];

const row = (backlog: Backlog): Readonly<Record<string, string | number>> => ({
  connection: backlog.connection,
  waiting: backlog.waiting,
  'under way': backlog.underWay,
  oldest: durationText(backlog.oldestMs),
  'done/s': backlog.donePerSecond.toFixed(1),
  'coming/s': backlog.comingPerSecond.toFixed(1),
  'what comes now waits': backlog.lagMs === null ? 'unknown' : durationText(backlog.lagMs),
  'worked off in': workedOffText(backlog),
  paused: backlog.paused ?? '',
});

function workedOffText({ lagMs, workedOffInMs, paused }: Backlog): string {
  if (lagMs === null) return 'unknown';
  if (workedOffInMs === null) return 'it grows';
  return `${durationText(workedOffInMs)}${paused === 'unavailable' || paused === 'unauthorized' ? ' from its return on' : ''}`;
}
