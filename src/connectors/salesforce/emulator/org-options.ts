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
  /** Custom objects, e.g. `Shop_Order__c`, with their fields. */
  readonly customObjects: Readonly<Record<string, readonly FieldDef[]>>;
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
  /** Objects whose changes become events: five without the add-on. */
  readonly changeDataCapture: readonly string[];
  /** Custom channels, e.g. `Tallyport__chn`, with the objects they carry. */
  readonly changeChannels: Readonly<Record<string, readonly string[]>>;
  /** Platform events that can be published, with their fields. */
  readonly platformEvents: Readonly<Record<string, readonly FieldDef[]>>;
  /** Changes of one transaction from which on a single overflow event stands for the rest of an object. */
  readonly changesPerTransaction: number;
  /** Bytes of a change event above which a gap event comes instead. */
  readonly changeEventBytes: number;
  /** Events delivered to all subscribers in 24 h. */
  readonly dailyEventDeliveries: number;
  readonly eventsPerResponse: number;
  /** After so long without an event an empty answer tells that the stream lives. */
  readonly keepAliveMs: number;
  /** A stream that is owed nothing and asks for nothing is closed after so long. */
  readonly idleStreamMs: number;
  readonly now: () => number;
};

/** Where and how the Pub/Sub API is served. */
export type PubSubOptions = { readonly port?: number; readonly tls?: boolean };

export type OrgAuth = {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly username: string;
  /** PEM of the app's certificate key; a new pair is made when absent. */
  readonly publicKey?: string;
  readonly audiences: readonly string[];
};

export type SalesforceEmulatorOptions = EmulatorOptions &
  Partial<OrgOptions> & {
    readonly auth?: Partial<OrgAuth>;
    /** Serves REST and OAuth over https with the identity of tls-identity.ts. */
    readonly https?: boolean;
    /** Serves the Pub/Sub API; absent = not at all. */
    readonly pubSub?: PubSubOptions;
  };

export const defaultOrgOptions: OrgOptions = {
  personAccounts: false,
  multiCurrency: false,
  currencies: { USD: 2, EUR: 2, GBP: 2, JPY: 0 },
  stateCountryPicklists: false,
  ordersEnabled: true,
  externalIdField: 'Tallyport_Id__c',
  externalIdUnique: true,
  customFields: {},
  customObjects: {},
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
  changeDataCapture: ['Account', 'Contact', 'Order', 'Quote', 'Case'],
  changeChannels: {},
  platformEvents: {},
  changesPerTransaction: 100_000,
  changeEventBytes: 1_000_000,
  dailyEventDeliveries: 50_000,
  eventsPerResponse: 50,
  keepAliveMs: 270_000,
  idleStreamMs: 60_000,
  now: Date.now,
};

export const defaultOrgAuth: OrgAuth = {
  consumerKey: 'emulated-consumer-key',
  consumerSecret: 'emulated-consumer-secret',
  username: 'integration@emulator.example',
  audiences: ['https://login.salesforce.com', 'https://test.salesforce.com'],
};
