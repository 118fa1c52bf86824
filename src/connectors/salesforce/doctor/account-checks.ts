import type { Finding } from '#connector-sdk/connector.ts';
import { minorUnitDigits } from '#canonical/currency.ts';
import { textAt } from '../answers/query-result.ts';
import type { SalesforceConfig } from '../config.ts';
import { fine, judge, warning, wrong } from './finding.ts';
import type { OrgFacts } from './org-facts.ts';

/** Days of calls below which the allocation is worth a warning, as a share of the day's maximum. */
const lowShare = 0.1;
/** Retired versions answer 410; Salesforce announces a retirement a year ahead, for versions about ten years old. */
const oldVersions = 12;

/** Access: version, session, permissions, allocation. */
export function accessChecks(config: SalesforceConfig, facts: OrgFacts): readonly Finding[] {
  return [
    judge(
      'api-version',
      facts.versions,
      'Check instanceUrl: it must be the My Domain URL of the org.',
      (versions) => {
        const newest = versions.map(Number).toSorted((a, b) => b - a)[0] ?? 0;
        const own = Number(config.apiVersion);
        if (!versions.includes(config.apiVersion)) {
          return wrong(
            'api-version',
            `the org has no API version ${config.apiVersion} (newest: ${newest}.0)`,
            'Set apiVersion to a version that the org offers.',
          );
        }
        if (newest - own >= oldVersions) {
          return warning(
            'api-version',
            `${config.apiVersion} is ${newest - own} releases behind`,
            'Raise apiVersion before Salesforce retires it.',
          );
        }
        return fine('api-version', `${config.apiVersion} (newest: ${newest}.0)`);
      },
    ),
    judge(
      'session',
      facts.dailyCalls,
      'Approve the integration user for the external client app and check auth.',
      () => fine('session', 'the login works'),
    ),
    judge(
      'daily-calls',
      facts.dailyCalls,
      'Give the integration user "API Enabled".',
      ({ max, remaining }) => {
        const detail = `${remaining} of ${max} calls left in 24 h`;
        if (remaining <= 0)
          return wrong('daily-calls', detail, 'Buy calls or find the integration that uses them up.');
        if (remaining < max * lowShare)
          return warning(
            'daily-calls',
            detail,
            'Watch the allocation, or lower the share of other integrations.',
          );
        if (config.callsPerDay !== null && config.callsPerDay > max) {
          return warning(
            'daily-calls',
            `callsPerDay is ${config.callsPerDay}, the org has ${max}`,
            'Lower callsPerDay to what the org can give.',
          );
        }
        return fine('daily-calls', detail);
      },
    ),
    judge(
      'permissions',
      facts.permissions,
      'Give the integration user "API Enabled" and, for activated orders, "Activate Orders".',
      (rows) => {
        const row = rows[0] ?? {};
        if (row['PermissionsApiEnabled'] !== true)
          return wrong(
            'permissions',
            'the user lacks "API Enabled"',
            'Assign a permission set with "API Enabled".',
          );
        if (config.org.orderMode === 'activated' && row['PermissionsActivateOrder'] !== true) {
          return wrong(
            'permissions',
            'the user lacks "Activate Orders"',
            'Assign a permission set with "Activate Orders".',
          );
        }
        return fine(
          'permissions',
          'API Enabled' + (config.org.orderMode === 'activated' ? ', Activate Orders' : ''),
        );
      },
    ),
  ];
}

/** The org's nature against the profile: person accounts, currencies, duplicate rules, price books. */
export function orgChecks(config: SalesforceConfig, facts: OrgFacts): readonly Finding[] {
  const { org } = config;
  const account = facts.objects.get('Account');
  const order = facts.objects.get('Order');
  const checks: Finding[] = [];
  if (account !== undefined) {
    checks.push(
      judge('person-accounts', account, 'Give the integration user read access to Account.', ({ fields }) => {
        const has = fields.some((field) => field.name === 'IsPersonAccount');
        if (has === org.personAccounts)
          return fine('person-accounts', has ? 'on, as configured' : 'off, as configured');
        return wrong(
          'person-accounts',
          `Person Accounts are ${has ? 'on' : 'off'} in the org, personAccounts is ${org.personAccounts}`,
          `Set org.personAccounts to ${has}.`,
        );
      }),
    );
  }
  if (order !== undefined) {
    checks.push(
      judge('currencies', order, 'Switch Orders on (Setup, Order Settings).', ({ fields }) => {
        const currencies = fields.find((field) => field.name === 'CurrencyIsoCode');
        const has = currencies !== undefined;
        if (has !== org.multiCurrency) {
          return wrong(
            'currencies',
            `the org has ${has ? 'several currencies' : 'one currency'}, multiCurrency is ${org.multiCurrency}`,
            `Set org.multiCurrency to ${has}.`,
          );
        }
        if (has && !currencies.picklistValues.some((value) => value.value === org.currency)) {
          return warning(
            'currencies',
            `${org.currency} is not active in the org`,
            'Activate the currency or correct org.currency.',
          );
        }
        return fine(
          'currencies',
          has
            ? currencies.picklistValues.map((value) => value.value).join(', ')
            : `${org.currency}, ${minorUnitDigits(org.currency)} decimals`,
        );
      }),
    );
    checks.push(
      judge('address-picklists', order, 'Switch Orders on (Setup, Order Settings).', ({ fields }) => {
        const has = fields.some((field) => field.name === 'BillingCountryCode');
        if (has === org.stateCountryPicklists)
          return fine('address-picklists', has ? 'on, as configured' : 'off, as configured');
        return wrong(
          'address-picklists',
          `state and country picklists are ${has ? 'on' : 'off'}`,
          `Set org.stateCountryPicklists to ${has}.`,
        );
      }),
    );
  }
  checks.push(duplicateRuleCheck(config, facts), ...priceBookChecks(config, facts));
  return checks;
}

function duplicateRuleCheck(config: SalesforceConfig, facts: OrgFacts): Finding {
  return judge(
    'duplicate-rules',
    facts.duplicateRules,
    'Give the integration user "View Setup and Configuration".',
    (rules) => {
      if (rules.length === 0) return fine('duplicate-rules', 'none is active');
      const names = rules.map((rule) => textAt(rule, 'DeveloperName') ?? '?').join(', ');
      const effect =
        config.duplicateRules === 'allow-save'
          ? 'a rule that blocks still stops orders'
          : 'also a rule that only alerts stops orders';
      return warning(
        'duplicate-rules',
        `${names}: ${effect}`,
        'Exempt the integration user in the rules, or set duplicateRules to "allow-save".',
      );
    },
  );
}

function priceBookChecks(config: SalesforceConfig, facts: OrgFacts): Finding[] {
  const remedy = 'Share the price book with the integration user and activate it.';
  const standard = judge('standard-price-book', facts.standardPriceBook, remedy, (rows) => {
    if (rows.length === 0) return wrong('standard-price-book', 'not visible', remedy);
    if (rows[0]?.['IsActive'] === true) return fine('standard-price-book', 'active');
    const text = 'is not active';
    return config.org.priceBookId === null
      ? wrong('standard-price-book', text, remedy)
      : warning('standard-price-book', text, remedy);
  });
  if (facts.ownPriceBook === null) return [standard];
  const own = judge('price-book', facts.ownPriceBook, remedy, (rows) => {
    if (rows.length === 0) return wrong('price-book', `${config.org.priceBookId} is not visible`, remedy);
    return rows[0]?.['IsActive'] === true
      ? fine('price-book', 'active')
      : wrong('price-book', 'is not active', remedy);
  });
  return [standard, own];
}
