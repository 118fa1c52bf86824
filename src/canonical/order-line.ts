import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { discountAllocationSchema } from './discount.ts';
import { moneyBagSchema } from './money.ts';
import { extensionsSchema, externalRefSchema, instantSchema, textSchema, unitSchema } from './primitives.ts';
import { dutySchema, taxLineSchema } from './tax.ts';

/**
 * Where a line's quantity stands. They sum to the quantity ordered; returned counts a second time what was shipped.
 * Each is an exact decimal in the line's unit.
 */
export const quantityBuckets = [
  'open', 'held', 'preOrdered', 'backordered', 'allocated', 'released', 'picked', 'shipped',
  'readyForPickup', 'collected', 'delivered', 'cancelled', 'returned',
] as const;
export type QuantityBucket = (typeof quantityBuckets)[number];
export const quantitiesSchema = z.record(z.enum(quantityBuckets), decimalSchema);
export type Quantities = z.infer<typeof quantitiesSchema>;

export const orderLineSchema = z.strictObject({
  id: textSchema.describe('unique in the order and stable: the source\'s own line id'),
  ref: externalRefSchema,
  parentId: z.string().nullable().describe('the bundle, kit or configurable line that this one belongs to'),
  kind: z.enum(['product', 'bundle', 'kit', 'configurable', 'custom', 'fee', 'gift-card', 'tip', 'deposit']),
  /** Where a parent and its children both carry a price, exactly one of them is the one that is charged. */
  charged: z.boolean().describe('false for a line whose price stands on its parent or on its children'),
  sku: z.string().nullable(),
  product: externalRefSchema.nullable(),
  title: textSchema,
  variantTitle: z.string().nullable(),
  unit: unitSchema,
  ordered: decimalSchema.describe('as first ordered'),
  current: decimalSchema.describe('after edits and removals'),
  quantities: quantitiesSchema,
  promisedAt: instantSchema.nullable(),
  unitPrice: z.strictObject({
    shop: decimalSchema, presentment: decimalSchema,
    per: decimalSchema.describe('the price is for this many units; "1" nearly always'),
  }),
  /** ordered x unit price, before discounts; as the source states it. */
  subtotal: moneyBagSchema,
  discounts: z.array(discountAllocationSchema),
  taxes: z.array(taxLineSchema),
  duties: z.array(dutySchema),
  taxable: z.boolean(),
  requiresShipping: z.boolean(),
  weightGrams: z.int().nonnegative().nullable(),
  serialNumbers: z.array(textSchema),
  attributes: z.array(z.strictObject({ name: textSchema, value: z.string() })),
  extensions: extensionsSchema,
});
export type OrderLine = z.infer<typeof orderLineSchema>;

export const shippingLineSchema = z.strictObject({
  id: textSchema,
  code: z.string().nullable().describe('the key of the ship-method crosswalk'),
  title: textSchema,
  carrier: z.string().nullable(),
  price: moneyBagSchema.describe('before discounts'),
  discounts: z.array(discountAllocationSchema),
  taxes: z.array(taxLineSchema),
  extensions: extensionsSchema,
});
export type ShippingLine = z.infer<typeof shippingLineSchema>;
