import { z } from 'zod';
import type { Finding } from '#connector-sdk/connector.ts';
import { accountInstant } from '../account-time.ts';
import type { NetSuiteClient } from '../client.ts';
import { clockQuery } from '../suiteql.ts';
import { bad, type Check, ok } from './check.ts';

/** Further apart than this, the clocks or the time zones differ; a token-based login is refused from here on (K). Milliseconds. */
const clockToleranceMs = 5 * 60_000;
/** NetSuite's hosts begin with the account id, in small letters and with a hyphen; any other host is a proxy of the retailer's. */
export function accountAndUrl({ config }: NetSuiteClient): Finding {
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

/** Logs in, and compares the clocks by a query. */
export const login: Check = {
  name: 'login and clock',
  remedy:
    'check account id and URL (a sandbox has its own), that the feature OAuth 2.0 or Token-Based Authentication is on, and the certificate mapping or token: a sandbox refresh wipes both, a certificate ends after two years at most; the role needs REST Web Services and Log in using OAuth 2.0 or Access Tokens; a clock that is more than five minutes off is refused, too',
  async run(session, { client }) {
    const [row] = z.array(z.object({ now: z.string() })).parse(await session.query(clockQuery, 1));
    const { timeZone } = client.config;
    const nowMs = client.now();
    const driftMs =
      row === undefined ? Number.NaN : accountInstant(row.now, timeZone, nowMs + clockToleranceMs) - nowMs;
    if (Math.abs(driftMs) < clockToleranceMs)
      return ok('login and clock', `the account's clock runs in ${timeZone}`);
    const minutes = Math.round(driftMs / 60_000);
    return bad(
      'time zone',
      `by ${timeZone} the account's clock is ${minutes} minutes off`,
      "set timeZone to the integration user's own (Home > Set Preferences), else changes are read too late or twice",
    );
  },
};

/** Whether it is the query alone that the role may not do. */
export const suiteqlPermission: Pick<Check, 'name' | 'remedy'> = {
  name: 'SuiteQL permission',
  remedy: 'give the role SuiteAnalytics Workbook: everything that happens in NetSuite is read by SuiteQL',
};
