import { emulatedApp } from '#connectors/shopify/emulator.ts';
import type { RetailerPlatforms } from './retailer-platforms.ts';

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
    TRYTON_URL: erp.url,
    TRYTON_DATABASE: setUp.erp.server.database,
    TRYTON_PASSWORD: setUp.erp.server.password,
    // A real server gains nothing from more than two; here each call waits for its turn on cores that all share.
    TRYTON_CONCURRENCY: '6',
    SALESFORCE_URL: crm.url,
    SALESFORCE_CLIENT_ID: auth.consumerKey,
    SALESFORCE_CLIENT_SECRET: auth.consumerSecret,
    SALESFORCE_PERSON_ACCOUNT_TYPE: ids.get('PersonAccount') ?? '',
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${setUp.prefix}_${name}`, value]),
  );
}
