import type { CanonicalEvent } from '#canonical/event.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { canonicalOrder } from './canonical/order.ts';
import { idOfOrderBody, orderSubject } from './order-subject.ts';
import { readRestOrder } from './source/rest-order.ts';

/**
 * orders/create, orders/updated, orders/paid, orders/cancelled, orders/fulfilled: the whole order. Where a body cannot carry it whole (a
 * company's name, a bundle's line, a sum in the buyer's currency) the order is touched, so that it is read.
 */
export const order: InboundMapping = {
  subject: (body, connection) => orderSubject(connection, idOfOrderBody(body)),
  map({ body, connection, bodyHash }): readonly CanonicalEvent[] {
    const reading = readRestOrder(body);
    if (reading.kind === 'part') {
      return [
        {
          type: 'order.touched',
          subject: orderSubject(connection, reading.id),
          version: { at: reading.updatedAt, hash: bodyHash },
          data: { reason: `webhook-lacks-${reading.lacks}`, listed: false },
        },
      ];
    }
    const version = { at: reading.order.updatedAt, hash: bodyHash };
    const data = canonicalOrder(reading.order, connection, version);
    return [{ type: 'order.observed', subject: orderSubject(connection, reading.order.id), version, data }];
  },
};
