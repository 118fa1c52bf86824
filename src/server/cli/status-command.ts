import type { Command } from 'commander';
import { readStatus } from '#ops/status.ts';
import { withJournal } from './journal-access.ts';
import { table } from './table.ts';

export function statusCommand(program: Command): void {
  program
    .command('status')
    .description('the tally of messages, what is in flight, what stands still, which connections are away')
    .option('--json', 'one JSON object')
    .action(async (options: { json?: true }) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant }) => {
        const status = await readStatus(database, tenant);
        if (options.json) return console.log(JSON.stringify(status));
        const { received, applied, superseded, rejected, parked, inFlight } = status;
        console.log(
          `${tenant}: ${received} received = ${applied} applied + ${superseded} superseded + ${rejected} rejected + ${parked} parked + ${inFlight} in flight`,
        );
        console.log(
          `${status.lanes} lanes with work, the oldest event ${Math.round(status.oldestLaneAgeMs / 1_000)} s old`,
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
