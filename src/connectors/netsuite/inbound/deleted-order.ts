import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import { instantSchema } from '#canonical/primitives.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { internalId, orderSubject } from './of-order.ts';

const bodySchema = z.object({ id: internalId, name: z.string().nullish(), at: instantSchema });

/** `deletedOrder`: a sales order that is no more. To us it is cancelled there, whoever did it. */
export const deletedOrderMapping: InboundMapping = {
  subject: (body, connection) => orderSubject(connection, parseWith(z.object({ id: internalId }), body).id),
  map(message): readonly CanonicalEvent[] {
    const { id, name, at } = parseWith(bodySchema, message.body);
    const subject = orderSubject(message.connection, id);
    return [
      {
        type: 'erp-order.observed',
        subject,
        version: { at, hash: message.bodyHash },
        data: {
          ref: subject.ref,
          number: null,
          status: 'cancelled',
          blocks: [{ kind: 'other', detail: `${name ?? `sales order ${id}`} was deleted in NetSuite` }],
          total: null,
        },
      },
    ];
  },
};
