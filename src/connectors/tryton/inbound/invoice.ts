import { z } from 'zod';
import type { Decimal } from '#canonical/decimal.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import { foundedId } from '#canonical/identity.ts';
import type { Invoice } from '#canonical/invoice.ts';
import { currencySchema, type Money, moneyFromDecimal, negateMoney } from '#canonical/money.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { toMilliseconds, trytonDate, trytonDecimal, trytonInstant } from '../codec.ts';
import { saleSubject } from './sale-subject.ts';

const states = {
  draft: 'draft',
  validated: 'draft',
  posted: 'posted',
  paid: 'paid',
  cancelled: 'cancelled',
} as const;

const bodySchema = z.object({
  id: z.int().positive(),
  number: z.string().nullable(),
  state: z.enum(['draft', 'validated', 'posted', 'paid', 'cancelled']),
  invoice_date: trytonDate.nullable(),
  untaxed_amount: trytonDecimal,
  tax_amount: trytonDecimal,
  total_amount: trytonDecimal,
  write_date: trytonInstant,
  'currency.': z.object({ code: currencySchema }),
  'lines_to_pay.': z.array(z.object({ maturity_date: trytonDate.nullable() })),
  sale: z.object({ id: z.int().positive(), reference: z.string().nullable() }),
});
type InvoiceBody = z.infer<typeof bodySchema>;

/** `account.invoice`: a receivable that came of a sale. A negative one is a credit memo; amounts are then turned positive. */
export const invoiceMapping: InboundMapping = {
  subject: saleSubject,
  map(message): readonly CanonicalEvent[] {
    const body = parseWith(bodySchema, message.body);
    return [
      {
        type: 'invoice.observed',
        subject: {
          entity: 'order',
          ref: { connection: message.connection, type: 'sale.sale', id: String(body.sale.id) },
          founds: false,
        },
        version: { at: toMilliseconds(body.write_date), hash: message.bodyHash },
        data: invoice(body, message.connection),
      },
    ];
  },
};

function invoice(body: InvoiceBody, connection: string): Invoice {
  const ref = { connection, type: 'account.invoice', id: String(body.id) };
  const isCredit = body.total_amount.startsWith('-');
  const amount = (value: Decimal, path: string): Money<'presentment'> => {
    const exact = read(value, body['currency.'].code, path);
    return isCredit ? negateMoney(exact) : exact;
  };
  return {
    schema: 'invoice/1',
    id: foundedId('invoice', ref),
    ref,
    number: body.number,
    kind: isCredit ? 'credit-memo' : 'invoice',
    status: states[body.state],
    date: body.invoice_date,
    dueDate:
      body['lines_to_pay.']
        .flatMap(({ maturity_date: day }) => (day === null ? [] : [day]))
        .toSorted()
        .at(-1) ?? null,
    net: amount(body.untaxed_amount, 'untaxed_amount'),
    tax: amount(body.tax_amount, 'tax_amount'),
    total: amount(body.total_amount, 'total_amount'),
    extensions: {},
  };
}

function read(value: Decimal, currency: string, path: string): Money<'presentment'> {
  try {
    return moneyFromDecimal('presentment', currency, value);
  } catch (error) {
    throw unmappable(path, error instanceof Error ? error.message : 'no amount');
  }
}
