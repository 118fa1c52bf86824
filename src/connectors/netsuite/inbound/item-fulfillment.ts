import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import { foundedId } from '#canonical/identity.ts';
import { dateSchema, instantSchema } from '#canonical/primitives.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { documentSubject, exactNumber, internalId, orderSubject, unsigned } from './of-order.ts';

const states = { A: 'picked', B: 'packed', C: 'shipped' } as const;

const bodySchema = z.object({
  id: internalId,
  orderid: internalId,
  tranid: z.string().nullish(),
  status: z.enum(['A', 'B', 'C']),
  trandate: dateSchema.nullish(),
  modified: z.string(),
  at: instantSchema,
  location: internalId.nullish(),
  lines: z.array(z.object({ sku: z.string(), quantity: exactNumber, lineid: z.string().nullish() })),
  packages: z.array(z.object({ trackingnumber: z.string().nullish() })),
});
type FulfillmentBody = z.infer<typeof bodySchema>;

/** `itemFulfillment`: goods picked, packed or shipped for one order. */
export const fulfillmentMapping: InboundMapping = {
  subject: documentSubject,
  map(message): readonly CanonicalEvent[] {
    const body = parseWith(bodySchema, message.body);
    return [
      {
        type: 'shipment.observed',
        subject: orderSubject(message.connection, body.orderid),
        version: { at: body.at, hash: message.bodyHash },
        data: shipment(body, message.connection),
      },
    ];
  },
};

function shipment(body: FulfillmentBody, connection: string): Shipment {
  const ref = { connection, type: 'itemFulfillment', id: body.id };
  return {
    schema: 'shipment/1',
    id: foundedId('shipment', ref),
    ref,
    number: body.tranid ?? null,
    location: body.location ? { connection, type: 'location', id: body.location } : null,
    method: 'ship',
    status: states[body.status],
    lines: body.lines.map(({ sku, quantity, lineid }) => ({
      lineId: lineid ?? null,
      sku,
      quantity: unsigned(quantity),
      serialNumbers: [],
    })),
    packages: body.packages.map(({ trackingnumber }) => ({
      carrier: null,
      trackingNumber: trackingnumber ?? null,
      trackingUrl: null,
      weightGrams: null,
      sscc: null,
    })),
    shippedAt: body.status === 'C' ? shippedAt(body) : null,
    deliveredAt: null,
    extensions: {},
  };
}

/** NetSuite keeps the day; the instant of the save is finer where it lies on that day. */
function shippedAt({ trandate, modified, at }: FulfillmentBody): string {
  return trandate === null || trandate === undefined || modified.startsWith(trandate)
    ? at
    : `${trandate}T00:00:00.000Z`;
}
