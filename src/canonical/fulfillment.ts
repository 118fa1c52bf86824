import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { partyRoleSchema } from './party.ts';
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

/** Some of a line's goods by production lot. */
export const lotSchema = z
  .strictObject({
    number: textSchema,
    quantity: decimalSchema.nullable(),
    expiresOn: dateSchema.nullable(),
  })
  .meta({ id: 'Lot' });

export const fulfillmentMethods = [
  'ship',
  'pickup',
  'local-delivery',
  'drop-ship',
  'digital',
  'none',
] as const;

/** A promise that one location fulfils some of an order's lines. */
export const fulfillmentOrderSchema = z
  .strictObject({
    id: textSchema,
    ref: externalRefSchema,
    location: externalRefSchema.nullable(),
    method: z.enum(fulfillmentMethods),
    status: z.enum(['scheduled', 'open', 'on-hold', 'in-progress', 'incomplete', 'closed', 'cancelled']),
    fulfilledBy: z
      .enum(['merchant', 'channel', 'third-party'])
      .exactOptional()
      .describe('"channel": from the channel\'s own stock of our goods, e.g. a marketplace\'s warehouse'),
    order: externalRefSchema.exactOptional().describe('the order, where this record travels alone'),
    number: textSchema.exactOptional(),
    shipTo: partyRoleSchema.exactOptional(),
    otherParties: z.array(partyRoleSchema.extend({ role: textSchema })).exactOptional(),
    carrier: z
      .strictObject({
        code: z.string().nullable(),
        service: z.string().nullable(),
        routing: z.string().nullable(),
      })
      .exactOptional(),
    references: z.array(identifierSchema).exactOptional(),
    note: textSchema.exactOptional(),
    windows: z.array(requestedWindowSchema).exactOptional(),
    lines: z.array(
      z.strictObject({
        id: textSchema,
        lineId: textSchema,
        quantity: decimalSchema,
        remaining: decimalSchema,
        sku: textSchema.exactOptional(),
        title: textSchema.exactOptional(),
        identifiers: z.array(identifierSchema).exactOptional(),
        unit: unitSchema.exactOptional(),
        lots: z.array(lotSchema).exactOptional().describe('the lots asked for'),
      }),
    ),
    holds: z.array(z.strictObject({ reason: textSchema, note: z.string().nullable() })),
    fulfillAt: instantSchema.nullable(),
    fulfillBy: instantSchema.nullable(),
    extensions: extensionsSchema,
  })
  .meta({ id: 'FulfillmentOrder' });
export type FulfillmentOrder = z.infer<typeof fulfillmentOrderSchema>;

export const shipmentStates = [
  'planned',
  'picked',
  'packed',
  'shipped',
  'ready-for-pickup',
  'collected',
  'delivered',
  'undeliverable',
  'cancelled',
] as const;

/** Goods that left (or are about to leave) one location, in packages. */
export const shipmentSchema = z
  .strictObject({
    schema: z.literal('shipment/1'),
    id: textSchema,
    ref: externalRefSchema,
    number: z.string().nullable(),
    location: externalRefSchema.nullable(),
    method: z.enum(fulfillmentMethods),
    status: z.enum(shipmentStates),
    lines: z.array(
      z.strictObject({
        lineId: z.string().nullable().describe('the order line, where the shipping system knows it'),
        sku: z.string().nullable(),
        quantity: decimalSchema,
        serialNumbers: z.array(textSchema),
        ordered: decimalSchema
          .exactOptional()
          .describe('what the warehouse had been asked for; more than `quantity` is a short shipment'),
        shortReason: textSchema.exactOptional(),
        identifiers: z.array(identifierSchema).exactOptional(),
        unit: unitSchema.exactOptional(),
        lots: z.array(lotSchema).exactOptional(),
      }),
    ),
    packages: z.array(
      z.strictObject({
        carrier: z.string().nullable(),
        trackingNumber: z.string().nullable(),
        trackingUrl: z.string().nullable(),
        weightGrams: z.int().nullable(),
        sscc: z.string().nullable(),
        contents: z
          .array(
            z.strictObject({
              line: z.int().nonnegative().describe('index in `lines`'),
              quantity: decimalSchema,
            }),
          )
          .exactOptional(),
      }),
    ),
    order: externalRefSchema.exactOptional().describe('the order, where this record travels alone'),
    shipTo: partyRoleSchema.exactOptional(),
    otherParties: z.array(partyRoleSchema.extend({ role: textSchema })).exactOptional(),
    carrier: z
      .strictObject({
        code: z.string().nullable(),
        service: z.string().nullable(),
        routing: z.string().nullable(),
      })
      .exactOptional(),
    references: z.array(identifierSchema).exactOptional(),
    shippedAt: instantSchema.nullable(),
    deliveredAt: instantSchema.nullable(),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Shipment' });
export type Shipment = z.infer<typeof shipmentSchema>;
