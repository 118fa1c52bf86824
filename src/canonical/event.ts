import { z } from 'zod';
import { caseSchema } from './case.ts';
import { locationSchema, productSchema } from './catalogue.ts';
import { fulfillmentOrderSchema, shipmentSchema } from './fulfillment.ts';
import { entityTypes } from './identity.ts';
import { invoiceSchema } from './invoice.ts';
import { moneySchema } from './money.ts';
import { orderSchema } from './order.ts';
import { customerSchema } from './party.ts';
import { paymentTransactionSchema } from './payment.ts';
import {
  dateSchema,
  externalRefSchema,
  instantSchema,
  sourceVersionSchema,
  textSchema,
} from './primitives.ts';
import { quoteSchema } from './quote.ts';

export const subjectSchema = z.strictObject({
  entity: z.enum(entityTypes),
  ref: externalRefSchema,
  founds: z.boolean(),
});

/** How an ERP sees an order after we created it there. */
export const erpOrderSchema = z
  .strictObject({
    ref: externalRefSchema,
    number: z.string().nullable(),
    status: z.enum(['draft', 'quotation', 'confirmed', 'processing', 'done', 'cancelled']),
    blocks: z.array(
      z.strictObject({
        kind: z.enum(['credit', 'approval', 'incomplete', 'stock', 'other']),
        detail: z.string(),
      }),
    ),
    total: moneySchema('presentment').nullable(),
    promises: z
      .array(
        z.strictObject({
          lineId: z
            .string()
            .nullable()
            .describe('the order line, where the ERP knows it; else its `sku` tells'),
          sku: z.string().nullable(),
          at: instantSchema.describe('when what is still to come of it will leave'),
        }),
      )
      .exactOptional()
      .describe('what the ERP promises for goods that it cannot send at once'),
  })
  .meta({ id: 'ErpOrder' });
export type ErpOrder = z.infer<typeof erpOrderSchema>;

/** How a CRM shows an order that we gave it: people there may have changed it since. */
export const crmOrderSchema = z
  .strictObject({
    ref: externalRefSchema,
    number: z.string().nullable(),
    status: textSchema.describe("in the CRM's own words"),
    isDraft: z.boolean().describe('whether it can still be changed there'),
    customer: externalRefSchema.nullable(),
    date: dateSchema.nullable(),
    total: moneySchema('presentment').nullable(),
  })
  .meta({ id: 'CrmOrder' });
export type CrmOrder = z.infer<typeof crmOrderSchema>;

const about = {
  subject: subjectSchema,
  version: sourceVersionSchema.describe('instant at the source and hash of the body'),
};

/**
 * What a platform told us, in our words. `*.observed` carries the whole record as the source shows it at `version`,
 * so that any order of arrival ends in the same state.
 */
export const canonicalEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('order.observed'), ...about, data: orderSchema }),
  z.strictObject({ type: z.literal('order.deleted'), ...about, data: z.strictObject({ at: instantSchema }) }),
  /**
   * Something of the order changed and the message does not carry the whole: the process reads it again. `listed`: it only stands in a list of
   * changed orders, so that it tells of nothing but its instant.
   */
  z.strictObject({
    type: z.literal('order.touched'),
    ...about,
    data: z.strictObject({ reason: textSchema, listed: z.boolean() }),
  }),
  z.strictObject({ type: z.literal('payment.observed'), ...about, data: paymentTransactionSchema }),
  z.strictObject({ type: z.literal('fulfillment-order.observed'), ...about, data: fulfillmentOrderSchema }),
  z.strictObject({ type: z.literal('shipment.observed'), ...about, data: shipmentSchema }),
  z.strictObject({ type: z.literal('erp-order.observed'), ...about, data: erpOrderSchema }),
  z.strictObject({ type: z.literal('invoice.observed'), ...about, data: invoiceSchema }),
  z.strictObject({ type: z.literal('customer.observed'), ...about, data: customerSchema }),
  /** A platform made one customer of several by itself: from then on it knows them all by the survivor. */
  z.strictObject({
    type: z.literal('customer.merged'),
    ...about,
    data: z.strictObject({ survivor: externalRefSchema, merged: z.array(externalRefSchema).min(1) }),
  }),
  z.strictObject({ type: z.literal('product.observed'), ...about, data: productSchema }),
  z.strictObject({ type: z.literal('location.observed'), ...about, data: locationSchema }),
  z.strictObject({ type: z.literal('case.observed'), ...about, data: caseSchema }),
  z.strictObject({ type: z.literal('quote.observed'), ...about, data: quoteSchema }),
  z.strictObject({ type: z.literal('crm-order.observed'), ...about, data: crmOrderSchema }),
  /** The record is gone at its platform, other than by being made part of another one. Of an order where it was captured: `order.deleted`. */
  z.strictObject({
    type: z.literal('record.deleted'),
    ...about,
    data: z.strictObject({ at: instantSchema }),
  }),
]);
export type CanonicalEvent = z.infer<typeof canonicalEventSchema>;
export type EventType = CanonicalEvent['type'];
