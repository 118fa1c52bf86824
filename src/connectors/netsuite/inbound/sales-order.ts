import { z } from 'zod';
import type { CanonicalEvent, ErpOrder } from '#canonical/event.ts';
import { currencySchema } from '#canonical/money.ts';
import { instantSchema } from '#canonical/primitives.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { amountOf, exactNumber, internalId, orderSubject } from './of-order.ts';

const bodySchema = z.object({
  id: internalId,
  tranid: z.string().nullish(),
  status: z.enum(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']),
  total: exactNumber,
  currency: currencySchema,
  /** The customer's: ON, OFF or AUTO. */
  credithold: z.string().nullish(),
  at: instantSchema,
  /** Of closed orders. */
  progress: z.array(z.object({ shipped: exactNumber.nullish(), billed: exactNumber.nullish() })).optional(),
});
type OrderBody = z.infer<typeof bodySchema>;

/** Pending approval, pending fulfilment, cancelled, three states under way, billed; closed is told apart below. */
const statuses = {
  A: 'quotation',
  B: 'processing',
  C: 'cancelled',
  D: 'processing',
  E: 'processing',
  F: 'processing',
  G: 'done',
} as const;

/** `salesOrder`: where the order stands in NetSuite. */
export const orderMapping: InboundMapping = {
  subject: (body, connection) => orderSubject(connection, parseWith(z.object({ id: internalId }), body).id),
  map(message): readonly CanonicalEvent[] {
    const order = parseWith(bodySchema, message.body);
    const subject = orderSubject(message.connection, order.id);
    const status = order.status === 'H' ? closedAs(order) : statuses[order.status];
    return [
      {
        type: 'erp-order.observed',
        subject,
        version: { at: order.at, hash: message.bodyHash },
        data: {
          ref: subject.ref,
          number: order.tranid ?? null,
          status,
          blocks: blocks(order),
          total: amountOf(order.total, order.currency, 'total'),
        },
      },
    ];
  },
};

/** Closed with nothing shipped and nothing billed is how an order is cancelled line by line. */
function closedAs({ progress }: OrderBody): ErpOrder['status'] {
  if (progress === undefined) throw unmappable('progress', 'a closed order without what had left of it');
  const hasProgress = progress.some(
    ({ shipped, billed }) => Number(shipped ?? 0) !== 0 || Number(billed ?? 0) !== 0,
  );
  return hasProgress ? 'done' : 'cancelled';
}

/** AUTO, a hold that NetSuite computes from the balance, is not shown by SuiteQL. */
function blocks({ status, credithold }: OrderBody): ErpOrder['blocks'] {
  const isOpen = ['A', 'B', 'D', 'E'].includes(status);
  return [
    ...(status === 'A' ? [{ kind: 'approval' as const, detail: 'pending approval in NetSuite' }] : []),
    ...(isOpen && credithold === 'ON'
      ? [{ kind: 'credit' as const, detail: 'the customer is on credit hold in NetSuite' }]
      : []),
  ];
}
