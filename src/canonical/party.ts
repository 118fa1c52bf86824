import { z } from 'zod';
import {
  extensionsSchema,
  externalRefSchema,
  identifierSchema,
  instantSchema,
  textSchema,
} from './primitives.ts';

/** A postal address as the source states it; nothing in it is guessed. */
export const addressSchema = z
  .strictObject({
    name: z.string().nullable(),
    company: z.string().nullable(),
    lines: z.array(textSchema).max(4),
    city: z.string().nullable(),
    subdivision: z
      .string()
      .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/)
      .nullable()
      .describe('ISO 3166-2, e.g. "US-CA"'),
    subdivisionName: z.string().nullable().describe('as the source wrote it'),
    postalCode: z.string().nullable(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .nullable()
      .describe('ISO 3166-1 alpha-2'),
    phone: z.string().nullable(),
    extensions: extensionsSchema.exactOptional(),
  })
  .meta({ id: 'Address' });
export type Address = z.infer<typeof addressSchema>;

/** A tax or commercial registration number and its kind: VAT, GST, EIN, EORI ... */
export const registrationSchema = z
  .strictObject({
    kind: textSchema,
    number: textSchema,
    country: z.string().nullable(),
  })
  .meta({ id: 'Registration' });

const contactFields = {
  ref: externalRefSchema.nullable().describe('null for a guest'),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  phone: z.string().nullable(),
  language: z.string().nullable().describe('BCP 47'),
};

/** A human who buys, receives or is asked for. */
export const personSchema = z
  .strictObject({
    kind: z.literal('person'),
    ...contactFields,
    givenName: z.string().nullable(),
    familyName: z.string().nullable(),
  })
  .meta({ id: 'Person' });

/** A company as it buys: the company, the location it buys for, and the person who pressed the button. */
export const companySchema = z
  .strictObject({
    kind: z.literal('company'),
    ...contactFields,
    name: textSchema,
    location: z.strictObject({ ref: externalRefSchema, name: z.string().nullable() }).nullable(),
    contact: personSchema.nullable(),
    registrations: z.array(registrationSchema),
  })
  .meta({ id: 'Company' });

export const partySchema = z.discriminatedUnion('kind', [personSchema, companySchema]);
export type Person = z.infer<typeof personSchema>;
export type Company = z.infer<typeof companySchema>;
export type Party = z.infer<typeof partySchema>;

/** Who plays a role in an order, and where. Null where the source names nobody. */
export const partyRoleSchema = z
  .strictObject({
    party: partySchema.nullable(),
    address: addressSchema.nullable(),
    ref: externalRefSchema
      .exactOptional()
      .describe('the customer record, where the source gives a number and no name'),
    identifiers: z.array(identifierSchema).exactOptional(),
  })
  .meta({ id: 'PartyRole' });
export type PartyRole = z.infer<typeof partyRoleSchema>;

/** What a customer allows us to send, by channel. */
export const consentSchema = z.strictObject({
  channel: z.enum(['email', 'sms', 'phone', 'post']),
  state: z.enum(['subscribed', 'unsubscribed', 'pending', 'not-subscribed', 'redacted', 'invalid']),
  optIn: z.enum(['single', 'double', 'unknown']),
  at: instantSchema.nullable(),
});

/** A customer master record, whole, as its platform shows it. */
export const customerSchema = z
  .strictObject({
    schema: z.literal('customer/1'),
    id: textSchema,
    party: partySchema,
    addresses: z.array(
      z.strictObject({
        purpose: z.enum(['billing', 'shipping', 'both', 'other']),
        isDefault: z.boolean(),
        address: addressSchema,
      }),
    ),
    consents: z.array(consentSchema),
    taxExempt: z.boolean(),
    taxExemptions: z.array(textSchema),
    tags: z.array(textSchema),
    note: z.string().nullable(),
    madeFor: textSchema
      .exactOptional()
      .describe('our key of the customer for whom we made the record there, e.g. "customer:shop:7"'),
    locations: z
      .array(
        z.strictObject({
          ref: externalRefSchema,
          name: z.string().nullable(),
          address: addressSchema.nullable(),
        }),
      )
      .exactOptional()
      .describe('of a company: where it buys'),
    memberships: z
      .array(
        z.strictObject({
          company: externalRefSchema,
          location: externalRefSchema.nullable().describe('null: every location of the company'),
          role: textSchema.describe("what the person may do there, in the source's own word"),
        }),
      )
      .exactOptional()
      .describe('of a person: the companies that the person buys for'),
    createdAt: instantSchema.nullable(),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Customer' });
export type Customer = z.infer<typeof customerSchema>;
