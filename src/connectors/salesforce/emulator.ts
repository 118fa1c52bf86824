import { type Emulator, startEmulator } from '#connector-testkit/emulator.ts';
import { EmulatedOrg } from './emulator/emulated-org.ts';
import {
  defaultOrgAuth,
  defaultOrgOptions,
  type OrgAuth,
  type OrgOptions,
  type SalesforceEmulatorOptions,
} from './emulator/org-options.ts';

/**
 * A Salesforce org in process. Effects in its journal: `account.created`, `order.created`, `order.updated`, `orderitem.created` and so on,
 * with the external id as key; an order's data has its total as exact text.
 */
export async function salesforceEmulator(
  options: SalesforceEmulatorOptions = {},
): Promise<Emulator<EmulatedOrg>> {
  const { auth = {}, port, journalFile, seed, ...org } = options;
  const orgOptions: OrgOptions = { ...defaultOrgOptions, ...org };
  const orgAuth: OrgAuth = { ...defaultOrgAuth, ...auth };
  return startEmulator((journal) => new EmulatedOrg(orgOptions, orgAuth, journal), {
    ...(port !== undefined && { port }),
    ...(journalFile !== undefined && { journalFile }),
    ...(seed !== undefined && { seed }),
  });
}
