import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import { foundedId } from '#canonical/identity.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { toMilliseconds, trytonDate, trytonInstant, trytonQuantity } from '../codec.ts';
import { lineIdOf } from '../line-note.ts';
import { saleSubject } from './sale-subject.ts';

const states = {
  draft: 'planned',
  waiting: 'planned',
  assigned: 'planned',
  picked: 'picked',
  packed: 'packed',
  done: 'shipped',
  cancelled: 'cancelled',
} as const;

const moveSchema = z.object({
  id: z.int(),
  'sale.': z.object({ id: z.int() }).nullish(),
  quantity: trytonQuantity,
  state: z.string(),
  'product.': z.object({ code: z.string().nullable() }),
  'origin.': z.object({ note: z.string().nullable() }).nullish(),
});

const bodySchema = z.object({
  id: z.int().positive(),
  number: z.string().nullable(),
  state: z.enum(['draft', 'waiting', 'assigned', 'picked', 'packed', 'done', 'cancelled']),
  reference: z.string().nullable(),
  effective_date: trytonDate.nullable(),
  write_date: trytonInstant,
  warehouse: z.int(),
  'outgoing_moves.': z.array(moveSchema),
  'packages.': z
    .array(
      z.object({
        code: z.string(),
        shipping_reference: z.string().nullable(),
        shipping_tracking_url: z.string().nullable(),
      }),
    )
    .optional(),
  'carrier.': z.object({ 'party.': z.object({ name: z.string().nullable() }) }).nullish(),
  /** The sale whose goods these are; a shipment with goods of several sales comes as one record for each. */
  sale: z.object({ id: z.int().positive(), reference: z.string().nullable() }),
  tracking: z.enum(['packages', 'reference', 'none']),
});
type ShipmentBody = z.infer<typeof bodySchema>;

/** `stock.shipment.out`: goods on their way to the customer, as far as they belong to one sale. */
export const shipmentMapping: InboundMapping = {
  subject: saleSubject,
  map(message): readonly CanonicalEvent[] {
    const body = parseWith(bodySchema, message.body);
    return [
      {
        type: 'shipment.observed',
        subject: {
          entity: 'order',
          ref: { connection: message.connection, type: 'sale.sale', id: String(body.sale.id) },
          founds: false,
        },
        version: { at: toMilliseconds(body.write_date), hash: message.bodyHash },
        data: shipment(body, message.connection),
      },
    ];
  },
};

function shipment(body: ShipmentBody, connection: string): Shipment {
  const ref = { connection, type: 'stock.shipment.out', id: String(body.id) };
  const status = states[body.state];
  return {
    schema: 'shipment/1',
    id: foundedId('shipment', ref),
    ref,
    number: body.number,
    location: { connection, type: 'stock.location', id: String(body.warehouse) },
    method: 'ship',
    status,
    lines: body['outgoing_moves.']
      .toSorted((a, b) => a.id - b.id)
      // A shipment is built from moves; one cancelled on its own left nothing.
      .filter(
        (move) =>
          move['sale.']?.id === body.sale.id && (move.state !== 'cancelled' || status === 'cancelled'),
      )
      .map((move) => ({
        lineId: lineIdOf(move['origin.']?.note ?? null),
        sku: move['product.'].code,
        quantity: move.quantity,
        serialNumbers: [],
      })),
    packages: packages(body),
    shippedAt: status === 'shipped' ? shippedAt(body) : null,
    deliveredAt: null,
    extensions: {},
  };
}

function packages(body: ShipmentBody): Shipment['packages'] {
  const carrier = body['carrier.']?.['party.'].name ?? null;
  const plain = { carrier, trackingUrl: null, weightGrams: null, sscc: null };
  if (body.tracking === 'reference')
    return body.reference === null || body.reference === ''
      ? []
      : [{ ...plain, trackingNumber: body.reference }];
  return (body['packages.'] ?? []).map((parcel) => ({
    ...plain,
    trackingNumber: parcel.shipping_reference,
    trackingUrl: parcel.shipping_tracking_url,
  }));
}

/** Tryton keeps the day; the instant of the record is finer where it lies on that day. */
function shippedAt({ effective_date: day, write_date: at }: ShipmentBody): string {
  return day === null || at.startsWith(day) ? toMilliseconds(at) : `${day}T00:00:00.000Z`;
}
