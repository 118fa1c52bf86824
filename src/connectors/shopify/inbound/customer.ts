import { z } from 'zod';
import type { Subject } from '#canonical/identity.ts';
import { foundedId } from '#canonical/identity.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Customer } from '#canonical/party.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { shopifyRef } from '../gid.ts';
import { canonicalAddress } from './canonical/parties.ts';
import { restAddress } from './source/rest-order.ts';
import { exactId, restAddressSchema } from './source/rest-schema.ts';
import { gidSchema, idSchema, instantSchema, optionalText } from './source/scalars.ts';

const idsSchema = z.object({ id: idSchema, admin_graphql_api_id: gidSchema('Customer').nullish() });

const bodySchema = idsSchema.extend({
  created_at: instantSchema,
  updated_at: instantSchema,
  first_name: optionalText,
  last_name: optionalText,
  email: optionalText,
  verified_email: z.boolean(),
  phone: optionalText,
  note: optionalText,
  tax_exempt: z.boolean(),
  tax_exemptions: z.array(z.string().trim().min(1)).nullish(),
  addresses: z.array(restAddressSchema.extend({ default: z.boolean().nullish() })).nullish(),
});

export const customerSubject = (connection: string, id: string): Subject => ({
  entity: 'customer',
  ref: shopifyRef(connection, 'Customer', id),
  founds: true,
});

/** A customer record, whole. Tags and consents have topics of their own since 2025-01, and are not in the body. */
export const customer: InboundMapping = {
  subject: (body, connection) => customerSubject(connection, exactId(parseWith(idsSchema, body))),
  map({ body, connection, bodyHash }): readonly CanonicalEvent[] {
    const source = parseWith(bodySchema, body);
    const subject = customerSubject(connection, exactId(source));
    const data: Customer = {
      schema: 'customer/1',
      id: foundedId('customer', subject.ref),
      party: {
        kind: 'person',
        ref: subject.ref,
        email: source.email,
        emailVerified: source.email !== null && source.verified_email,
        phone: source.phone,
        language: null,
        givenName: source.first_name,
        familyName: source.last_name,
      },
      addresses: (source.addresses ?? []).map((address) => ({
        purpose: 'both',
        isDefault: address.default === true,
        address: canonicalAddress(restAddress(address)),
      })),
      consents: [],
      taxExempt: source.tax_exempt,
      taxExemptions: source.tax_exemptions ?? [],
      tags: [],
      note: source.note,
      createdAt: source.created_at,
      extensions: {},
    };
    return [{ type: 'customer.observed', subject, version: { at: source.updated_at, hash: bodyHash }, data }];
  },
};
