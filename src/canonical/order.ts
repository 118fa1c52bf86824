import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { discountSchema } from './discount.ts';
import { fulfillmentOrderSchema, shipmentSchema } from './fulfillment.ts';
import { currencySchema, moneyBagSchema } from './money.ts';
import { orderLineSchema, shippingLineSchema } from './order-line.ts';
import { partyRoleSchema } from './party.ts';
import { paymentStates, paymentTransactionSchema, refundSchema } from './payment.ts';
import {
  dateSchema,
  extensionsSchema,
  externalRefSchema,
  instantSchema,
  requestedWindowSchema,
  sourceVersionSchema,
  textSchema,
} from './primitives.ts';

/**
 * The source's own sums. They rule: a difference to the lines is `rounding`, never a changed tax.
 *
 * All but `original` and `outstanding` say how the order stands now, after edits, cancellations and returns, and in each currency
 * role, exactly (`expectedGrand` in order-totals.ts is this sum):
 *
 *     grand = lines - discounts + shipping + tax on top + duties on top + fees + tips + rounding
 *
 * Tax on top is what prices do not contain; duties on top are all of them, or none where the order says `dutiesIncluded`.
 * What lines, allocations and tax lines carry is as first ordered, so they sum to these parts only while nothing has changed:
 * no edit, no cancellation, no refund. Then `original` equals `grand`. A gift card or store credit that pays is a payment
 * transaction and reduces `outstanding`, never `grand`.
 */
export const orderTotalsSchema = z
  .strictObject({
    lines: moneyBagSchema.describe('charged lines before discounts, fee and tip lines left out'),
    discounts: moneyBagSchema.describe('positive; on lines and on shipping'),
    shipping: moneyBagSchema.describe('before shipping discounts'),
    tax: moneyBagSchema.describe(
      'all taxes, also those that prices include and those on shipping and duties',
    ),
    taxIncluded: moneyBagSchema
      .exactOptional()
      .describe(
        'the part of `tax` that prices contain, where the source states it; else told from the tax lines',
      ),
    duties: moneyBagSchema,
    fees: moneyBagSchema.describe('fee lines and fees on the whole order'),
    tips: moneyBagSchema.describe('tip lines and tips on the whole order'),
    rounding: moneyBagSchema.describe(
      'what is left between the parts and the grand total; cash rounding included',
    ),
    grand: moneyBagSchema.describe(
      'what the buyer owes for the whole order as it stands now, before any payment',
    ),
    original: moneyBagSchema.describe('the grand total before edits, cancellations and returns'),
    outstanding: moneyBagSchema.describe('+ the buyer owes, - the merchant owes'),
  })
  .meta({ id: 'OrderTotals' });
export type OrderTotals = z.infer<typeof orderTotalsSchema>;

/** When a buyer on account pays. */
export const paymentTermsSchema = z.strictObject({
  code: textSchema.describe('the key of the payment-terms crosswalk, e.g. "net-30"'),
  name: z.string().nullable(),
  dueInDays: z.int().nonnegative().nullable(),
  dueAt: instantSchema.nullable(),
  earlyPayment: z
    .array(z.strictObject({ percent: decimalSchema, withinDays: z.int().nonnegative() }))
    .exactOptional()
    .describe('discounts for paying early'),
});

/** One order as its capturing platform shows it, whole, at one instant. */
export const orderSchema = z
  .strictObject({
    schema: z.literal('order/1'),
    id: textSchema.describe('canonical id, see identity.ts'),
    ref: externalRefSchema.describe('the record in the platform that captured it'),
    number: textSchema.describe('what people call it, e.g. "#1001"; not unique for ever'),
    version: sourceVersionSchema,
    test: z.boolean().describe('never becomes real; kept out of ERP and CRM'),
    channel: z.strictObject({
      kind: z.enum([
        'web',
        'pos',
        'marketplace',
        'draft',
        'b2b',
        'edi',
        'app',
        'phone',
        'subscription',
        'other',
      ]),
      name: z.string().nullable(),
      sourceIdentifier: z.string().nullable(),
    }),
    orderedAt: instantSchema.describe('when the buyer ordered'),
    createdAt: instantSchema.describe('when the platform made the record'),
    businessDate: dateSchema.nullable(),
    taxPointDate: dateSchema.nullable(),
    postingDate: dateSchema.nullable(),
    cancelled: z.strictObject({ at: instantSchema, reason: textSchema }).nullable(),
    closedAt: instantSchema.nullable(),
    currencies: z.strictObject({
      shop: currencySchema,
      presentment: currencySchema,
      settlement: currencySchema.nullable(),
    }),
    taxesIncluded: z.boolean(),
    dutiesIncluded: z.boolean(),
    taxExempt: z.boolean(),
    soldTo: partyRoleSchema,
    billTo: partyRoleSchema,
    shipTo: partyRoleSchema,
    payer: partyRoleSchema,
    otherParties: z
      .array(
        partyRoleSchema.extend({
          role: textSchema.describe('e.g. "supplier", "ultimate-consignee", "forwarding-agent"'),
        }),
      )
      .exactOptional(),
    poNumber: z.string().nullable(),
    paymentTerms: paymentTermsSchema.nullable(),
    deliveryTerms: z
      .strictObject({
        code: textSchema.describe("Incoterms rule or the source's own key"),
        place: z.string().nullable(),
      })
      .exactOptional(),
    windows: z.array(requestedWindowSchema).exactOptional(),
    lines: z.array(orderLineSchema),
    shipping: z.array(shippingLineSchema),
    discounts: z.array(discountSchema),
    payment: z.strictObject({
      state: z.enum(paymentStates),
      transactions: z.array(paymentTransactionSchema),
    }),
    fulfillmentOrders: z.array(fulfillmentOrderSchema),
    shipments: z.array(shipmentSchema),
    refunds: z.array(refundSchema),
    holds: z.array(
      z.strictObject({
        kind: z.enum(['fraud', 'payment', 'address', 'stock', 'manual', 'other']),
        note: z.string().nullable(),
      }),
    ),
    totals: orderTotalsSchema,
    tags: z.array(textSchema),
    note: z.string().nullable(),
    attributes: z.array(z.strictObject({ name: textSchema, value: z.string() })),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof orderSchema>;
