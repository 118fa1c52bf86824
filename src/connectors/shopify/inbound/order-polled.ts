import { z } from 'zod';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { orderSubject } from './order-subject.ts';
import { gidSchema, instantSchema } from './source/scalars.ts';

const body = z.object({ id: gidSchema('Order'), updatedAt: instantSchema });

/** A record of the `orders` poller: the order changed at this instant. Who has seen that state need not read it again. */
export const orderPolled: InboundMapping = {
  subject: (message, connection) => orderSubject(connection, parseWith(body, message).id),
  map({ body: message, connection, bodyHash }) {
    const { id, updatedAt } = parseWith(body, message);
    return [
      {
        type: 'order.touched',
        subject: orderSubject(connection, id),
        version: { at: updatedAt, hash: bodyHash },
        data: { reason: 'polled', listed: true },
      },
    ];
  },
};
