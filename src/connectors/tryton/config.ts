import { z } from 'zod';

const positive = z.int().positive();

/** The settings of one Tryton connection. */
export const configSchema = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('root of the Tryton server, e.g. https://erp.example.com; the only host that is ever called'),
  database: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/)
    .describe('name of the database, as in the path of every call'),
  user: z
    .string()
    .regex(/^[^:\s]+$/, 'a login without ":"')
    .describe("login of the integration's own user; not an administrator"),
  password: z.string().min(1).meta({ secret: true }).describe('password of that user'),
  company: positive
    .nullable()
    .default(null)
    .describe("id of the company to book in; null: the one in the user's preferences"),
  language: z
    .string()
    .default('en')
    .describe("language of the server's messages; they reach the operator unchanged"),
  warehouse: z
    .string()
    .min(1)
    .default('WH')
    .describe('code of the warehouse for orders whose location the crosswalk does not name'),
  unit: z
    .string()
    .min(1)
    .default('u')
    .describe('symbol of the unit for pieces (C62) without a crosswalk row'),
  priceDigits: z
    .int()
    .min(2)
    .max(12)
    .default(4)
    .describe("decimals of a unit price: [product] price_decimal in the server's trytond.conf"),
  paymentTerm: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('name of the payment term for orders that state none and whose payment method has no row'),
  invoiceMethod: z
    .enum(['order', 'shipment', 'manual'])
    .default('order')
    .describe('when Tryton makes the invoice; "order": one, at once, with the sale\'s own total'),
  shipmentMethod: z
    .enum(['order', 'invoice', 'manual'])
    .default('order')
    .describe('when Tryton makes the shipment; "order": at once'),
  roundingToleranceMinor: z
    .int()
    .nonnegative()
    .default(5)
    .describe("most that Tryton's own rounding of taxes may differ from the source's total, in minor units"),
  items: z
    .enum(['crosswalk', 'same-as-sku'])
    .default('crosswalk')
    .describe('"same-as-sku": a SKU without a row in the item crosswalk is the product\'s code in Tryton'),
  guests: z
    .enum(['email', 'order'])
    .default('email')
    .describe('the party of a guest: one for each e-mail address, or one for each order'),
  confirmWarnings: z
    .array(z.string().regex(/^[\w.,*-]+$/))
    .default([])
    .describe('names of warnings that may be confirmed for the user, "*" at the end stands for the rest'),
  cancelUntil: z
    .enum(['assigned', 'packed'])
    .default('assigned')
    .describe(
      'how far a shipment may be for its order to be taken back; goods already picked stay in the output zone',
    ),
  tracking: z
    .enum(['packages', 'reference', 'none'])
    .default('packages')
    .describe(
      "where tracking numbers stand: stock.package (module stock_package_shipping) or the shipment's reference",
    ),
  referencePrefix: z
    .string()
    .default('order:')
    .describe("only sales whose reference begins with this are told about; '' for all"),
  pollFrom: z.iso
    .datetime({ precision: 3 })
    .nullable()
    .default(null)
    .describe('instant from which changes are read the first time; null: one day back'),
  overlapMs: positive
    .default(10_000)
    .describe('how long a transaction may last: write_date is its begin, and the record is seen at its end'),
  pageSize: z.int().min(1).max(500).default(100).describe('records a call'),
  concurrency: z
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe('calls at the same time; more gain nothing on one server process and wait for row locks'),
});
export type TrytonConfig = z.infer<typeof configSchema>;

/** The part of the settings that renderings look at; never the password. */
export const renderConfigSchema = configSchema.pick({
  warehouse: true,
  unit: true,
  priceDigits: true,
  paymentTerm: true,
  invoiceMethod: true,
  shipmentMethod: true,
  items: true,
  guests: true,
});
export type RenderConfig = z.infer<typeof renderConfigSchema>;
