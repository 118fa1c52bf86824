import { z } from 'zod';
import type { Call, Finding } from '#connector-sdk/connector.ts';
import type { NetSuiteClient, Session } from './client.ts';
import { accountInstant } from './account-time.ts';
import { clockQuery, columnQuery, currenciesQuery, existsQuery } from './suiteql.ts';

type Check = {
  readonly name: string;
  readonly remedy: string;
  /** Whether there is anything to look at under these settings. */
  applies?(client: NetSuiteClient): boolean;
  run(session: Session, client: NetSuiteClient): Promise<Finding>;
};
const ok = (check: string, detail: string): Finding => ({ level: 'ok', check, detail, remedy: null });
const bad = (check: string, detail: string, remedy: string): Finding => ({
  level: 'error',
  check,
  detail,
  remedy,
});

/** Further apart than this, the clocks or the time zones differ. Milliseconds. */
const clockToleranceMs = 5 * 60_000;
const permissions = 'give its role the permission in NetSuite: Setup > Users/Roles > Manage Roles';

/** Looks at the account and names what would stop an order, each with its remedy. */
export async function examine(call: Call, client: NetSuiteClient): Promise<readonly Finding[]> {
  const findings: Finding[] = [accountAndUrl(client)];
  for (const check of checks) {
    if (check.applies?.(client) === false) continue;
    const found = await client.attempt<Finding>(call, (session) => check.run(session, client));
    findings.push(
      'level' in found ? found : bad(check.name, 'detail' in found ? found.detail : found.kind, check.remedy),
    );
    // Without a login every further check would only say so again.
    if ('kind' in found && check === login) break;
  }
  return findings;
}

/** NetSuite's hosts begin with the account id, in small letters and with a hyphen; any other host is a proxy of the retailer's. */
function accountAndUrl({ config }: NetSuiteClient): Finding {
  const name = 'account and URL';
  const { hostname } = new URL(config.baseUrl);
  const [label] = hostname.split('.suitetalk.api.netsuite.com');
  const wanted = config.account.toLowerCase().replace('_', '-');
  return hostname === label || label === wanted
    ? ok(name, `${config.account} at ${hostname}`)
    : bad(
        name,
        `${hostname} is not the host of ${config.account}`,
        `use https://${wanted}.suitetalk.api.netsuite.com, or the account id that belongs to the URL`,
      );
}

const login: Check = {
  name: 'login and clock',
  remedy:
    'check account id and URL (a sandbox has its own), and the certificate mapping or token: a sandbox refresh wipes both, a certificate ends after two years at most; the role needs REST Web Services, SuiteAnalytics Workbook and Log in using OAuth 2.0 or Access Tokens',
  async run(session, client) {
    const [row] = z.array(z.object({ now: z.string() })).parse(await session.query(clockQuery, 1));
    const { timeZone } = client.config;
    const nowMs = client.now();
    const driftMs =
      row === undefined ? Number.NaN : accountInstant(row.now, timeZone, nowMs + clockToleranceMs) - nowMs;
    if (Math.abs(driftMs) < clockToleranceMs)
      return ok('login and clock', `the account's clock runs in ${timeZone}`);
    return bad(
      'login and clock',
      `by ${timeZone} the account's clock is ${Math.round(driftMs / 60_000)} minutes off`,
      "set timeZone to the integration user's own (Home > Set Preferences), else changes are read too late or twice",
    );
  },
};

/** The column exists when a query that names it runs. */
const column = (
  name: string,
  {
    table,
    field,
    remedy,
  }: {
    table: 'transaction' | 'transactionline';
    field: (client: NetSuiteClient) => string | null;
    remedy: string;
  },
): Check => ({
  name,
  remedy,
  applies: (client) => field(client) !== null,
  async run(session, client) {
    const id = field(client) ?? '';
    await session.query(columnQuery(table, id), 1);
    return ok(name, id);
  },
});

const place = (name: 'subsidiary' | 'location'): Check => ({
  name,
  remedy: `name an internal id that this account has and the role may use; ids differ between sandbox and production (${permissions})`,
  applies: ({ config }) => config[name] !== null,
  async run(session, { config }) {
    const id = config[name] ?? '';
    const rows = await session.query(existsQuery(name, id), 1);
    return rows.length > 0
      ? ok(name, id)
      : bad(
          name,
          `there is no ${name} ${id}`,
          `set ${name} to an internal id of this account; they differ between sandbox and production`,
        );
  },
});

/** May the role see such records at all? Asked for one of them by REST. */
const record = (type: 'salesOrder' | 'customer'): Check => ({
  name: `${type} records`,
  remedy: permissions,
  async run(session) {
    await session.read(`/${type}?limit=1`);
    return ok(`${type} records`, 'readable');
  },
});

const checks: readonly Check[] = [
  login,
  {
    name: 'currencies',
    remedy: permissions,
    async run(session) {
      const rows = z
        .array(z.object({ symbol: z.string() }))
        .parse(await session.query(currenciesQuery, 1000));
      return ok('currencies', rows.map(({ symbol }) => symbol).join(', ') || 'none listed');
    },
  },
  record('salesOrder'),
  record('customer'),
  column('line field', {
    table: 'transactionline',
    field: ({ config }) => config.lineField,
    remedy:
      'make a transaction column field of that id (free-form text, on sales and item fulfilments), or set lineField to null: shipments then name SKUs only',
  }),
  column('key field', {
    table: 'transaction',
    field: ({ config }) => config.keyField,
    remedy:
      'make a transaction body field of that id (free-form text, on sales), or set keyField to null to use externalId',
  }),
  place('subsidiary'),
  place('location'),
];
