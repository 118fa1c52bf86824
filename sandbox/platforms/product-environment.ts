import { emulatedApp } from '#connectors/shopify/emulator.ts';
import type { RetailerPlatforms } from './retailer-platforms.ts';
import { isOnTryton, type NetSuiteSetUp, type TrytonSetUp } from './set-ups.ts';

/** The variables that a retailer's folder refers to, so that the product reaches the emulated systems in place of real ones. */
export function productEnvironment({
  setUp,
  shop,
  erp,
  crm,
}: RetailerPlatforms): Readonly<Record<string, string>> {
  const { auth, ids } = crm.platform;
  const values = {
    ALLOW_PRIVATE_ADDRESSES: 'true',
    SHOPIFY_SHOP: setUp.shop.shop,
    SHOPIFY_CLIENT_ID: emulatedApp.clientId,
    SHOPIFY_CLIENT_SECRET: setUp.shop.clientSecret,
    SHOPIFY_REFRESH_TOKEN: emulatedApp.refreshToken,
    SHOPIFY_URL: shop.url,
    ERP: setUp.erp.connection,
    TRYTON_ENABLED: String(isOnTryton(setUp)),
    NETSUITE_ENABLED: String(!isOnTryton(setUp)),
    ...(isOnTryton(setUp) ? trytonValues(setUp, erp.url) : netsuiteValues(setUp, erp.url)),
    SALESFORCE_URL: crm.url,
    SALESFORCE_CLIENT_ID: auth.consumerKey,
    SALESFORCE_CLIENT_SECRET: auth.consumerSecret,
    SALESFORCE_PERSON_ACCOUNT_TYPE: ids.get('PersonAccount') ?? '',
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${setUp.prefix}_${name}`, value]),
  );
}

const trytonValues = ({ erp }: TrytonSetUp, url: string): Readonly<Record<string, string>> => ({
  TRYTON_URL: url,
  TRYTON_DATABASE: erp.server.database,
  TRYTON_PASSWORD: erp.server.password,
  // A real server gains nothing from more than two; here each call waits for its turn on cores that all share.
  TRYTON_CONCURRENCY: '6',
});

const netsuiteValues = ({ erp }: NetSuiteSetUp, url: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.entries(erp.credentials).map(([name, value]) => [`NETSUITE_${name}`, value])),
  NETSUITE_URL: url,
  NETSUITE_ACCOUNT: erp.account.account,
  NETSUITE_CONCURRENCY: String(erp.account.requestLimit ?? 4),
});
