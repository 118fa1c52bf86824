import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { extensionsSchema, externalRefSchema, instantSchema, textSchema } from './primitives.ts';

export const fulfillmentMethods = ['ship', 'pickup', 'local-delivery', 'drop-ship', 'digital', 'none'] as const;

/** A promise that one location fulfils some of an order's lines. */
export const fulfillmentOrderSchema = z.strictObject({
  id: textSchema,
  ref: externalRefSchema,
  location: externalRefSchema.nullable(),
  method: z.enum(fulfillmentMethods),
  status: z.enum(['scheduled', 'open', 'on-hold', 'in-progress', 'incomplete', 'closed', 'cancelled']),
  lines: z.array(z.strictObject({ id: textSchema, lineId: textSchema, quantity: decimalSchema, remaining: decimalSchema })),
  holds: z.array(z.strictObject({ reason: textSchema, note: z.string().nullable() })),
  fulfillAt: instantSchema.nullable(),
  fulfillBy: instantSchema.nullable(),
  extensions: extensionsSchema,
});
export type FulfillmentOrder = z.infer<typeof fulfillmentOrderSchema>;

export const shipmentStates = ['planned', 'picked', 'packed', 'shipped', 'ready-for-pickup', 'collected', 'delivered', 'undeliverable', 'cancelled'] as const;

/** Goods that left (or are about to leave) one location, in packages. */
export const shipmentSchema = z.strictObject({
  schema: z.literal('shipment/1'),
  id: textSchema,
  ref: externalRefSchema,
  number: z.string().nullable(),
  location: externalRefSchema.nullable(),
  method: z.enum(fulfillmentMethods),
  status: z.enum(shipmentStates),
  lines: z.array(z.strictObject({
    lineId: z.string().nullable().describe('the order line, where the shipping system knows it'),
    sku: z.string().nullable(),
    quantity: decimalSchema,
    serialNumbers: z.array(textSchema),
  })),
  packages: z.array(z.strictObject({ carrier: z.string().nullable(), trackingNumber: z.string().nullable(), trackingUrl: z.string().nullable(), weightGrams: z.int().nullable(), sscc: z.string().nullable() })),
  shippedAt: instantSchema.nullable(),
  deliveredAt: instantSchema.nullable(),
  extensions: extensionsSchema,
});
export type Shipment = z.infer<typeof shipmentSchema>;
