import { z } from 'zod';
import type { Subject } from '#canonical/identity.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { shopifyRef } from '../gid.ts';
import { orderSubject } from './order-subject.ts';
import { gidSchema, idSchema } from './source/scalars.ts';

const record = z.object({ id: gidSchema('FulfillmentOrder'), order_id: idSchema.nullish() });

/**
 * Bodies of fulfillment_orders/* differ by topic: the fulfilment order stands under one of these names, and most do not say which order
 * it belongs to.
 */
const body = z
  .object({
    fulfillment_order: record.optional(),
    original_fulfillment_order: record.optional(),
    moved_fulfillment_order: record.nullish(),
    submitted_fulfillment_order: record.optional(),
    fulfillment_order_merges: z.array(z.object({ fulfillment_order: record })).optional(),
  })
  .transform((read, context) => {
    const found =
      read.fulfillment_order ??
      read.original_fulfillment_order ??
      read.moved_fulfillment_order ??
      read.submitted_fulfillment_order ??
      read.fulfillment_order_merges?.[0]?.fulfillment_order;
    if (found) return found;
    context.addIssue({ code: 'custom', message: 'names no fulfilment order', path: ['fulfillment_order'] });
    return z.NEVER;
  });

function subjectOf(connection: string, { id, order_id: orderId }: z.output<typeof record>): Subject {
  if (orderId) return orderSubject(connection, orderId);
  // Known to the journal where the order's process linked it; it cannot found an order.
  return { entity: 'order', ref: shopifyRef(connection, 'FulfillmentOrder', id), founds: false };
}

/** fulfillment_orders/*: routed, held, released, moved, split, cancelled ... The order is read again. */
export const fulfillmentOrder: InboundMapping = {
  subject: (message, connection) => subjectOf(connection, parseWith(body, message)),
  map: ({ body: message, connection, topic, occurredAt, bodyHash }) => [
    {
      type: 'order.touched',
      subject: subjectOf(connection, parseWith(body, message)),
      version: { at: occurredAt, hash: bodyHash },
      data: {
        reason: topic.replace('fulfillment_orders/', 'fulfillment-order-').replaceAll('_', '-'),
        listed: false,
      },
    },
  ],
};
