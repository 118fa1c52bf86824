import { z } from 'zod';
import { foundedId } from '#canonical/identity.ts';
import { currencySchema } from '#canonical/money.ts';
import { dateSchema } from '#canonical/primitives.ts';
import { plainMapping } from './plain-record.ts';
import {
  amountOf,
  exactNumber,
  idSchema,
  liveFields,
  optionalId,
  optionalText,
  refOf,
} from './record-body.ts';

const lineSchema = z.object({
  Id: idSchema,
  Product2: z.object({ StockKeepingUnit: optionalText, Name: optionalText }).nullable(),
  Quantity: exactNumber,
  UnitPrice: exactNumber,
  TotalPrice: exactNumber.nullable(),
});
const bodySchema = z.object({
  ...liveFields,
  QuoteNumber: optionalText,
  Name: optionalText,
  Status: z.string().trim().min(1),
  AccountId: optionalId,
  ContactId: optionalId,
  OpportunityId: optionalId,
  ExpirationDate: dateSchema.nullable(),
  GrandTotal: exactNumber.nullable(),
  CurrencyIsoCode: currencySchema,
  /** Null where there are none; a quote of more lines than one answer holds is not shown in part. */
  QuoteLineItems: z
    .object({
      done: z.literal(true, { message: 'the quote has more lines than one answer holds' }),
      records: z.array(lineSchema),
    })
    .nullable(),
});

/** `Quote`: an offer with its lines. */
export const quoteMapping = plainMapping(
  { entity: 'quote', type: 'Quote', founds: true },
  bodySchema,
  (record, ref) => ({
    type: 'quote.observed',
    data: {
      schema: 'quote/1',
      id: foundedId('quote', ref),
      ref,
      number: record.QuoteNumber,
      name: record.Name,
      status: record.Status,
      customer: refOf(ref.connection, 'Account', record.AccountId),
      contact: refOf(ref.connection, 'Contact', record.ContactId),
      expiresOn: record.ExpirationDate,
      total: amountOf(record.GrandTotal, record.CurrencyIsoCode, 'GrandTotal'),
      lines: (record.QuoteLineItems?.records ?? []).map((line, index) => ({
        ref: { connection: ref.connection, type: 'QuoteLineItem', id: line.Id },
        sku: line.Product2?.StockKeepingUnit ?? null,
        title: line.Product2?.Name ?? null,
        quantity: line.Quantity,
        unitPrice: line.UnitPrice,
        total: amountOf(
          line.TotalPrice,
          record.CurrencyIsoCode,
          `QuoteLineItems.records[${index}].TotalPrice`,
        ),
      })),
      createdAt: record.CreatedDate,
      extensions: { salesforce: { opportunityId: record.OpportunityId } },
    },
  }),
);
