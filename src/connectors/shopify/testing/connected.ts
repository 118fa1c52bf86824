import type { Call } from '#connector-sdk/connector.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { type TestServices, testServices } from '#connector-testkit/test-services.ts';
import { openClient, type ShopifyClient } from '../client.ts';
import { type ShopifyConfig, shopifyConfig } from '../config.ts';
import {
  emulatedApp,
  shopifyEmulator,
  type ShopifyEmulatorOptions,
  type ShopifyPlatform,
} from '../emulator.ts';

export type Connected = {
  readonly emulator: Emulator<ShopifyPlatform>;
  readonly config: ShopifyConfig;
  readonly services: TestServices;
  readonly client: ShopifyClient;
  close(): Promise<void>;
};

/** Settings that differ from those of the emulated app. */
type Settings = Readonly<Record<string, unknown>>;

const emulatorSettings = (baseUrl: string) => ({
  shop: emulatedApp.shop,
  auth: { kind: 'access-token', accessToken: emulatedApp.accessToken },
  clientSecret: emulatedApp.clientSecret,
  baseUrl,
});

/** A connector open on an emulated shop. The client uses real HTTP. */
export async function connected(
  options: ShopifyEmulatorOptions = {},
  settings: Settings = {},
): Promise<Connected> {
  const emulator = await shopifyEmulator(options);
  const config = shopifyConfig.parse({ ...emulatorSettings(emulator.url), ...settings });
  const services = testServices({ connection: 'shopify-us', ...(options.now && { now: options.now }) });
  const client = openClient(config, services);
  return {
    emulator,
    config,
    services,
    client,
    async close() {
      await services.close();
      await emulator.close();
    },
  };
}

/** One attempt's surroundings; 10 s unless told. */
export const aCall = (deadlineInMs = 10_000): Call => ({
  idempotencyKey: 'key-1',
  attempt: 1,
  deadlineMs: Date.now() + deadlineInMs,
  signal: new AbortController().signal,
});
