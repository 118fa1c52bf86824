import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Database } from '#journal/database.ts';
import { openDatabase } from '#journal/database.ts';
import { migrationDifference } from '#journal/migration-status.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { checkJournal, findJournal } from '../open-journal.ts';
import { chooseTenant } from './tenants.ts';

/** What a command line needs of an installation: its journal. Connections are opened only by those that talk to platforms. */
export type JournalAccess = {
  readonly database: Database;
  readonly master: MasterKey;
  readonly tenant: string;
  /** The names of the tenant's connections. */
  readonly connections: readonly string[];
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
  const chosen = chooseTenant(environment.settings, tenant);
  // A look is not to make an empty journal: that is what a variable that was forgotten would come to.
  const { DATABASE_URL, TALLYPORT_DATA_DIR } = environment.settings;
  if (DATABASE_URL === undefined && !existsSync(join(TALLYPORT_DATA_DIR, 'postgres')))
    throw new ConfigurationError([
      {
        file: 'environment',
        path: 'DATABASE_URL',
        message: `is not set, and no server has made a journal in ${TALLYPORT_DATA_DIR}`,
      },
    ]);
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
    await work({ ...chosen, database, master, environment, actor: userInfo().username });
  } finally {
    await database.end();
    await cluster?.stop();
  }
}
