import { z } from 'zod';
import { changesConfigSchema } from './changes/changes-config.ts';
import { orgProfileSchema } from './org-profile.ts';

const jwtBearer = z.strictObject({
  flow: z.literal('jwt-bearer').describe('OAuth 2.0 JWT bearer: no secret travels'),
  consumerKey: z.string().min(1).describe('consumer key of the external client app'),
  username: z.string().min(1).describe('the integration user, pre-authorised for the app'),
  privateKey: z
    .string()
    .includes('PRIVATE KEY', { message: 'must be a PEM private key' })
    .meta({ secret: true })
    .describe('RSA private key (PEM, 2048 bit or more, no pass phrase) whose certificate the app knows'),
  audience: z
    .url()
    .default('https://login.salesforce.com')
    .describe('https://test.salesforce.com for a sandbox, or the My Domain URL'),
});

const clientCredentials = z.strictObject({
  flow: z
    .literal('client-credentials')
    .describe('OAuth 2.0 client credentials: runs as the user set in the app'),
  clientId: z.string().min(1).describe('consumer key of the external client app'),
  clientSecret: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe('consumer secret of the external client app'),
});

/** The settings of one Salesforce connection. */
export const configSchema = z.strictObject({
  instanceUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('My Domain URL, e.g. https://acme.my.salesforce.com; the only host that is ever called'),
  apiVersion: z
    .string()
    .regex(/^\d{2,3}\.0$/, 'must be an API version such as "67.0"')
    .default('67.0')
    .describe('REST API version; one per release, supported for about three years'),
  auth: z.discriminatedUnion('flow', [jwtBearer, clientCredentials]).describe('how we log in'),
  concurrency: z
    .int()
    .min(1)
    .max(25)
    .default(10)
    .describe('calls at the same time; Salesforce refuses beyond 25 that each last 20 s or longer'),
  callsPerDay: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("our share of the org's rolling 24 h allocation of API calls; null = all that is left"),
  usedUpPauseMs: z
    .int()
    .positive()
    .default(15 * 60_000)
    .describe(
      'how long the org is left alone once its daily allocation or its storage is used up; calls come back by the hour',
    ),
  clientName: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/)
    .default('Tallyport')
    .describe('sent as Sforce-Call-Options client: marks the changes that are ours in change events'),
  duplicateRules: z
    .enum(['enforce', 'allow-save'])
    .default('allow-save')
    .describe(
      'allow-save: a duplicate rule that only alerts does not stop an order; one that blocks always does',
    ),
  changes: changesConfigSchema
    .nullable()
    .default(null)
    .describe('reads what others change in the org, through the Pub/Sub API; null = nothing is read'),
  org: orgProfileSchema.describe('the org and how orders are shown in it'),
});
export type SalesforceConfig = z.infer<typeof configSchema>;
