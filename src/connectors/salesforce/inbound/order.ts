import { z } from 'zod';
import { currencySchema } from '#canonical/money.ts';
import { dateSchema } from '#canonical/primitives.ts';
import { plainMapping } from './plain-record.ts';
import { amountOf, exactNumber, liveFields, optionalId, optionalText, refOf } from './record-body.ts';

const bodySchema = z.object({
  ...liveFields,
  OrderNumber: optionalText,
  Status: z.string().trim().min(1),
  StatusCode: z.string().trim().min(1),
  AccountId: optionalId,
  EffectiveDate: dateSchema.nullable(),
  TotalAmount: exactNumber.nullable(),
  CurrencyIsoCode: currencySchema,
});

/** `Order`: how the CRM shows an order of ours. */
export const orderMapping = plainMapping(
  // Known by the link that delivering it made.
  { entity: 'order', type: 'Order', founds: false },
  bodySchema,
  (record, ref) => ({
    type: 'crm-order.observed',
    data: {
      ref,
      number: record.OrderNumber,
      status: record.Status,
      isDraft: record.StatusCode === 'Draft',
      customer: refOf(ref.connection, 'Account', record.AccountId),
      date: record.EffectiveDate,
      total: amountOf(record.TotalAmount, record.CurrencyIsoCode, 'TotalAmount'),
    },
  }),
);
