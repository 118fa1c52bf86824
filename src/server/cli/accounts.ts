import type { Finding } from '#connector-sdk/connector.ts';
import { loadCrosswalks } from '#journal/crosswalk-store.ts';
import { openConnections, secretsOf } from '../connections.ts';
import { openLog } from '../logger.ts';
import { loadRetailers } from '../retailers/load-retailers.ts';
import type { Retailer } from '../retailers/retailer.ts';
import type { JournalAccess } from './journal-access.ts';

const doctorMs = 30_000;

/** The tenant's own retailer, whole: its secrets must be in the environment. @throws ConfigurationError */
export function ownRetailer({ environment, tenant }: JournalAccess): Retailer {
  const retailers = loadRetailers({
    directory: environment.settings.TALLYPORT_RETAILERS_DIR,
    only: environment.settings.TALLYPORT_RETAILERS,
    variable: (name) => environment.variable(name),
  });
  const retailer = retailers.find((each) => each.tenant === tenant);
  if (retailer === undefined) throw new Error(`no retailer's file is of tenant "${tenant}"`);
  return retailer;
}

/** Asks the tenant's accounts, or the one of `only`, what would go wrong. @throws Error when there is no such connection */
export async function examineAccounts(
  access: JournalAccess,
  only: string | undefined,
): Promise<readonly (Finding & { readonly connection: string })[]> {
  const retailer = ownRetailer(access);
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
      throw new Error(`there is no connection "${only}"; there are ${access.connections.join(', ')}`);
    const { rows } = await loadCrosswalks(access.database, access.tenant);
    const found = await Promise.all(
      wanted.map(async ({ id, connector, client }) => {
        const deadlineMs = Date.now() + doctorMs;
        const signal = AbortSignal.timeout(doctorMs);
        const findings = await connector.doctor(
          { idempotencyKey: 'doctor', attempt: 1, deadlineMs, signal },
          client,
          rows[id] ?? {},
        );
        return findings.map((finding) => ({ connection: id, ...finding }));
      }),
    );
    return found.flat();
  } finally {
    await open.close();
  }
}
