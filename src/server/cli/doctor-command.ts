import type { Command } from 'commander';
import type { Finding } from '#connector-sdk/connector.ts';
import { readStatus } from '#ops/status.ts';
import { openConnections, secretsOf } from '../connections.ts';
import { openLog } from '../logger.ts';
import { loadRetailers } from '../retailers/load-retailers.ts';
import { type JournalAccess, withJournal } from './journal-access.ts';
import { table } from './table.ts';

const doctorMs = 30_000;

/** Looks at the accounts on the other side. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor [connection]')
    .description('looks at the connected accounts and names what would go wrong, each with a remedy')
    .action(async (only: string | undefined) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async (access) => {
        const findings = await examine(access, only);
        console.log(
          table(
            findings.map(({ connection, level, check, detail, remedy }) => ({
              connection,
              level,
              check,
              detail,
              remedy,
            })),
          ),
        );
        if (findings.some((finding) => finding.level === 'error')) process.exitCode = 1;
      });
    });
  program
    .command('connections')
    .description('the connections and whether they answer')
    .action(async () => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async (access) => {
        const states = new Map(
          (await readStatus(access.database, access.tenant)).connections.map((state) => [
            state.connection,
            state,
          ]),
        );
        const { retailer } = ownRetailer(access);
        const rows = retailer.connections.map(({ id, connector }) => {
          const state = states.get(id);
          return {
            connection: id,
            platform: `${connector.title} ${connector.apiVersion}`,
            state: state?.state === 'open' ? `paused: ${state.cause}` : 'ready',
            since: state?.since,
            detail: state?.detail,
          };
        });
        console.log(table(rows));
      });
    });
}

function ownRetailer({ environment, tenant }: JournalAccess) {
  const retailers = loadRetailers({
    directory: environment.settings.TALLYPORT_RETAILERS_DIR,
    only: environment.settings.TALLYPORT_RETAILERS,
    variable: (name) => environment.variable(name),
  });
  const retailer = retailers.find((each) => each.tenant === tenant);
  if (retailer === undefined) throw new Error(`no retailer's file is of tenant "${tenant}"`);
  return { retailer };
}

async function examine(
  access: JournalAccess,
  only: string | undefined,
): Promise<readonly (Finding & { readonly connection: string })[]> {
  const { retailer } = ownRetailer(access);
  const log = openLog({ LOG_LEVEL: 'silent', LOG_FORMAT: 'json' }, secretsOf([retailer]));
  const open = openConnections([retailer], {
    database: access.database,
    master: access.master,
    log,
    reporterOf: () => null,
  });
  try {
    const wanted = open.installation.connections.filter(({ id }) => only === undefined || id === only);
    if (wanted.length === 0)
      throw new Error(
        `there is no connection "${only}"; there are ${open.installation.connections.map(({ id }) => id).join(', ')}`,
      );
    const found = await Promise.all(
      wanted.map(async ({ id, connector, client }) => {
        const deadlineMs = Date.now() + doctorMs;
        const signal = AbortSignal.timeout(doctorMs);
        const findings = await connector.doctor(
          { idempotencyKey: 'doctor', attempt: 1, deadlineMs, signal },
          client,
        );
        return findings.map((finding) => ({ connection: id, ...finding }));
      }),
    );
    return found.flat();
  } finally {
    await open.close();
  }
}
