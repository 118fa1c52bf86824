import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { moneyBagSchema } from './money.ts';
import { textSchema } from './primitives.ts';

/** One tax on one line, shipping charge, duty or fee. Amounts are the source's own; we never recompute a tax. */
export const taxLineSchema = z
  .strictObject({
    title: textSchema,
    jurisdiction: z.string().nullable().describe('who levies it, e.g. "US-CA", "GB"'),
    component: z.string().nullable().describe('what part of it, e.g. "state", "county", "vat"'),
    code: z.string().nullable().describe("the source's own tax code"),
    rate: decimalSchema
      .nullable()
      .describe('a fraction: "0.2" is 20 %; null where the source states only the amount'),
    base: moneyBagSchema.nullable().describe('what it was computed on, where the source says so'),
    amount: moneyBagSchema,
    included: z.boolean().describe('true when the price contains it'),
    exemption: z.string().nullable().describe('the reason for a zero'),
    liable: z
      .enum(['merchant', 'channel'])
      .describe('who pays it to the state; "channel" for a marketplace facilitator'),
  })
  .meta({ id: 'TaxLine' });
export type TaxLine = z.infer<typeof taxLineSchema>;

/** What customs levies on one line. `amount` is without the taxes on it. */
export const dutySchema = z
  .strictObject({
    harmonizedCode: z.string().nullable(),
    countryOfOrigin: z.string().nullable(),
    amount: moneyBagSchema,
    taxes: z.array(taxLineSchema),
  })
  .meta({ id: 'Duty' });
export type Duty = z.infer<typeof dutySchema>;
