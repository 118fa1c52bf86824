import { z } from 'zod';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { orderSubject } from './order-subject.ts';
import { idSchema, instantSchema } from './source/scalars.ts';

const body = z.object({
  order_edit: z.object({ order_id: idSchema, committed_at: instantSchema.nullish() }),
});

/** orders/edited is not an order but what was added and removed; the order is read again. */
export const orderEdited: InboundMapping = {
  subject: (message, connection) => orderSubject(connection, parseWith(body, message).order_edit.order_id),
  map({ body: message, connection, occurredAt, bodyHash }) {
    const { order_edit: edit } = parseWith(body, message);
    return [
      {
        type: 'order.touched',
        subject: orderSubject(connection, edit.order_id),
        version: { at: edit.committed_at ?? occurredAt, hash: bodyHash },
        data: { reason: 'edited', listed: false },
      },
    ];
  },
};
