import { z } from 'zod';
import type { Json } from './json.ts';

/** An instant in UTC, RFC 3339 with milliseconds: `2026-11-24T15:57:05.000Z`. */
export type Instant = string;
export const instantSchema = z.iso.datetime({ precision: 3 }).meta({ id: 'Instant' });

/** A calendar date without a zone: `2026-11-24`. */
export const dateSchema = z.iso.date().meta({ id: 'CalendarDate' });

/** Text that must say something. */
export const textSchema = z.string().trim().min(1);

/** What one platform calls one record. Ids are text, so that ids beyond 2^53 survive. */
export const externalRefSchema = z
  .strictObject({
    connection: textSchema.describe('the connection through which the record is known, e.g. "shopify-us"'),
    type: textSchema.describe('the platform\'s own record type, e.g. "Order", "sale.sale"'),
    id: textSchema.describe("the platform's own id, unchanged"),
  })
  .meta({ id: 'ExternalRef' });
export type ExternalRef = z.infer<typeof externalRefSchema>;

export const jsonSchema: z.ZodType<Json> = z.json().meta({ id: 'Json' });

/** What we carry but do not interpret, by namespace (a platform or a retailer): `{ "shopify": { "risk": "low" } }`. */
export const extensionsSchema = z
  .record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.record(z.string(), jsonSchema))
  .meta({ id: 'Extensions' });
export type Extensions = z.infer<typeof extensionsSchema>;

/** Which state of a record the source showed us: its instant there and a hash of the body (SHA-256, hex). */
export const sourceVersionSchema = z
  .strictObject({ at: instantSchema, hash: textSchema })
  .meta({ id: 'SourceVersion' });
export type SourceVersion = z.infer<typeof sourceVersionSchema>;

/** A further name in a code list: a GTIN, a GLN, the buyer's own item number. Scheme in lower case, e.g. "gtin", "buyer-item", "x12-92". */
export const identifierSchema = z
  .strictObject({
    scheme: z.string().regex(/^[a-z][a-z0-9-]*$/),
    value: textSchema,
  })
  .meta({ id: 'Identifier' });
export type Identifier = z.infer<typeof identifierSchema>;

/** When something is wanted: a date or an instant at each end, null where it is open. One-sided terms leave the other end null. */
export const requestedWindowSchema = z
  .strictObject({
    kind: z
      .enum(['ship', 'deliver', 'cancel'])
      .describe('leave the sender, reach the receiver, or be given up'),
    notBefore: z.union([dateSchema, instantSchema]).nullable(),
    notAfter: z.union([dateSchema, instantSchema]).nullable(),
  })
  .meta({ id: 'RequestedWindow' });
export type RequestedWindow = z.infer<typeof requestedWindowSchema>;

/** A quantity with its unit of measure (UN/CEFACT Recommendation 20, `C62` = piece). */
export const unitSchema = z
  .string()
  .regex(/^[A-Z0-9]{2,3}$/, 'must be a UN/CEFACT Rec 20 code such as "C62"');
