import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { addressSchema } from './party.ts';
import { extensionsSchema, externalRefSchema, instantSchema, textSchema, unitSchema } from './primitives.ts';

export const productVariantSchema = z
  .strictObject({
    ref: externalRefSchema,
    sku: z.string().nullable(),
    gtin: z
      .string()
      .regex(/^\d{14}$/)
      .nullable(),
    title: z.string().nullable(),
    unit: unitSchema,
    weightGrams: z.int().nullable(),
    countryOfOrigin: z.string().nullable(),
    harmonizedCode: z.string().nullable(),
    taxable: z.boolean(),
    requiresShipping: z.boolean(),
    stocked: z.boolean(),
    listPrice: decimalSchema.nullable(),
    inventoryItem: externalRefSchema.nullable(),
    options: z.array(z.strictObject({ name: textSchema, value: textSchema })),
    components: z.array(z.strictObject({ sku: textSchema, quantity: decimalSchema })),
    extensions: extensionsSchema,
  })
  .meta({ id: 'ProductVariant' });

export const productSchema = z
  .strictObject({
    schema: z.literal('product/1'),
    id: textSchema,
    ref: externalRefSchema,
    title: textSchema,
    kind: z.enum(['simple', 'configurable', 'bundle', 'kit', 'gift-card', 'service']),
    status: z.enum(['active', 'draft', 'archived']),
    vendor: z.string().nullable(),
    productType: z.string().nullable(),
    descriptionHtml: z.string().nullable(),
    tags: z.array(textSchema),
    variants: z.array(productVariantSchema),
    updatedAt: instantSchema.nullable(),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof productSchema>;

export const locationSchema = z
  .strictObject({
    schema: z.literal('location/1'),
    id: textSchema,
    ref: externalRefSchema,
    name: textSchema,
    kind: z.enum(['warehouse', 'store', 'drop-ship', 'virtual', 'other']),
    active: z.boolean(),
    address: addressSchema.nullable(),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Location' });
export type Location = z.infer<typeof locationSchema>;
