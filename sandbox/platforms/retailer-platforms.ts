import type { Emulator, EmulatorOptions } from '#connector-testkit/emulator.ts';
import { seededRandom } from '#connector-testkit/seeded-random.ts';
import { salesforceEmulator } from '#connectors/salesforce/emulator.ts';
import type { EmulatedOrg } from '#connectors/salesforce/emulator/emulated-org.ts';
import { shopifyEmulator, type ShopifyPlatform } from '#connectors/shopify/emulator.ts';
import type { WebhookOptions } from '#connectors/shopify/emulator/webhook-options.ts';
import { netsuiteEmulator, type NetSuitePlatform } from '#connectors/netsuite/emulator.ts';
import { trytonEmulator, type TrytonPlatform } from '#connectors/tryton/emulator.ts';
import { accountData, erpData } from './erp-data.ts';
import type { ErpDesk } from './erp-desk.ts';
import { setWeather, type Weather } from './fault-weather.ts';
import { journalFile, type System } from './journal-files.ts';
import { netsuiteDesk } from './netsuite-desk.ts';
import { isOnTryton, type NetSuiteSetUp, type RetailerSetUp, type TrytonSetUp } from './set-ups.ts';
import { trytonDesk } from './tryton-desk.ts';

/** The three systems of one retailer, running. `Erp`: the ERP's insides, for who has to know which it is. */
export type RetailerPlatforms<Erp = unknown> = {
  readonly setUp: RetailerSetUp;
  readonly shop: Emulator<ShopifyPlatform>;
  readonly erp: Emulator<Erp>;
  readonly desk: ErpDesk;
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
  setUp: TrytonSetUp,
  options: PlatformOptions,
): Promise<RetailerPlatforms<TrytonPlatform>>;
export async function startPlatforms(
  setUp: NetSuiteSetUp,
  options: PlatformOptions,
): Promise<RetailerPlatforms<NetSuitePlatform>>;
export async function startPlatforms(
  setUp: RetailerSetUp,
  options: PlatformOptions,
): Promise<RetailerPlatforms>;
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
  const [shop, { erp, desk }, crm] = await Promise.all([
    shopifyEmulator({
      ...options('shop'),
      ...setUp.shop,
      currency: profile.currency,
      taxesIncluded: profile.taxesIncluded,
      webhooks,
    }),
    startErp(setUp, options('erp')),
    salesforceEmulator({ ...options('crm'), ...setUp.crm }),
  ]);
  const emulators = { shop, erp, crm };
  const random = seededRandom(seed * 7919 + profile.retailer.length);
  return {
    setUp,
    ...emulators,
    desk,
    weather(weather, only) {
      for (const system of only === undefined ? (['shop', 'erp', 'crm'] as const) : [only])
        setWeather(emulators[system], system, weather, random);
    },
    close: async () => void (await Promise.all([shop.close(), erp.close(), crm.close()])),
  };
}

async function startErp(
  setUp: RetailerSetUp,
  options: EmulatorOptions,
): Promise<{ readonly erp: Emulator<unknown>; readonly desk: ErpDesk }> {
  if (isOnTryton(setUp)) {
    const erp = await trytonEmulator({ ...options, ...setUp.erp.server, data: erpData(setUp) });
    return { erp, desk: trytonDesk(erp.platform) };
  }
  const erp = await netsuiteEmulator({ ...options, ...setUp.erp.account, data: accountData(setUp) });
  return { erp, desk: netsuiteDesk(erp.platform) };
}
