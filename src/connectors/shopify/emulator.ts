import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import {
  type Emulator,
  type EmulatorOptions,
  type EmulatorRequest,
  type EmulatorResponse,
  startEmulator,
} from '#connector-testkit/emulator.ts';
import { AccessTokens, type TokenOptions } from './emulator/access-tokens.ts';
import { AdminApi } from './emulator/admin-api.ts';
import { PointsBucket } from './emulator/points-bucket.ts';
import { shopRoots } from './emulator/roots.ts';
import { Shop } from './emulator/shop.ts';
import type { WebhookOptions } from './emulator/webhook-options.ts';
import { WebhookSender } from './emulator/webhook-sender.ts';
import { scopesNeeded } from './scopes.ts';

/** What can be set; everything has a default that behaves like a shop on the standard plan. */
export type ShopifyEmulatorOptions = EmulatorOptions & {
  readonly shop?: string;
  readonly clientSecret?: string;
  readonly tokens?: Partial<TokenOptions>;
  /** Points; 2000/100 is the standard plan, 20000/1000 Plus. */
  readonly bucket?: { readonly capacity: number; readonly refillPerSecond: number };
  readonly webhooks?: WebhookOptions;
  /** Milliseconds until fulfilment orders appear. */
  readonly routingDelayMs?: number;
  /** (K) how long the search index lags behind a write. Milliseconds. */
  readonly searchLagMs?: number;
  readonly currency?: string;
  readonly taxesIncluded?: boolean;
  readonly plus?: boolean;
  readonly scopes?: readonly string[];
  readonly supportedVersions?: readonly string[];
  readonly now?: () => number;
  /** The first of the ids that the shop hands out; two shops that begin apart never share one. */
  readonly firstId?: bigint;
};

/** Credentials of the emulated app, for a configuration that fits it. */
export const emulatedApp = {
  shop: 'tallyport-test.myshopify.com',
  clientId: 'emulated-client-id',
  clientSecret: 'emulated-client-secret',
  accessToken: 'shpat_emulated_fixed_token',
  refreshToken: 'shprt_emulated_first_token',
} as const;

const hour = 3_600_000;
/** Ids begin beyond 2^53, so that one read as a floating-point number is noticed. */
const firstId = 820_982_911_946_154_508n;

/** The emulated Shopify: what a test or the sandbox may do in the shop, and its two endpoints. */
export class ShopifyPlatform {
  readonly shop: Shop;
  readonly bucket: PointsBucket;
  readonly tokens: AccessTokens;
  readonly webhooks: WebhookSender;
  /** Signs webhooks and proves the app; can be rotated. */
  clientSecret: string;
  /** Signs webhooks instead, once set: the secret is being rotated, and both are valid. */
  signingSecret: string | null = null;
  /** Served whatever is asked for, once set: an expired version falls forward. */
  servedVersion: string | null = null;
  readonly #api: AdminApi;

  constructor(options: ShopifyEmulatorOptions, journal: EffectJournal) {
    const now = options.now ?? Date.now;
    const domain = options.shop ?? emulatedApp.shop;
    this.clientSecret = options.clientSecret ?? emulatedApp.clientSecret;
    this.webhooks = new WebhookSender(options.webhooks ?? {}, {
      shop: domain,
      apiVersion: '2026-10',
      seed: options.seed ?? 1,
      now,
      secret: () => this.signingSecret ?? this.clientSecret,
      subscriptions: (topic) =>
        this.shop.subscriptions.filter((known) => known.topic === topic.replace('/', '_').toUpperCase()),
      failed: ({ id }) => this.shop.unsubscribe(id),
    });
    this.shop = new Shop(
      {
        now,
        firstId: options.firstId ?? firstId,
        routingDelayMs: options.routingDelayMs ?? 0,
        searchLagMs: options.searchLagMs ?? 0,
        locationId: 'gid://shopify/Location/24826418',
      },
      journal,
      this.webhooks,
    );
    this.tokens = new AccessTokens(
      {
        clientId: emulatedApp.clientId,
        fixedToken: emulatedApp.accessToken,
        refreshToken: emulatedApp.refreshToken,
        lifetimeMs: hour,
        refreshLifetimeMs: 90 * 24 * hour,
        ...options.tokens,
      },
      now,
    );
    this.bucket = new PointsBucket(
      options.bucket?.capacity ?? 2000,
      options.bucket?.refillPerSecond ?? 100,
      now,
    );
    const roots = shopRoots(this.shop, {
      shop: domain,
      currency: options.currency ?? 'USD',
      taxesIncluded: options.taxesIncluded ?? false,
      plus: options.plus ?? false,
      scopes: options.scopes ?? [...scopesNeeded, 'read_all_orders', 'write_orders'],
      supportedVersions: options.supportedVersions ?? ['2026-01', '2026-04', '2026-07', '2026-10'],
      now,
    });
    this.#api = new AdminApi(this.bucket, roots);
  }

  async handle({ method, path, headers, body }: EmulatorRequest): Promise<EmulatorResponse> {
    if (method === 'POST' && path === '/admin/oauth/access_token')
      return this.tokens.handle(body, this.clientSecret);
    const version = /^\/admin\/api\/(\d{4}-\d{2})\/graphql\.json$/.exec(path)?.[1];
    if (method !== 'POST' || version === undefined)
      return { status: 404, body: JSON.stringify({ errors: 'Not Found' }) };
    if (!this.tokens.accepts(headers['x-shopify-access-token'])) {
      const errors = '[API] Invalid API key or access token (unrecognized login or wrong password)';
      return { status: 401, body: JSON.stringify({ errors }) };
    }
    return this.#api.handle(body, { 'x-shopify-api-version': this.servedVersion ?? version });
  }
}

/** Starts the emulated shop on a loopback port. Webhooks leave it as real HTTP. */
export async function shopifyEmulator(
  options: ShopifyEmulatorOptions = {},
): Promise<Emulator<ShopifyPlatform>> {
  const emulator = await startEmulator((journal) => new ShopifyPlatform(options, journal), options);
  return {
    ...emulator,
    async close() {
      await emulator.platform.webhooks.close();
      await emulator.close();
    },
  };
}
