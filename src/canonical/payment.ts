import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { moneyBagSchema, moneySchema } from './money.ts';
import { extensionsSchema, externalRefSchema, instantSchema, textSchema } from './primitives.ts';

export const paymentStates = [
  'pending',
  'authorized',
  'partially-paid',
  'paid',
  'partially-refunded',
  'refunded',
  'voided',
  'expired',
] as const;
export type PaymentState = (typeof paymentStates)[number];

/**
 * One movement in an order's payment tree: an authorization has captures below it, a capture has refunds.
 * Only `succeeded` moves money.
 */
export const paymentTransactionSchema = z
  .strictObject({
    id: textSchema,
    ref: externalRefSchema,
    parentId: z.string().nullable(),
    kind: z.enum(['authorization', 'capture', 'sale', 'void', 'refund', 'change']),
    status: z.enum(['pending', 'succeeded', 'failed', 'unknown']),
    method: textSchema.describe(
      'the key of the payment-method crosswalk, e.g. "shopify_payments", "gift_card", "invoice"',
    ),
    instrument: z.enum(['card', 'wallet', 'bank', 'gift-card', 'store-credit', 'cash', 'invoice', 'other']),
    amount: moneyBagSchema.describe('always positive; the kind gives the direction'),
    settlement: moneySchema('settlement').nullable(),
    at: instantSchema,
    expiresAt: instantSchema.nullable().describe('of an authorization'),
    multiCapture: z
      .boolean()
      .exactOptional()
      .describe('of an authorization: whether it may be captured in several parts; absent: not said'),
    gatewayReference: z.string().nullable(),
    error: z.string().nullable(),
    test: z.boolean(),
    extensions: extensionsSchema,
  })
  .meta({ id: 'PaymentTransaction' });
export type PaymentTransaction = z.infer<typeof paymentTransactionSchema>;

/** Money given back for an order, and the goods it was given for. Amounts are positive. */
export const refundSchema = z
  .strictObject({
    id: textSchema,
    ref: externalRefSchema,
    at: instantSchema,
    note: z.string().nullable(),
    lines: z.array(
      z.strictObject({
        lineId: textSchema,
        quantity: decimalSchema,
        restock: z.enum(['none', 'cancelled', 'returned', 'legacy']),
        location: externalRefSchema.nullable(),
        subtotal: moneyBagSchema,
        tax: moneyBagSchema,
      }),
    ),
    adjustments: z.array(
      z.strictObject({
        kind: z.enum(['shipping', 'discrepancy', 'restocking-fee', 'other']),
        reason: z.string().nullable(),
        amount: moneyBagSchema,
        tax: moneyBagSchema,
      }),
    ),
    transactionIds: z.array(textSchema),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Refund' });
export type Refund = z.infer<typeof refundSchema>;
