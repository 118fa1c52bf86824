import type { Command } from 'commander';
import { readStatus } from '#ops/status.ts';
import { type JournalAccess, withJournal } from './journal-access.ts';
import { type ListFormat, listOptions, printList } from './print-list.ts';

// Loaded by those who need it: all connectors come with it, and they are most of what a command line takes to start.
const accounts = () => import('./accounts.ts');

/** Looks at the accounts on the other side. */
export function doctorCommand(program: Command): void {
  listOptions(
    program
      .command('doctor [connection]')
      .description('looks at the connected accounts and names what would go wrong, each with a remedy'),
  ).action(async (only: string | undefined, format: ListFormat) => {
    await withJournal(program.opts<{ tenant?: string }>().tenant, async (access) => {
      const { examineAccounts } = await accounts();
      const findings = await examineAccounts(access, only);
      const rows = findings.map(({ connection, level, check, detail, remedy }) => ({
        connection,
        level,
        check,
        detail,
        remedy,
      }));
      printList(rows, ['connection', 'level', 'check', 'detail', 'remedy'], format, {
        none: 'No connection was asked.',
      });
      if (findings.some((finding) => finding.level === 'error')) process.exitCode = 1;
    });
  });
  listOptions(program.command('connections').description('the connections and whether they answer')).action(
    async (format: ListFormat) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async (access) => {
        printList(
          await connectionRows(access),
          ['connection', 'platform', 'state', 'since', 'detail'],
          format,
          {
            none: 'There is no connection.',
          },
        );
      });
    },
  );
}

async function connectionRows(access: JournalAccess) {
  const { connections } = await readStatus(access.database, access.tenant);
  const states = new Map(connections.map((state) => [state.connection, state]));
  const { ownRetailer } = await accounts();
  return ownRetailer(access).connections.map(({ id, connector }) => {
    const state = states.get(id);
    return {
      connection: id,
      platform: `${connector.title} ${connector.apiVersion}`,
      state: state?.state === 'open' ? `paused: ${state.cause}` : 'ready',
      since: state?.since,
      detail: state?.detail,
    };
  });
}
