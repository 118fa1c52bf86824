import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { discountAllocationSchema } from './discount.ts';
import { moneyBagSchema } from './money.ts';
import {
  dateSchema,
  extensionsSchema,
  externalRefSchema,
  identifierSchema,
  instantSchema,
  requestedWindowSchema,
  textSchema,
  unitSchema,
} from './primitives.ts';
import { dutySchema, taxLineSchema } from './tax.ts';

/**
 * Where a line's quantity stands. All but `returned` sum to the larger of `ordered` and `current` (a line that an edit added was
 * ordered 0 times at first); `returned` counts a second time what left. Each is an exact decimal in the line's unit, none negative.
 */
export const quantityBuckets = [
  'open',
  'held',
  'preOrdered',
  'backordered',
  'allocated',
  'released',
  'picked',
  'shipped',
  'readyForPickup',
  'collected',
  'delivered',
  'cancelled',
  'returned',
] as const;
export type QuantityBucket = (typeof quantityBuckets)[number];
export const quantitiesSchema = z.record(z.enum(quantityBuckets), decimalSchema);
export type Quantities = z.infer<typeof quantitiesSchema>;

/** A part of a line that is wanted (and perhaps confirmed) at a date of its own. Quantities in the line's unit. */
export const scheduleLineSchema = z
  .strictObject({
    id: textSchema,
    quantity: decimalSchema.describe('wanted at `requestedOn`'),
    requestedOn: dateSchema.nullable(),
    confirmed: decimalSchema.nullable(),
    confirmedOn: dateSchema.nullable(),
    delivered: decimalSchema.nullable(),
  })
  .meta({ id: 'ScheduleLine' });
export type ScheduleLine = z.infer<typeof scheduleLineSchema>;

/** One thing an order asks for or charges. Amounts are for `ordered` units: an edit changes `current`, not them. */
export const orderLineSchema = z
  .strictObject({
    id: textSchema.describe("unique in the order and stable: the source's own line id"),
    ref: externalRefSchema,
    parentId: z.string().nullable().describe('the bundle, kit or configurable line that this one belongs to'),
    kind: z.enum([
      'product',
      'bundle',
      'kit',
      'configurable',
      'custom',
      'fee',
      'gift-card',
      'tip',
      'deposit',
    ]),
    charged: z
      .boolean()
      .describe(
        'false for a line whose price stands on its parent or on its children; of the two, exactly one is charged',
      ),
    sku: z.string().nullable(),
    product: externalRefSchema.nullable(),
    title: textSchema,
    variantTitle: z.string().nullable(),
    identifiers: z
      .array(identifierSchema)
      .exactOptional()
      .describe("further names of the goods, e.g. GTIN, ASIN, the buyer's item number"),
    unit: unitSchema,
    ordered: decimalSchema.describe('as first ordered'),
    current: decimalSchema.describe('after edits and removals'),
    quantities: quantitiesSchema,
    promisedAt: instantSchema.nullable(),
    windows: z.array(requestedWindowSchema).exactOptional(),
    schedule: z
      .array(scheduleLineSchema)
      .exactOptional()
      .describe('where one line is wanted in parts, at several dates'),
    unitPrice: z.strictObject({
      shop: decimalSchema,
      presentment: decimalSchema,
      per: decimalSchema.describe('the price is for this many units; "1" nearly always'),
      perUnit: unitSchema
        .exactOptional()
        .describe(
          "the unit of `per`, where it is not the line's own, e.g. priced per 100 KGM and ordered in pieces",
        ),
    }),
    subtotal: moneyBagSchema.describe('`ordered` x unit price, before discounts; as the source states it'),
    discounts: z.array(discountAllocationSchema),
    taxes: z.array(taxLineSchema),
    duties: z.array(dutySchema),
    taxable: z.boolean(),
    requiresShipping: z.boolean(),
    weightGrams: z.int().nonnegative().nullable(),
    serialNumbers: z.array(textSchema),
    attributes: z.array(z.strictObject({ name: textSchema, value: z.string() })),
    extensions: extensionsSchema,
  })
  .meta({ id: 'OrderLine' });
export type OrderLine = z.infer<typeof orderLineSchema>;

/** What carriage is charged, by one method. Amounts are for the order as first ordered. */
export const shippingLineSchema = z
  .strictObject({
    id: textSchema,
    code: z.string().nullable().describe('the key of the ship-method crosswalk'),
    title: textSchema,
    carrier: z.string().nullable(),
    price: moneyBagSchema.describe('before discounts'),
    discounts: z.array(discountAllocationSchema),
    taxes: z.array(taxLineSchema),
    extensions: extensionsSchema,
  })
  .meta({ id: 'ShippingLine' });
export type ShippingLine = z.infer<typeof shippingLineSchema>;
