import { newCall } from '#connector-sdk/call.ts';
import type { DocumentView } from '#connector-sdk/document.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import { openConnections, secretsOf } from '../connections.ts';
import { openLog } from '../logger.ts';
import { ownRetailer } from './accounts.ts';
import type { JournalAccess } from './journal-access.ts';

const lookMs = 60_000;

/** Looks at a document where it was keyed. @throws Error when it is not there, or the platform cannot be asked */
export async function readDocument(access: JournalAccess, ref: ExternalRef): Promise<DocumentView> {
  const retailer = ownRetailer(access);
  const log = openLog({ LOG_LEVEL: 'silent', LOG_FORMAT: 'json' }, secretsOf([retailer]));
  const { database, master, tenant } = access;
  const open = openConnections([retailer], { database, master, log, reporterOf: () => null });
  try {
    const connection = open.installation.connection(tenant, ref.connection);
    if (connection === null)
      throw new Error(
        `there is no connection "${ref.connection}"; there are ${access.connections.join(', ')}`,
      );
    const { connector, client } = connection;
    if (connector.readDocument === undefined)
      throw new Error(
        `${connector.title} cannot be asked for a document: check it there, then use "parked resolve"`,
      );
    const reading = await connector.readDocument(ref, newCall({ timeoutMs: lookMs }), client);
    if (reading.kind === 'found') return reading.document;
    const name = `${ref.type} ${ref.id}`;
    if (reading.kind === 'absent') throw new Error(`${ref.connection} has no ${name}`);
    throw new Error(`${ref.connection} did not show ${name}: ${reading.kind}: ${reading.detail}`);
  } finally {
    await open.close();
  }
}
