import type { OrgOptions } from './org-options.ts';
import type { FieldDef } from './schema.ts';

/** A text field. */
export const text = (name: string, length: number, more: Partial<FieldDef> = {}): FieldDef => ({
  name,
  type: 'string',
  length,
  ...more,
});
/** A reference to another record. */
export const lookup = (name: string, to: string, more: Partial<FieldDef> = {}): FieldDef => ({
  name,
  type: 'reference',
  to,
  relationship: name.replace(/Id$/, ''),
  ...more,
});
/** A number with two decimals. */
export const number = (name: string, more: Partial<FieldDef> = {}): FieldDef => ({
  name,
  type: 'double',
  scale: 2,
  ...more,
});
/** An amount in the record's currency. */
export const amount = (name: string, more: Partial<FieldDef> = {}): FieldDef => ({
  name,
  type: 'currency',
  ...more,
});
export const readOnly = { create: false, update: false };

/** The parts of addresses, e.g. `BillingStreet`. */
export const addresses = (options: OrgOptions, prefixes: readonly string[]): FieldDef[] =>
  prefixes.flatMap((prefix) => [
    { name: `${prefix}Street`, type: 'textarea', length: 255 } as const,
    text(`${prefix}City`, 40),
    text(`${prefix}PostalCode`, 20),
    text(`${prefix}State`, 80),
    text(`${prefix}Country`, 80),
    ...(options.stateCountryPicklists
      ? [text(`${prefix}StateCode`, 10), text(`${prefix}CountryCode`, 10)]
      : []),
  ]);

/** What fields an object has beyond its own. */
export type Extras = {
  readonly currency: FieldDef[];
  readonly externalId: FieldDef[];
  readonly recordType: FieldDef;
  readonly custom: (object: string) => FieldDef[];
};
