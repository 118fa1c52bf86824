import { z } from 'zod';
import { currencySchema } from '#canonical/money.ts';
import { dateSchema } from '#canonical/primitives.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { goneRecord, recordSubject } from './plain-record.ts';
import { amountOf, exactNumber, liveFields, optionalId, optionalText, refOf } from './record-body.ts';

/** Known by the link that delivering it made. */
const about = { entity: 'order', type: 'Order', founds: false } as const;

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
export const orderMapping: InboundMapping = {
  subject: (body, connection) => recordSubject(body, connection, about),
  map(message) {
    const gone = goneRecord(message, about);
    if (gone !== null) return gone;
    const record = parseWith(bodySchema, message.body);
    const { connection } = message;
    const ref = { connection, type: about.type, id: record.Id };
    return [
      {
        type: 'crm-order.observed',
        subject: { entity: about.entity, ref, founds: about.founds },
        version: { at: record.SystemModstamp, hash: message.bodyHash },
        data: {
          ref,
          number: record.OrderNumber,
          status: record.Status,
          isDraft: record.StatusCode === 'Draft',
          customer: refOf(connection, 'Account', record.AccountId),
          date: record.EffectiveDate,
          total: amountOf(record.TotalAmount, record.CurrencyIsoCode, 'TotalAmount'),
        },
      },
    ];
  },
};
