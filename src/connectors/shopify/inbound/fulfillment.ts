import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { canonicalShipment } from './canonical/shipment.ts';
import { idAt, orderSubject } from './order-subject.ts';
import { restSourceFulfillment } from './source/rest-fulfillment.ts';
import { restFulfillment } from './source/rest-schema.ts';

/** fulfillments/create and fulfillments/update: goods left, or how far they are. */
export const fulfillment: InboundMapping = {
  subject: (body, connection) => orderSubject(connection, idAt(body, 'order_id')),
  map({ body, connection, bodyHash }) {
    const read = parseWith(restFulfillment, body);
    if (read.order_id === null) throw unmappable('order_id', 'must be the number of a record');
    return [
      {
        type: 'shipment.observed',
        subject: orderSubject(connection, read.order_id),
        version: { at: read.updated_at, hash: bodyHash },
        data: canonicalShipment(restSourceFulfillment(read), connection),
      },
    ];
  },
};
