import type { InboundMapping } from '#connector-sdk/connector.ts';
import { idOfOrderBody, objectBody, orderSubject } from './order-subject.ts';

/** orders/delete: the body is the order's number alone, and comes without a time of its own. */
export const orderDeleted: InboundMapping = {
  subject: (body, connection) => orderSubject(connection, idOfOrderBody(body)),
  map: ({ body, connection, occurredAt, bodyHash }) => [
    {
      type: 'order.deleted',
      subject: orderSubject(connection, idOfOrderBody(objectBody(body))),
      version: { at: occurredAt, hash: bodyHash },
      data: { at: occurredAt },
    },
  ],
};
