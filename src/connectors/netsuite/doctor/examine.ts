import type { Call, CrosswalkTables, Finding } from '#connector-sdk/connector.ts';
import type { NetSuiteClient } from '../client.ts';
import { bad, type Check, type Surroundings } from './check.ts';
import { concurrency } from './concurrency.ts';
import { crosswalkChecks } from './crosswalk-checks.ts';
import { accountAndUrl, login, suiteqlPermission } from './login.ts';
import { currencies, externalIds, keyField, lineField, place, record } from './settings-checks.ts';

/** These ask by REST; all others by SuiteQL. */
const restChecks: readonly Check[] = [record('salesOrder'), record('customer')];
const queryChecks: readonly Check[] = [
  currencies,
  lineField,
  keyField,
  externalIds,
  place('subsidiary'),
  place('location'),
  concurrency,
  ...crosswalkChecks,
];

/** Looks at the account and names what would stop an order, each with its remedy. Changes nothing. */
export async function examine(
  call: Call,
  client: NetSuiteClient,
  crosswalks: CrosswalkTables = {},
): Promise<readonly Finding[]> {
  const at: Surroundings = { call, client, crosswalks };
  const first = accountAndUrl(client);
  const entered = await looked(login, at);
  if (!entered.hasFailed)
    return [first, entered.finding, ...(await all(restChecks, at)), ...(await all(queryChecks, at))];

  // Where records can be read, the login holds, and it is the query that the role may not do.
  const rest = await Promise.all(restChecks.map((check) => looked(check, at)));
  if (rest.every(({ hasFailed }) => hasFailed)) return [first, entered.finding];
  const { name, remedy } = suiteqlPermission;
  return [first, bad(name, entered.finding.detail, remedy), ...rest.map(({ finding }) => finding)];
}

type Looked = { readonly finding: Finding; readonly hasFailed: boolean };

/** One check; a question that got no answer is a finding, too. */
async function looked(check: Check, at: Surroundings): Promise<Looked> {
  const found = await at.client.attempt<Finding>(at.call, (session) => check.run(session, at));
  if ('level' in found) return { finding: found, hasFailed: false };
  const detail = 'detail' in found ? found.detail : found.kind;
  return { finding: bad(check.name, detail, check.remedy), hasFailed: true };
}

async function all(checks: readonly Check[], at: Surroundings): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks)
    if (check.applies?.(at) !== false) findings.push((await looked(check, at)).finding);
  return findings;
}
