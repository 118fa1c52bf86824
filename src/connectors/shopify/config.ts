import { z } from 'zod';

/** What is subscribed unless the configuration names others: topics whose bodies name their order. */
export const defaultTopics = [
  'ORDERS_CREATE',
  'ORDERS_UPDATED',
  'ORDERS_EDITED',
  'ORDERS_PAID',
  'ORDERS_CANCELLED',
  'ORDERS_DELETE',
  'ORDER_TRANSACTIONS_CREATE',
  'REFUNDS_CREATE',
  'FULFILLMENTS_CREATE',
  'FULFILLMENTS_UPDATE',
] as const;

const secret = (description: string) => z.string().min(1).meta({ secret: true, description });

const auth = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('offline').describe('which of the three ways'),
      clientId: z.string().min(1).describe("the app's client id"),
      refreshToken: secret(
        'the refresh token of the installation; used for the first renewal, which returns the next one',
      ),
    })
    .describe(
      'expiring offline token of a public app: one hour, renewed with a refresh token that changes each time',
    ),
  z
    .strictObject({
      kind: z.literal('client-credentials').describe('which of the three ways'),
      clientId: z.string().min(1).describe("the app's client id"),
    })
    .describe(
      "client-credentials grant of an app in the merchant's own organisation: about a day, renewed with the client secret",
    ),
  z
    .strictObject({
      kind: z.literal('access-token').describe('which of the three ways'),
      accessToken: secret('an Admin API access token that does not expire'),
    })
    .describe('fixed token of a custom app'),
]);

/** One shop. Every field in one place with its meaning; unknown keys fail. */
export const shopifyConfig = z.strictObject({
  shop: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, 'must be the permanent domain, e.g. "acme.myshopify.com"')
    .describe("the shop's permanent domain; webhooks of any other are refused"),
  apiVersion: z
    .string()
    .regex(/^\d{4}-(?:01|04|07|10)$/, 'must be a stable version, e.g. "2026-10"')
    .default('2026-10')
    .describe('Admin API version; an answer of any other version is refused'),
  auth: auth.describe('how we get in'),
  clientSecret: secret("the app's client secret: signs webhooks, and renews tokens"),
  previousClientSecret: secret('accepted for webhooks too while the secret is being rotated').optional(),
  webhookTopics: z
    .array(z.string().regex(/^[A-Z][A-Z_]+$/, 'must be a topic such as "ORDERS_CREATE"'))
    .default([...defaultTopics])
    .describe('topics kept subscribed, in the form of the Admin API'),
  webhookMaxAgeMs: z
    .int()
    .positive()
    .default(26 * 3_600_000)
    .describe(
      'deliveries triggered longer ago are refused; Shopify retries for 4 h and now and then delivers a day late',
    ),
  pollOverlapMs: z
    .int()
    .min(300_000)
    .default(300_000)
    .describe('how far each catch-up reads back before its cursor; the search index lags behind writes'),
  pollFrom: z.iso
    .datetime({ precision: 3 })
    .optional()
    .describe(
      'where the first catch-up begins; by default at its own start, so that connecting a shop imports no history',
    ),
  concurrency: z.int().positive().default(10).describe('calls at the same time, over all workers'),
  bucketCapacity: z
    .int()
    .positive()
    .default(2000)
    .describe("points that can be saved up; the shop's answers correct it"),
  bucketRefillPerSecond: z
    .int()
    .positive()
    .default(100)
    .describe("points that come back each second; the shop's answers correct it"),
  defaultLocationId: z
    .string()
    .regex(/^\d+$/)
    .optional()
    .describe('the location preferred for fulfilments whose own location has no row in the crosswalk'),
  trackingCompany: z
    .string()
    .min(1)
    .optional()
    .describe('the carrier named to the buyer where a shipment names none'),
  baseUrl: z.url().optional().describe('another address than the shop itself: the sandbox'),
});
export type ShopifyConfig = z.output<typeof shopifyConfig>;
