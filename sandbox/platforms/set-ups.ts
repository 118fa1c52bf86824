import type { SalesforceEmulatorOptions } from '#connectors/salesforce/emulator/org-options.ts';
import type { ShopifyEmulatorOptions } from '#connectors/shopify/emulator.ts';
import type { NetSuiteEmulatorOptions } from '#connectors/netsuite/emulator.ts';
import type { AccountData } from '#connectors/netsuite/emulator/account.ts';
import type { TrytonEmulatorOptions } from '#connectors/tryton/emulator.ts';
import type { Seed } from '#connectors/tryton/emulator/seed.ts';
import { harbourSupply } from '../traffic/harbour-supply.ts';
import { northwindApparel } from '../traffic/northwind-apparel.ts';
import type { ShopProfile } from '../traffic/shop-profile.ts';
import { type Temper, tempered } from '../traffic/temper.ts';

/** How a retailer's shop and CRM are set up. */
type ShopAndCrm = {
  readonly profile: ShopProfile;
  /** Heads the variables that retailers/<name>/retailer.json refers to. */
  readonly prefix: string;
  /** The retailer's own name for its shop. */
  readonly shopConnection: string;
  readonly shop: ShopifyEmulatorOptions & { readonly shop: string; readonly clientSecret: string };
  readonly crm: SalesforceEmulatorOptions;
};

/** What either ERP has of a retailer. */
type Erp = {
  /** The retailer's own name for it. */
  readonly connection: string;
  /** The ERP's own number of an article, where it is not the SKU. */
  readonly articleNumbers: Readonly<Record<string, string>>;
};

/** A retailer whose ERP is Tryton. */
export type TrytonSetUp = ShopAndCrm & {
  readonly erp: Erp & {
    readonly kind: 'tryton';
    readonly server: { readonly database: string; readonly password: string } & TrytonEmulatorOptions;
    readonly data: Pick<Seed, 'taxes' | 'taxRounding'> & Partial<Pick<Seed, 'currencies'>>;
  };
};

/** A retailer whose ERP is NetSuite. */
export type NetSuiteSetUp = ShopAndCrm & {
  readonly erp: Erp & {
    readonly kind: 'netsuite';
    readonly account: NetSuiteEmulatorOptions;
    /** What the product logs in with, by the last part of the variable's name. */
    readonly credentials: Readonly<Record<string, string>>;
    readonly data: Pick<AccountData, 'taxCodes' | 'shipMethods'>;
  };
};

/** How a retailer's three systems are set up. */
export type RetailerSetUp = TrytonSetUp | NetSuiteSetUp;

export const isOnTryton = (setUp: RetailerSetUp): setUp is TrytonSetUp => setUp.erp.kind === 'tryton';

/** A shop on the Plus plan. Points. */
const plus = { plus: true, bucket: { capacity: 20_000, refillPerSecond: 1_000 } } as const;

/** What the orgs show of an order beside the standard fields; `retailers/` names the same ones. */
const orderFields: SalesforceEmulatorOptions['customFields'] = {
  Order: [
    { name: 'Status__c', type: 'string', length: 40 },
    { name: 'Payment_State__c', type: 'string', length: 40 },
    { name: 'Grand_Total__c', type: 'double', scale: 3 },
    { name: 'Cancelled_At__c', type: 'datetime' },
    { name: 'Erp_Number__c', type: 'string', length: 40 },
  ],
};

/** The two retailers of the sandbox, as unlike as their folders under retailers/, on Tryton. Credentials are the emulators' own. */
export const setUps: readonly TrytonSetUp[] = [
  {
    profile: northwindApparel,
    prefix: 'NORTHWIND',
    shopConnection: 'shopify-us',
    shop: { ...plus, shop: 'northwind-apparel.myshopify.com', clientSecret: 'emulated-secret-of-northwind' },
    erp: {
      kind: 'tryton',
      connection: 'tryton-us',
      server: { database: 'northwind', password: 'emulated-password-of-northwind' },
      data: {
        taxes: [
          { name: 'California 7.25%', rate: '0.0725' },
          { name: 'New York 4%', rate: '0.04' },
          { name: 'Texas 6.25%', rate: '0.0625' },
        ],
        taxRounding: 'document',
        currencies: [
          { code: 'USD', digits: 2 },
          { code: 'EUR', digits: 2 },
          { code: 'JPY', digits: 0 },
          { code: 'KWD', digits: 3 },
        ],
      },
      articleNumbers: {},
    },
    crm: {
      multiCurrency: true,
      personAccounts: true,
      currencies: { USD: 2, EUR: 2, JPY: 0, KWD: 3 },
      customFields: orderFields,
    },
  },
  {
    profile: harbourSupply,
    prefix: 'HARBOUR',
    shopConnection: 'shopify-uk',
    shop: {
      ...plus,
      shop: 'harbour-supply.myshopify.com',
      clientSecret: 'emulated-secret-of-harbour',
      // Far from the other shop's: a number of one never means anything in the other.
      firstId: 910_000_000_000_000_003n,
    },
    erp: {
      kind: 'tryton',
      connection: 'tryton-uk',
      server: { database: 'harbour', password: 'emulated-password-of-harbour' },
      data: { taxes: [{ name: 'VAT 20%', rate: '0.2' }], taxRounding: 'document' },
      articleNumbers: {
        'HS-ROPE-12-50': '40120',
        'HS-SHACKLE-10': '40310',
        'HS-FENDER-M': '41002',
        'HS-PAINT-RED-2L': '52210',
        'HS-GLOVE-L': '60044',
        'HS-LAMP-LED': '71500',
        'HS-PUMP-500': '72050',
        'HS-ANCHOR-15': '40915',
        'HS-TAPE-WHT': '53001',
        'HS-VEST-150N': '61150',
        'HS-KIT-MOORING': '49001',
      },
    },
    crm: { currencies: { GBP: 2 }, customFields: orderFields },
  },
];

/** The same retailer with buyers and a warehouse of that temper. */
export const temperedSetUp = <SetUp extends RetailerSetUp>(setUp: SetUp, temper: Temper): SetUp => ({
  ...setUp,
  profile: tempered(setUp.profile, temper, {
    canGrow: Object.keys(setUp.erp.articleNumbers).length === 0,
  }),
});
