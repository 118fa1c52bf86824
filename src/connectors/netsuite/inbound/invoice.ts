import { z } from 'zod';
import { addDecimals, decimal } from '#canonical/decimal.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import { foundedId } from '#canonical/identity.ts';
import type { Invoice } from '#canonical/invoice.ts';
import { currencySchema, subtractMoney } from '#canonical/money.ts';
import { dateSchema, instantSchema } from '#canonical/primitives.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { amountOf, documentSubject, exactNumber, internalId, orderSubject, unsigned } from './of-order.ts';

/** Letters mean something else for each type: an invoice is open or paid, a cash sale is paid before it is deposited. */
const states: Readonly<Record<'CustInvc' | 'CashSale', Readonly<Record<string, Invoice['status']>>>> = {
  CustInvc: { A: 'posted', B: 'paid', D: 'draft', E: 'cancelled', V: 'cancelled' },
  CashSale: { A: 'draft', B: 'paid', C: 'paid', V: 'cancelled' },
};

const bodySchema = z.object({
  id: internalId,
  orderid: internalId,
  type: z.enum(['CustInvc', 'CashSale']),
  tranid: z.string().nullish(),
  status: z.string(),
  trandate: dateSchema.nullish(),
  duedate: dateSchema.nullish(),
  total: exactNumber,
  currency: currencySchema,
  taxlines: z.array(z.object({ amount: exactNumber })),
  at: instantSchema,
});
type InvoiceBody = z.infer<typeof bodySchema>;

/** `invoice` and `cashSale`: what an order was billed with. */
export const invoiceMapping: InboundMapping = {
  subject: documentSubject,
  map(message): readonly CanonicalEvent[] {
    const body = parseWith(bodySchema, message.body);
    return [
      {
        type: 'invoice.observed',
        subject: orderSubject(message.connection, body.orderid),
        version: { at: body.at, hash: message.bodyHash },
        data: invoice(body, message.connection),
      },
    ];
  },
};

function invoice(body: InvoiceBody, connection: string): Invoice {
  const ref = { connection, type: body.type === 'CashSale' ? 'cashSale' : 'invoice', id: body.id };
  const known = states[body.type];
  const status = Object.hasOwn(known, body.status) ? known[body.status] : undefined;
  if (status === undefined)
    throw unmappable('status', `"${body.status}" is no status of ${body.type} that we know`);
  const total = amountOf(body.total, body.currency, 'total');
  const tax = amountOf(taxSum(body), body.currency, 'taxlines');
  return {
    schema: 'invoice/1',
    id: foundedId('invoice', ref),
    ref,
    number: body.tranid ?? null,
    kind: 'invoice',
    status,
    date: body.trandate ?? null,
    dueDate: body.duedate ?? null,
    net: subtractMoney(total, tax),
    tax,
    total,
    extensions: {},
  };
}

/** @throws UnmappableError beyond what a decimal holds. */
function taxSum({ taxlines }: InvoiceBody): ReturnType<typeof decimal> {
  try {
    return unsigned(taxlines.reduce((sum, { amount }) => addDecimals(sum, amount), decimal(0)));
  } catch (error) {
    throw unmappable('taxlines', error instanceof Error ? error.message : 'cannot be added');
  }
}
