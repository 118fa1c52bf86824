import { z } from 'zod';
import { decimal, type Decimal } from '#canonical/decimal.ts';
import { type Money, moneyFromDecimal } from '#canonical/money.ts';
import type { Address } from '#canonical/party.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import { unmappable } from '#connector-sdk/mapping.ts';

/** A record id in either length. */
export const idSchema = z.string().regex(/^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/, 'must be a Salesforce id');
export const optionalId = idSchema.nullable();
export const optionalText = z
  .string()
  .nullable()
  .transform((text) => (text === null || text.trim() === '' ? null : text));

/** `2026-11-24T10:00:00.000+0000` as an instant of ours. */
export const momentSchema = z.string().transform((text, context) => {
  const ms = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (/^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(ms)) return new Date(ms).toISOString();
  context.addIssue({ code: 'custom', message: 'must be a date and time' });
  return z.NEVER;
});

/** A JSON number, or its digits as text where a number could not hold them. */
export const exactNumber = z.union([z.number(), z.string()]).transform((value, context): Decimal => {
  const text = String(value);
  if (/^-?\d{1,18}(?:\.\d{1,18})?$/.test(text)) return decimal(text);
  context.addIssue({ code: 'custom', message: 'must be a plain number' });
  return z.NEVER;
});

/** What every record has that is still there. */
export const liveFields = {
  Id: idSchema,
  IsDeleted: z.literal(false),
  SystemModstamp: momentSchema,
  CreatedDate: momentSchema,
  Key: optionalText,
};

/** What is left of a record that was deleted; `MasterRecordId` names the one it was merged into. */
export const goneSchema = z.object({
  Id: idSchema,
  IsDeleted: z.literal(true),
  SystemModstamp: momentSchema,
  MasterRecordId: optionalId.optional(),
});

export const isGone = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'IsDeleted' in body && body.IsDeleted === true;

export const refOf = (connection: string, type: string, id: string | null): ExternalRef | null =>
  id === null ? null : { connection, type, id };

/** An amount as the org shows it. @throws UnmappableError when it has more decimals than its currency */
export function amountOf(value: Decimal | null, currency: string, path: string): Money<'presentment'> | null {
  if (value === null) return null;
  try {
    return moneyFromDecimal('presentment', currency, value);
  } catch (error) {
    if (error instanceof RangeError) throw unmappable(path, error.message);
    throw error;
  }
}

type AddressBody = { readonly [part: string]: unknown };
const part = z.string().nullish();

/** The parts of an address, e.g. `BillingStreet`; null where all of them are empty. A country is taken where the org states its code. */
export function addressOf(body: AddressBody, prefix: string): Address | null {
  const text = (name: string): string | null => {
    const read = part.safeParse(body[`${prefix}${name}`]);
    if (!read.success) throw unmappable(`${prefix}${name}`, 'must be text');
    const value = read.data?.trim() ?? '';
    return value === '' ? null : value;
  };
  const [street, city, postalCode, state, country] = [
    text('Street'),
    text('City'),
    text('PostalCode'),
    text('State'),
    text('Country'),
  ];
  const lines = (street ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const code = text('CountryCode') ?? (country !== null && /^[A-Z]{2}$/.test(country) ? country : null);
  const stateCode = text('StateCode');
  const subdivision = code === null || stateCode === null ? null : `${code}-${stateCode}`;
  if (lines.length === 0 && city === null && postalCode === null && state === null && country === null)
    return null;
  return {
    name: null,
    company: null,
    lines: lines.length <= 4 ? lines : [...lines.slice(0, 3), lines.slice(3).join(', ')],
    city,
    subdivision: subdivision !== null && /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(subdivision) ? subdivision : null,
    subdivisionName: state,
    postalCode,
    country: code !== null && /^[A-Z]{2}$/.test(code) ? code : null,
    phone: null,
    ...(country !== null && country !== code && { extensions: { salesforce: { country } } }),
  };
}
