import { z } from 'zod';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { orderSubject } from './order-subject.ts';
import { idSchema, instantSchema } from './source/scalars.ts';

const body = z.object({ order_id: idSchema, created_at: instantSchema });

/**
 * refunds/create: fires when the refund is recorded, whether or not money moved. What it means stands in the order (refunds, current sums,
 * transactions), so the order is read again.
 */
export const refund: InboundMapping = {
  subject: (message, connection) => orderSubject(connection, parseWith(body, message).order_id),
  map({ body: message, connection, bodyHash }) {
    const read = parseWith(body, message);
    return [
      {
        type: 'order.touched',
        subject: orderSubject(connection, read.order_id),
        version: { at: read.created_at, hash: bodyHash },
        data: { reason: 'refunded', listed: false },
      },
    ];
  },
};
