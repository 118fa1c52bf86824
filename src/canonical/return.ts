import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { currencySchema, moneyBagSchema } from './money.ts';
import { paymentTransactionSchema } from './payment.ts';
import {
  dateSchema,
  extensionsSchema,
  externalRefSchema,
  identifierSchema,
  instantSchema,
  textSchema,
  unitSchema,
} from './primitives.ts';
import { taxLineSchema } from './tax.ts';

/**
 * Goods that came (or shall come) back, and what was given for them. It stands apart from the order because a shop takes goods
 * back without a receipt: then `order` is null. Quantities and amounts are positive. A return of a known order also shows there,
 * as a refund.
 */
export const returnSchema = z
  .strictObject({
    schema: z.literal('return/1'),
    id: textSchema,
    ref: externalRefSchema,
    number: z.string().nullable(),
    order: externalRefSchema
      .nullable()
      .describe('the order the goods were bought in; null without a receipt'),
    status: z.enum([
      'requested',
      'approved',
      'in-transit',
      'received',
      'inspected',
      'completed',
      'rejected',
      'cancelled',
    ]),
    location: externalRefSchema.nullable(),
    at: instantSchema.describe('when it was asked for, or when the counter took it'),
    businessDate: dateSchema.nullable(),
    currencies: z.strictObject({ shop: currencySchema, presentment: currencySchema }),
    taxesIncluded: z.boolean(),
    lines: z.array(
      z.strictObject({
        id: textSchema,
        lineId: z.string().nullable().describe('the order line, where the order is known'),
        sku: z.string().nullable(),
        title: z.string().nullable(),
        identifiers: z.array(identifierSchema),
        unit: unitSchema,
        quantity: decimalSchema,
        reason: z.string().nullable().describe('the key of the reason crosswalk'),
        disposition: z.enum(['sellable', 'quarantine', 'damaged', 'scrap', 'kept-by-customer']).nullable(),
        subtotal: moneyBagSchema,
        taxes: z.array(taxLineSchema),
      }),
    ),
    grand: moneyBagSchema.describe('what the customer gets back'),
    transactions: z.array(paymentTransactionSchema),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Return' });
export type Return = z.infer<typeof returnSchema>;
