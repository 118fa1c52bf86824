import { z } from 'zod';
import type { Json } from './json.ts';

/** An instant in UTC, RFC 3339 with milliseconds: `2026-11-24T15:57:05.000Z`. */
export type Instant = string;
export const instantSchema = z.iso.datetime({ precision: 3 });

/** A calendar date without a zone: `2026-11-24`. */
export const dateSchema = z.iso.date();

/** Text that must say something. */
export const textSchema = z.string().trim().min(1);

/** What one platform calls one record. Ids are text, so that ids beyond 2^53 survive. */
export const externalRefSchema = z.strictObject({
  connection: textSchema.describe('the connection through which the record is known, e.g. "shopify-us"'),
  type: textSchema.describe('the platform\'s own record type, e.g. "Order", "sale.sale"'),
  id: textSchema.describe('the platform\'s own id, unchanged'),
});
export type ExternalRef = z.infer<typeof externalRefSchema>;

export const jsonSchema: z.ZodType<Json> = z.json() as z.ZodType<Json>;

/** What we carry but do not interpret, by namespace (a platform or a retailer): `{ "shopify": { "risk": "low" } }`. */
export const extensionsSchema = z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.record(z.string(), jsonSchema));
export type Extensions = z.infer<typeof extensionsSchema>;

/** Which state of a record the source showed us: its instant there and a hash of the body (SHA-256, hex). */
export const sourceVersionSchema = z.strictObject({ at: instantSchema, hash: textSchema });
export type SourceVersion = z.infer<typeof sourceVersionSchema>;

/** A quantity with its unit of measure (UN/CEFACT Recommendation 20, `C62` = piece). */
export const unitSchema = z.string().regex(/^[A-Z0-9]{2,3}$/, 'must be a UN/CEFACT Rec 20 code such as "C62"');
