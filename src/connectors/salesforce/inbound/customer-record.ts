import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import { foundedId, type Subject } from '#canonical/identity.ts';
import type { Customer } from '#canonical/party.ts';
import type { JsonObject } from '#canonical/json.ts';
import type { InboundMessage } from '#connector-sdk/mapping.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { goneSchema, idSchema, isGone, optionalId } from './record-body.ts';

type CustomerObject = 'Account' | 'Contact';

const subjectBody = z.object({
  Id: idSchema,
  IsDeleted: z.boolean(),
  MasterRecordId: optionalId.optional(),
});

/** Of a record that was merged away, the one that survived: the news is about that. */
export function customerSubject(body: JsonObject, connection: string, type: CustomerObject): Subject {
  const { Id, IsDeleted, MasterRecordId } = parseWith(subjectBody, body);
  const id = IsDeleted ? (MasterRecordId ?? Id) : Id;
  return { entity: 'customer', ref: { connection, type, id }, founds: true };
}

/** A record that is gone: merged into another, or deleted. Null for one that is there. */
export function goneCustomer(
  { connection, body, bodyHash }: InboundMessage,
  type: CustomerObject,
): readonly CanonicalEvent[] | null {
  if (!isGone(body)) return null;
  const gone = parseWith(goneSchema, body);
  const master = gone.MasterRecordId ?? null;
  const ref = { connection, type, id: master ?? gone.Id };
  const about = {
    subject: { entity: 'customer' as const, ref, founds: true },
    version: { at: gone.SystemModstamp, hash: bodyHash },
  };
  return master === null
    ? [{ type: 'record.deleted', ...about, data: { at: gone.SystemModstamp } }]
    : [
        {
          type: 'customer.merged',
          ...about,
          data: { survivor: ref, merged: [{ connection, type, id: gone.Id }] },
        },
      ];
}

/** A customer as the CRM shows it. */
export function observedCustomer(
  { connection, bodyHash }: InboundMessage,
  type: CustomerObject,
  record: { readonly Id: string; readonly SystemModstamp: string; readonly CreatedDate: string },
  about: Pick<Customer, 'party' | 'addresses' | 'extensions'>,
): readonly CanonicalEvent[] {
  const ref = { connection, type, id: record.Id };
  return [
    {
      type: 'customer.observed',
      subject: { entity: 'customer', ref, founds: true },
      version: { at: record.SystemModstamp, hash: bodyHash },
      data: {
        schema: 'customer/1',
        id: foundedId('customer', ref),
        ...about,
        consents: [],
        taxExempt: false,
        taxExemptions: [],
        tags: [],
        note: null,
        createdAt: record.CreatedDate,
      },
    },
  ];
}
