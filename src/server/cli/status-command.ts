import type { Command } from 'commander';
import { readStatus } from '#ops/status.ts';
import { counted } from './counted.ts';
import { withJournal } from './journal-access.ts';
import { table } from './table.ts';

const ageOf = (ageMs: number): string =>
  ageMs < 1_000 ? '' : `, the oldest event has waited ${Math.round(ageMs / 1_000)} s`;

/** Shows where everything stands. */
export function statusCommand(program: Command): void {
  program
    .command('status')
    .description('the tally of messages, what is in flight, what stands still, which connections are away')
    .option('--json', 'one JSON object')
    .action(async (options: { json?: true }) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant }) => {
        const status = await readStatus(database, tenant);
        if (options.json) return console.log(JSON.stringify(status));
        const { received, applied, superseded, rejected, parked, discarded, inFlight } = status;
        console.log(
          `${tenant}: ${received} received = ${applied} applied + ${superseded} superseded + ${rejected} rejected + ${parked} parked + ${discarded} discarded + ${inFlight} in flight`,
        );
        console.log(
          status.lanes === 0
            ? 'Nothing is waiting to be worked on.'
            : `${counted(status.lanes, 'lane')} with work${ageOf(status.oldestLaneAgeMs)}`,
        );
        if (status.commands.length > 0)
          console.log(`\nCommands that are not done\n${table(status.commands)}`);
        if (status.parkedByCause.length > 0) console.log(`\nStanding still\n${table(status.parkedByCause)}`);
        const away = status.connections.filter((connection) => connection.state === 'open');
        console.log(
          away.length === 0 ? '\nAll connections answer.' : `\nConnections that are paused\n${table(away)}`,
        );
        console.log(
          status.workers.length === 0 ? '\nNo worker is running.' : `\nWorkers\n${table(status.workers)}`,
        );
      });
    });
}
