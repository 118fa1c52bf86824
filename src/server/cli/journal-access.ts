import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Database } from '#journal/database.ts';
import { openDatabase } from '#journal/database.ts';
import { migrationDifference } from '#journal/migration-status.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { checkJournal, findJournal } from '../open-journal.ts';

/** What a command line needs of an installation: its journal. Connections are opened only by those that talk to platforms. */
export type JournalAccess = {
  readonly database: Database;
  readonly master: MasterKey;
  readonly tenant: string;
  readonly environment: Environment;
  /** Who is on record for what is done here. */
  readonly actor: string;
};

/** Opens the journal for `work` and closes it again. @throws ConfigurationError */
export async function withJournal(
  tenant: string | undefined,
  work: (access: JournalAccess) => Promise<void>,
): Promise<void> {
  const environment = readEnvironment();
  const chosen = chooseTenant(environment.settings.TALLYPORT_RETAILERS_DIR, tenant);
  const { url, master, cluster } = await findJournal(environment.settings);
  const database = openDatabase(url, { max: 2, applicationName: 'tallyport command line' });
  try {
    await checkJournal(database);
    const difference = await migrationDifference(database);
    if (difference.length > 0)
      throw new ConfigurationError([
        {
          file: 'journal',
          path: '$',
          message: `is not of this release (${difference.join(', ')}): start the server first`,
        },
      ]);
    await work({ database, master, tenant: chosen, environment, actor: userInfo().username });
  } finally {
    await database.end();
    await cluster?.stop();
  }
}

/** The tenant that was named, or the only one there is. Read from the retailers' files without their secrets. */
function chooseTenant(directory: string, named: string | undefined): string {
  if (named !== undefined) return named;
  const tenants = readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    try {
      return [
        (JSON.parse(readFileSync(join(directory, entry.name, 'retailer.json'), 'utf8')) as { tenant: string })
          .tenant,
      ];
    } catch {
      return []; // no retailer's folder; the server names what is wrong in one
    }
  });
  const [only] = tenants;
  if (only !== undefined && tenants.length === 1) return only;
  throw new ConfigurationError([
    {
      file: 'command line',
      path: '--tenant',
      message: `is needed, since there are several: ${tenants.join(', ')}`,
    },
  ]);
}
