import { emulatedApp, type ShopifyEmulatorOptions } from '#connectors/shopify/emulator.ts';
import { defaultOrgAuth, type SalesforceEmulatorOptions } from '#connectors/salesforce/emulator/org-options.ts';
import type { TrytonEmulatorOptions } from '#connectors/tryton/emulator.ts';
import type { Seed } from '#connectors/tryton/emulator/seed.ts';
import { harbourSupply } from '../traffic/harbour-supply.ts';
import { northwindApparel } from '../traffic/northwind-apparel.ts';
import type { ShopProfile } from '../traffic/shop-profile.ts';

/** How a retailer's three systems are set up. */
export type RetailerSetUp = {
  readonly profile: ShopProfile;
  /** The retailer's own names for its connections, as in its retailer.json. */
  readonly connections: { readonly shop: string; readonly erp: string; readonly crm: string };
  readonly shop: ShopifyEmulatorOptions;
  readonly erp: {
    readonly server: Pick<TrytonEmulatorOptions, 'database' | 'user' | 'password'>;
    readonly data: Pick<Seed, 'taxes' | 'warehouses' | 'taxRounding'>;
  };
  readonly crm: SalesforceEmulatorOptions;
};

/** A shop on the Plus plan. Points. */
const plus = { plus: true, bucket: { capacity: 20_000, refillPerSecond: 1_000 } } as const;

/** The two retailers of the sandbox, as unlike as their folders under retailers/. Credentials are the emulators' own. */
export const setUps: readonly RetailerSetUp[] = [
  {
    profile: northwindApparel,
    connections: { shop: 'shopify-us', erp: 'tryton-us', crm: 'salesforce' },
    shop: { ...plus, shop: 'northwind-apparel.myshopify.com', clientSecret: 'emulated-secret-of-northwind' },
    erp: {
      server: { database: 'northwind', user: 'tallyport', password: 'emulated-password-of-northwind' },
      data: {
        taxes: [
          { name: 'CA sales tax', rate: '0.0725' },
          { name: 'NY sales tax', rate: '0.04' },
          { name: 'TX sales tax', rate: '0.0625' },
        ],
        warehouses: ['RENO'],
        taxRounding: 'document',
      },
    },
    crm: { multiCurrency: true, personAccounts: true, currencies: { USD: 2, EUR: 2, JPY: 0 } },
  },
  {
    profile: harbourSupply,
    connections: { shop: 'shopify-uk', erp: 'tryton-uk', crm: 'salesforce' },
    shop: { ...plus, shop: 'harbour-supply.myshopify.com', clientSecret: 'emulated-secret-of-harbour' },
    erp: {
      server: { database: 'harbour', user: 'tallyport', password: 'emulated-password-of-harbour' },
      data: { taxes: [{ name: 'UK VAT 20%', rate: '0.2' }], warehouses: ['SOTON'], taxRounding: 'line' },
    },
    crm: { currencies: { GBP: 2 }, auth: { ...defaultOrgAuth, consumerSecret: 'emulated-secret-of-harbours-org' } },
  },
];

/** The fixed token of the emulated app, where a retailer uses one. */
export const { accessToken } = emulatedApp;
