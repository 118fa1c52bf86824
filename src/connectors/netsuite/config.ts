import { z } from 'zod';

const oauth2 = z.strictObject({
  method: z.literal('oauth2').describe('OAuth 2.0 machine to machine: a signed assertion, no secret travels'),
  clientId: z.string().min(1).describe('client id of the integration record'),
  certificateId: z
    .string()
    .min(1)
    .describe('id of the certificate in the OAuth 2.0 client credentials set-up'),
  algorithm: z
    .enum(['PS256', 'ES256'])
    .default('PS256')
    .describe('PS256 for an RSA key, ES256 for a P-256 key'),
  privateKey: z
    .string()
    .includes('PRIVATE KEY', { message: 'must be a PEM private key' })
    .meta({ secret: true })
    .describe('private key (PKCS #8 PEM, no pass phrase) of that certificate'),
});

const tba = z.strictObject({
  method: z.literal('tba').describe('token-based authentication: OAuth 1.0a, HMAC-SHA256'),
  consumerKey: z.string().min(1).describe('consumer key of the integration record'),
  consumerSecret: z
    .string()
    .min(8)
    .meta({ secret: true })
    .describe('consumer secret of the integration record'),
  tokenId: z.string().min(1).describe('id of the access token of the integration user and role'),
  tokenSecret: z.string().min(8).meta({ secret: true }).describe('secret of that access token'),
});

const internalId = z.string().regex(/^[1-9]\d{0,17}$/, 'must be an internal id such as "12"');
const customField = (prefix: string): z.ZodString =>
  z.string().regex(new RegExp(`^${prefix}[a-z0-9_]+$`), `must be the id of a field, ${prefix}…`);

/** The settings of one NetSuite account. */
export const configSchema = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .describe(
      'SuiteTalk URL of the account, e.g. https://1234567-sb1.suitetalk.api.netsuite.com; the only host that is ever called',
    ),
  account: z
    .string()
    .regex(/^[A-Z0-9]+(?:_[A-Z0-9]+)?$/, 'must be an account id such as "1234567_SB1"')
    .describe('account id as NetSuite shows it: upper case, with an underscore'),
  auth: z.discriminatedUnion('method', [oauth2, tba]).describe('how the integration logs in'),
  concurrency: z
    .int()
    .min(1)
    .max(140)
    .default(4)
    .describe(
      'requests at the same time: what Integration Governance reserves, or the account limit less what others need',
    ),
  timeZone: z
    .string()
    .refine(isTimeZone, 'must be an IANA time zone such as "America/New_York"')
    .describe("the integration user's time zone (company's where unset): dates in SuiteQL stand in it"),
  subsidiary: internalId
    .nullable()
    .default(null)
    .describe(
      'internal id of the subsidiary for shops without a row in the subsidiary crosswalk; null: not OneWorld',
    ),
  location: internalId
    .nullable()
    .default(null)
    .describe(
      'internal id of the location for orders whose location the crosswalk does not name; null: none is sent',
    ),
  orderStatus: z
    .enum(['B', 'A'])
    .default('B')
    .describe('status of a new order: B pending fulfilment, A pending approval'),
  keyField: customField('custbody_')
    .nullable()
    .default(null)
    .describe('body field that holds our key where another integration uses externalId; null: externalId'),
  lineField: customField('custcol_')
    .nullable()
    .default('custcol_tallyport_line')
    .describe('column that holds our line id and is copied to fulfilments; null: shipments name SKUs only'),
  items: z
    .enum(['crosswalk', 'same-as-sku'])
    .default('crosswalk')
    .describe(
      '"same-as-sku": a SKU without a row in the item crosswalk is the item name (itemid) in NetSuite',
    ),
  taxes: z
    .enum(['codes', 'account'])
    .default('codes')
    .describe(
      '"codes": a tax code for each line, by the tax-code crosswalk; "account": the account\'s own tax engine',
    ),
  rateDigits: z
    .int()
    .min(2)
    .max(10)
    .default(8)
    .describe('decimals of a rate; amounts have the two of the currency'),
  roundingToleranceMinor: z
    .int()
    .nonnegative()
    .default(5)
    .describe("most that NetSuite's own taxes may differ from the source's total, in minor units"),
  taxRounding: z
    .enum(['line', 'document'])
    .default('line')
    .describe(
      'where the account rounds taxes: foreseen, so that an order is saved once; a wrong word here costs a second save',
    ),
  guests: z
    .enum(['email', 'order'])
    .default('email')
    .describe('the customer of a guest: one for each e-mail address, or one for each order'),
  cancelBy: z
    .enum(['close', 'delete'])
    .default('close')
    .describe(
      'how an order is taken back: its lines are closed, or the record is deleted (needs that permission)',
    ),
  deposits: z
    .enum(['none', 'paid'])
    .default('none')
    .describe(
      '"paid": what is paid when the order is made becomes a customer deposit on it; "none": payments are booked elsewhere',
    ),
  deletions: z
    .boolean()
    .default(true)
    .describe(
      'whether sales orders that people delete in NetSuite are told of; false where the role may not see deleted records',
    ),
  pollFrom: z.iso
    .datetime({ precision: 3 })
    .nullable()
    .default(null)
    .describe('instant from which changes are read the first time; null: one day back'),
  overlapMs: z
    .int()
    .positive()
    .default(120_000)
    .describe(
      'how long a save may take, scripts and workflows included: the record is seen at its end, dated at its begin',
    ),
  pageSize: z.int().min(1).max(1000).default(200).describe('records a query'),
});
export type NetSuiteConfig = z.infer<typeof configSchema>;

/** The part of the settings that renderings look at; never a secret. */
export const renderConfigSchema = configSchema.pick({
  timeZone: true,
  subsidiary: true,
  location: true,
  orderStatus: true,
  items: true,
  taxes: true,
  rateDigits: true,
  deposits: true,
  taxRounding: true,
  roundingToleranceMinor: true,
  guests: true,
});
export type RenderConfig = z.infer<typeof renderConfigSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
