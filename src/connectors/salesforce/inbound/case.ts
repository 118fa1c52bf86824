import { z } from 'zod';
import { foundedId } from '#canonical/identity.ts';
import { plainMapping } from './plain-record.ts';
import { liveFields, momentSchema, optionalId, optionalText, refOf } from './record-body.ts';

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
export const caseMapping = plainMapping(
  { entity: 'case', type: 'Case', founds: true },
  bodySchema,
  (record, ref) => ({
    type: 'case.observed',
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
        refOf(ref.connection, 'Contact', record.ContactId) ??
        refOf(ref.connection, 'Account', record.AccountId),
      orderId: null,
      createdAt: record.CreatedDate,
      closedAt: record.ClosedDate,
      extensions: {},
    },
  }),
);
