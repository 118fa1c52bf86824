import type { EmulatorOptions } from '#connector-testkit/emulator.ts';
import type { EmulatedRecord, FieldDef } from './schema.ts';

/** A rule of the org that refuses a record: a validation rule, a trigger, a flow. */
export type SaveRule = {
  readonly object: string;
  readonly refuses: (record: Readonly<EmulatedRecord>) => boolean;
  readonly code?: string;
  readonly message: string;
  readonly field?: string;
};

/** A duplicate rule: another record of the object with the same value. */
export type EmulatedDuplicateRule = {
  readonly name: string;
  readonly object: 'Account' | 'Contact';
  readonly field: string;
  readonly action: 'alert' | 'block';
};

/** What kind of org is emulated and what it is like to talk to. Durations in milliseconds. */
export type OrgOptions = {
  readonly personAccounts: boolean;
  readonly multiCurrency: boolean;
  /** Active currencies with their decimals; the first is the corporate one. */
  readonly currencies: Readonly<Record<string, number>>;
  readonly stateCountryPicklists: boolean;
  readonly ordersEnabled: boolean;
  /** Null = the org has no such field yet. */
  readonly externalIdField: string | null;
  readonly externalIdUnique: boolean;
  readonly customFields: Readonly<Record<string, readonly FieldDef[]>>;
  readonly orderStatuses: readonly { readonly value: string; readonly code: 'Draft' | 'Activated' }[];
  readonly standardPriceBookActive: boolean;
  readonly priceBooks: readonly string[];
  readonly duplicateRules: readonly EmulatedDuplicateRule[];
  readonly saveRules: readonly SaveRule[];
  readonly apiEnabled: boolean;
  readonly activateOrders: boolean;
  /** How long a transaction keeps its parent accounts locked, on top of the triggers. */
  readonly lockHoldMs: number;
  /** How long a transaction waits for a lock before UNABLE_TO_LOCK_ROW. */
  readonly lockWaitMs: number;
  /** What triggers and flows add to each write. */
  readonly triggerLatencyMs: number;
  readonly dailyApiRequests: number;
  readonly sessionLifetimeMs: number;
  /** A call counts as long-running from here on; so many at once are allowed. */
  readonly longCallMs: number;
  readonly longCalls: number;
  readonly apiVersions: { readonly oldest: number; readonly newest: number };
  readonly negativeUnitPrice: boolean;
  readonly now: () => number;
};

export type OrgAuth = {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly username: string;
  /** PEM of the app's certificate key; a new pair is made when absent. */
  readonly publicKey?: string;
  readonly audiences: readonly string[];
};

export type SalesforceEmulatorOptions = EmulatorOptions &
  Partial<OrgOptions> & { readonly auth?: Partial<OrgAuth> };

export const defaultOrgOptions: OrgOptions = {
  personAccounts: false,
  multiCurrency: false,
  currencies: { USD: 2, EUR: 2, GBP: 2, JPY: 0 },
  stateCountryPicklists: false,
  ordersEnabled: true,
  externalIdField: 'Tallyport_Id__c',
  externalIdUnique: true,
  customFields: {},
  orderStatuses: [
    { value: 'Draft', code: 'Draft' },
    { value: 'Activated', code: 'Activated' },
  ],
  standardPriceBookActive: true,
  priceBooks: [],
  duplicateRules: [],
  saveRules: [],
  apiEnabled: true,
  activateOrders: true,
  lockHoldMs: 0,
  lockWaitMs: 10_000,
  triggerLatencyMs: 0,
  // A full sandbox's allocation: a demo runs for hours.
  dailyApiRequests: 5_000_000,
  sessionLifetimeMs: 2 * 3_600_000,
  longCallMs: 20_000,
  longCalls: 25,
  apiVersions: { oldest: 31, newest: 67 },
  negativeUnitPrice: true,
  now: Date.now,
};

export const defaultOrgAuth: OrgAuth = {
  consumerKey: 'emulated-consumer-key',
  consumerSecret: 'emulated-consumer-secret',
  username: 'integration@emulator.example',
  audiences: ['https://login.salesforce.com', 'https://test.salesforce.com'],
};
