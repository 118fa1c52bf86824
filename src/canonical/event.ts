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
import { externalRefSchema, instantSchema, sourceVersionSchema, textSchema } from './primitives.ts';

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
  })
  .meta({ id: 'ErpOrder' });
export type ErpOrder = z.infer<typeof erpOrderSchema>;

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
  z.strictObject({ type: z.literal('product.observed'), ...about, data: productSchema }),
  z.strictObject({ type: z.literal('location.observed'), ...about, data: locationSchema }),
  z.strictObject({ type: z.literal('case.observed'), ...about, data: caseSchema }),
]);
export type CanonicalEvent = z.infer<typeof canonicalEventSchema>;
export type EventType = CanonicalEvent['type'];
