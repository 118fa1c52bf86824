import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Subject } from '#canonical/identity.ts';
import type { JsonObject } from '#canonical/json.ts';
import { moneyFromDecimal } from '#canonical/money.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { type InboundMessage, parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { orderRecordSchema } from '../order-record.ts';

const bodySchema = z.object({ order: orderRecordSchema });
/** Enough to tell which record it is: this runs before the webhook is answered. */
const subjectSchema = z.object({ order: orderRecordSchema.pick({ id: true }) });

const subjectOf = (id: string, connection: string): Subject => ({
  entity: 'order',
  ref: { connection, type: 'Order', id },
  founds: false, // the storefront founds an order; the ERP's record is linked to it
});

function map(message: InboundMessage): readonly CanonicalEvent[] {
  const { order } = parseWith(bodySchema, message.body);
  const subject = subjectOf(order.id, message.connection);
  return [
    {
      type: 'erp-order.observed',
      subject,
      version: { at: order.changedAt, hash: message.bodyHash },
      data: {
        ref: subject.ref,
        number: order.number,
        status: statuses[order.status],
        blocks: [],
        total: totalOf(order.currency, order.total),
      },
    },
  ];
}

const statuses = { open: 'confirmed', shipped: 'done', cancelled: 'cancelled' } as const;

/** @throws UnmappableError when the amount has more decimals than its currency, or is beyond exact counting. */
function totalOf(currency: string, total: string) {
  try {
    return moneyFromDecimal('presentment', currency, total);
  } catch (error) {
    throw unmappable('order.total', error instanceof Error ? error.message : String(error));
  }
}

/** An order changed in the ERP. */
export const orderChanged: InboundMapping = {
  subject: (body: JsonObject, connection) => subjectOf(parseWith(subjectSchema, body).order.id, connection),
  map,
};
