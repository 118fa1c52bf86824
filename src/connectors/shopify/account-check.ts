import type { Finding } from '#connector-sdk/connector.ts';
import { TokenError, storedToken } from './access-token.ts';
import type { CallBounds, ShopifyClient } from './client.ts';
import { accountQuery } from './queries/account.ts';
import { neededScopes } from './scopes.ts';
import { subscriptionsOf } from './subscriptions.ts';

const ok = (check: string, detail: string): Finding => ({ level: 'ok', check, detail, remedy: null });
const day = 86_400_000;

/** Looks at the account and names what would go wrong, each with its remedy. Changes nothing. */
export async function checkAccount(call: CallBounds, client: ShopifyClient): Promise<readonly Finding[]> {
  const answer = await client.run(accountQuery, {}, call);
  if (answer.kind !== 'answer') {
    const remedy =
      answer.kind === 'unauthorized'
        ? 'Check shop, client id and secret; install the app again if its token was revoked.'
        : 'Try again; see the detail.';
    return [{ level: 'error', check: 'account', detail: answer.detail, remedy }];
  }
  const { shop, currentAppInstallation, publicApiVersions } = answer.data;
  const granted = new Set(currentAppInstallation.accessScopes.map(({ handle }) => handle));
  return [
    ok('shop', `${shop.name} (${shop.myshopifyDomain}), plan ${shop.plan.publicDisplayName}`),
    versionFinding(client.config.apiVersion, publicApiVersions),
    ...scopeFindings(granted),
    ...(await subscriptionFindings(call, client)),
    budgetFinding(client.config.bucketRefillPerSecond, shop.plan.shopifyPlus),
    ok(
      'money',
      `shop currency ${shop.currencyCode}, prices ${shop.taxesIncluded ? 'include' : 'exclude'} taxes`,
    ),
    ...(await tokenFindings(call, client)),
  ];
}

function versionFinding(
  wanted: string,
  versions: readonly { readonly handle: string; readonly supported: boolean }[],
): Finding {
  const check = 'api-version';
  const supported = versions
    .filter((version) => version.supported && /^\d{4}-\d{2}$/.test(version.handle))
    .map(({ handle }) => handle)
    .sort();
  const place = supported.indexOf(wanted);
  if (place < 0) {
    return {
      level: 'error',
      check,
      detail: `${wanted} is not served any more; Shopify serves ${supported.join(', ')}`,
      remedy: `Set apiVersion to ${supported.at(-1) ?? 'a supported version'} after running the connector's tests against it.`,
    };
  }
  if (place === 0 && supported.length > 1) {
    return {
      level: 'warning',
      check,
      detail: `${wanted} is the oldest version that Shopify still serves`,
      remedy: 'Move to a newer version before the next quarter begins.',
    };
  }
  return ok(check, `${wanted} is served`);
}

function scopeFindings(granted: ReadonlySet<string>): Finding[] {
  const has = (scope: string) => granted.has(scope) || granted.has(scope.replace(/^read_/, 'write_'));
  const missing = Object.entries(neededScopes).filter(([scope]) => !has(scope));
  const findings: Finding[] = missing.map(([scope, purpose]) => ({
    level: 'error',
    check: `scope ${scope}`,
    detail: `not granted; needed ${purpose}`,
    remedy: `Add ${scope} to the app's scopes and let the merchant approve it.`,
  }));
  if (missing.length === 0) findings.push(ok('scopes', Object.keys(neededScopes).join(', ')));
  if (!granted.has('read_all_orders')) {
    findings.push({
      level: 'warning',
      check: 'scope read_all_orders',
      detail: 'not granted: orders older than 60 days cannot be read',
      remedy: 'Ask Shopify for read_all_orders if returns or edits of older orders must be seen.',
    });
  }
  if (!granted.has('write_orders')) {
    findings.push({
      level: 'warning',
      check: 'scope write_orders',
      detail: 'not granted: payments can be neither captured nor given up through us',
      remedy:
        'Add write_orders, and to its user the permission to capture payments, where the rule payments.capture is not "storefront".',
    });
  }
  return findings;
}

async function subscriptionFindings(call: CallBounds, client: ShopifyClient): Promise<Finding[]> {
  const known = await subscriptionsOf(call, client);
  if (known.kind !== 'subscriptions') {
    return [
      { level: 'error', check: 'webhooks', detail: known.detail, remedy: 'Try again; see the detail.' },
    ];
  }
  const topics = new Set(known.all.map(({ topic }) => topic));
  const missing = client.config.webhookTopics.filter((topic) => !topics.has(topic));
  if (missing.length === 0) return [ok('webhooks', `${topics.size} topics subscribed`)];
  return [
    {
      level: 'warning',
      check: 'webhooks',
      detail: `not subscribed: ${missing.join(', ')}`,
      remedy:
        'They are created by the next maintenance run; if they vanish again, look for failing deliveries in the Shopify app log.',
    },
  ];
}

function budgetFinding(configured: number, isPlus: boolean): Finding {
  const check = 'rate-limit';
  const floor = isPlus ? 1000 : 100;
  if (configured <= floor || !isPlus)
    return ok(check, `configured for ${configured} points/s; answers correct it`);
  return {
    level: 'warning',
    check,
    detail: `configured for ${configured} points/s, more than the plan's ${floor}`,
    remedy: `Set bucketRefillPerSecond to ${floor}.`,
  };
}

async function tokenFindings(call: CallBounds, client: ShopifyClient): Promise<Finding[]> {
  const check = 'access-token';
  try {
    const credential = await client.credential(call);
    if (credential === null) {
      return [
        {
          level: 'warning',
          check,
          detail: 'a fixed token does not expire',
          remedy: 'Public apps need expiring tokens from 1 January 2027; use auth kind "offline".',
        },
      ];
    }
    const { refreshExpiresAtMs } = storedToken.parse(credential.value);
    if (refreshExpiresAtMs === null) return [ok(check, 'renewed by itself')];
    const days = Math.floor((refreshExpiresAtMs - client.now()) / day);
    if (days > 30)
      return [ok(check, `renewed by itself; the refresh token is good for ${days} days without use`)];
    const remedy = 'Keep the connection running, or install the app again before that day.';
    return [{ level: 'warning', check, detail: `the refresh token expires in ${days} days`, remedy }];
  } catch (error) {
    if (error instanceof TokenError)
      return [{ level: 'error', check, detail: error.message, remedy: 'Install the app again.' }];
    throw error;
  }
}
