import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { moneySchema } from './money.ts';
import { dateSchema, extensionsSchema, externalRefSchema, instantSchema, textSchema } from './primitives.ts';

/** What a customer was offered: an offer, not yet an order. */
export const quoteSchema = z
  .strictObject({
    schema: z.literal('quote/1'),
    id: textSchema,
    ref: externalRefSchema,
    number: z.string().nullable(),
    name: z.string().nullable(),
    status: textSchema.describe("in the source's own words"),
    customer: externalRefSchema.nullable(),
    contact: externalRefSchema.nullable(),
    expiresOn: dateSchema.nullable(),
    total: moneySchema('presentment').nullable(),
    lines: z.array(
      z.strictObject({
        ref: externalRefSchema,
        sku: z.string().nullable(),
        title: z.string().nullable(),
        quantity: decimalSchema,
        unitPrice: decimalSchema,
        total: moneySchema('presentment').nullable(),
      }),
    ),
    createdAt: instantSchema.nullable(),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Quote' });
export type Quote = z.infer<typeof quoteSchema>;
