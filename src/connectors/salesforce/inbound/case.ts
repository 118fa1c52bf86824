import { z } from 'zod';
import { foundedId } from '#canonical/identity.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { goneRecord, recordSubject } from './plain-record.ts';
import { liveFields, momentSchema, optionalId, optionalText, refOf } from './record-body.ts';

const about = { entity: 'case', type: 'Case', founds: true } as const;

const bodySchema = z.object({
  ...liveFields,
  CaseNumber: optionalText,
  Subject: optionalText,
  Status: z.string().trim().min(1),
  IsClosed: z.boolean(),
  Priority: optionalText,
  Origin: optionalText,
  Reason: optionalText,
  AccountId: optionalId,
  ContactId: optionalId,
  ClosedDate: momentSchema.nullable(),
});

/** `Case`: what somebody asks or complains about. */
export const caseMapping: InboundMapping = {
  subject: (body, connection) => recordSubject(body, connection, about),
  map(message) {
    const gone = goneRecord(message, about);
    if (gone !== null) return gone;
    const record = parseWith(bodySchema, message.body);
    const { connection } = message;
    const ref = { connection, type: about.type, id: record.Id };
    return [
      {
        type: 'case.observed',
        subject: { entity: about.entity, ref, founds: about.founds },
        version: { at: record.SystemModstamp, hash: message.bodyHash },
        data: {
          schema: 'case/1',
          id: foundedId('case', ref),
          ref,
          number: record.CaseNumber,
          subject: record.Subject,
          status: record.Status,
          closed: record.IsClosed,
          priority: record.Priority,
          origin: record.Origin,
          reason: record.Reason,
          customer:
            refOf(connection, 'Contact', record.ContactId) ?? refOf(connection, 'Account', record.AccountId),
          orderId: null,
          createdAt: record.CreatedDate,
          closedAt: record.ClosedDate,
          extensions: {},
        },
      },
    ];
  },
};
