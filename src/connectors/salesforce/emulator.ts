import { type Emulator, startEmulator } from '#connector-testkit/emulator.ts';
import { EmulatedOrg } from './emulator/emulated-org.ts';
import {
  defaultOrgAuth,
  defaultOrgOptions,
  type OrgAuth,
  type OrgOptions,
  type SalesforceEmulatorOptions,
} from './emulator/org-options.ts';
import { tlsIdentity } from './emulator/tls-identity.ts';

/**
 * A Salesforce org in process. Effects in its journal: `account.created`, `order.created`, `order.updated`, `orderitem.created` and so on,
 * with the external id as key; an order's data has its total as exact text.
 */
export async function salesforceEmulator(
  options: SalesforceEmulatorOptions = {},
): Promise<Emulator<EmulatedOrg>> {
  const { auth = {}, port, journalFile, seed, https = false, pubSub, ...org } = options;
  const orgOptions: OrgOptions = { ...defaultOrgOptions, ...org };
  const orgAuth: OrgAuth = { ...defaultOrgAuth, ...auth };
  const scheme = https ? 'https' : 'http';
  const emulator = await startEmulator((journal) => new EmulatedOrg(orgOptions, orgAuth, journal, scheme), {
    ...(port !== undefined && { port }),
    ...(journalFile !== undefined && { journalFile }),
    ...(seed !== undefined && { seed }),
    ...(https && { tls: { cert: tlsIdentity.certificate, key: tlsIdentity.key } }),
  });
  if (pubSub === undefined) return emulator;
  const server = await emulator.platform.servePubSub(pubSub);
  return {
    ...emulator,
    async close() {
      await server.close();
      await emulator.close();
    },
  };
}
