import type { Emulator, EmulatorOptions } from '#connector-testkit/emulator.ts';
import { seededRandom } from '#connector-testkit/seeded-random.ts';
import { salesforceEmulator } from '#connectors/salesforce/emulator.ts';
import type { EmulatedOrg } from '#connectors/salesforce/emulator/emulated-org.ts';
import { shopifyEmulator, type ShopifyPlatform } from '#connectors/shopify/emulator.ts';
import type { WebhookOptions } from '#connectors/shopify/emulator/webhook-options.ts';
import { trytonEmulator, type TrytonPlatform } from '#connectors/tryton/emulator.ts';
import { erpData } from './erp-data.ts';
import { setWeather, type Weather } from './fault-weather.ts';
import { journalFile, type System } from './journal-files.ts';
import type { RetailerSetUp } from './set-ups.ts';

/** The three systems of one retailer, running. */
export type RetailerPlatforms = {
  readonly setUp: RetailerSetUp;
  readonly shop: Emulator<ShopifyPlatform>;
  readonly erp: Emulator<TrytonPlatform>;
  readonly crm: Emulator<EmulatedOrg>;
  weather(weather: Weather, system?: System): void;
  close(): Promise<void>;
};

export type PlatformOptions = {
  /** Holds the journals. */
  readonly directory: string;
  readonly seed: number;
  readonly webhooks: WebhookOptions;
  /** No answer leaves before the journal's file is synced. */
  readonly syncJournals?: boolean;
};

/** Starts a retailer's shop, ERP and CRM on free loopback ports. */
export async function startPlatforms(
  setUp: RetailerSetUp,
  { directory, seed, webhooks, syncJournals = false }: PlatformOptions,
): Promise<RetailerPlatforms> {
  const { profile } = setUp;
  const options = (system: System): EmulatorOptions => ({
    journalFile: journalFile(directory, profile.retailer, system),
    syncJournal: syncJournals,
    seed: seed * 31 + system.charCodeAt(0),
  });
  const [shop, erp, crm] = await Promise.all([
    shopifyEmulator({
      ...options('shop'),
      ...setUp.shop,
      currency: profile.currency,
      taxesIncluded: profile.taxesIncluded,
      webhooks,
    }),
    trytonEmulator({ ...options('erp'), ...setUp.erp.server, data: erpData(setUp) }),
    salesforceEmulator({ ...options('crm'), ...setUp.crm }),
  ]);
  const emulators = { shop, erp, crm };
  const random = seededRandom(seed * 7919 + profile.retailer.length);
  return {
    setUp,
    ...emulators,
    weather(weather, only) {
      for (const system of only === undefined ? (['shop', 'erp', 'crm'] as const) : [only])
        setWeather(emulators[system], system, weather, random);
    },
    close: async () => void (await Promise.all([shop.close(), erp.close(), crm.close()])),
  };
}
