import { z } from 'zod';
import { moneySchema } from './money.ts';
import { dateSchema, extensionsSchema, externalRefSchema, textSchema } from './primitives.ts';

/** A posted (or about to be posted) receivable in the ERP. Amounts are in the order's presentment currency. */
export const invoiceSchema = z
  .strictObject({
    schema: z.literal('invoice/1'),
    id: textSchema,
    ref: externalRefSchema,
    number: z.string().nullable(),
    kind: z.enum(['invoice', 'credit-memo']),
    status: z.enum(['draft', 'posted', 'paid', 'cancelled']),
    date: dateSchema.nullable(),
    dueDate: dateSchema.nullable(),
    net: moneySchema('presentment'),
    tax: moneySchema('presentment'),
    total: moneySchema('presentment'),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Invoice' });
export type Invoice = z.infer<typeof invoiceSchema>;
