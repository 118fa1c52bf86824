import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { moneyBagSchema } from './money.ts';
import { extensionsSchema, textSchema } from './primitives.ts';

/** A promotion as it was applied to the order; what it took off stands on the lines, as allocations. */
export const discountSchema = z
  .strictObject({
    id: textSchema.describe('unique in the order; allocations point at it'),
    kind: z.enum(['code', 'automatic', 'manual', 'script', 'other']),
    code: z.string().nullable(),
    title: z.string().nullable(),
    value: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('percentage'), percent: decimalSchema }),
      z.strictObject({
        type: z.literal('fixed'),
        amount: decimalSchema.describe('as stated, in presentment currency'),
      }),
      z
        .strictObject({ type: z.literal('unstated') })
        .describe('the source says what came off each line, not by which rule'),
    ]),
    target: z.enum(['line', 'shipping', 'order']),
    extensions: extensionsSchema.exactOptional(),
  })
  .meta({ id: 'Discount' });
export type Discount = z.infer<typeof discountSchema>;

/** What one discount took off one line. `amount` is positive. */
export const discountAllocationSchema = z
  .strictObject({ discountId: textSchema, amount: moneyBagSchema })
  .meta({ id: 'DiscountAllocation' });
export type DiscountAllocation = z.infer<typeof discountAllocationSchema>;
