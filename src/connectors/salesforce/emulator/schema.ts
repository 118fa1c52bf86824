import type { Json } from '#canonical/json.ts';

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'picklist'
  | 'boolean'
  | 'double'
  | 'currency'
  | 'date'
  | 'datetime'
  | 'reference';

export type FieldDef = {
  readonly name: string;
  readonly type: FieldType;
  readonly length?: number;
  readonly scale?: number;
  readonly required?: boolean;
  readonly create?: boolean;
  readonly update?: boolean;
  readonly externalId?: boolean;
  readonly unique?: boolean;
  /** Values of a restricted picklist. */
  readonly values?: readonly string[];
  /** Object a lookup points to, and the name of the relationship. */
  readonly to?: string;
  readonly relationship?: string;
  readonly initial?: Json;
};

export type ObjectDef = {
  readonly name: string;
  readonly label: string;
  readonly keyPrefix: string;
  readonly fields: ReadonlyMap<string, FieldDef>;
};

export type EmulatedRecord = { Id: string; [field: string]: Json };

/** Field names are compared without regard to case, as Salesforce does. */
export const fieldNamed = (object: ObjectDef, name: string): FieldDef | undefined =>
  object.fields.get(name.toLowerCase());

export const relationshipNamed = (object: ObjectDef, name: string): FieldDef | undefined =>
  [...object.fields.values()].find((field) => field.relationship?.toLowerCase() === name.toLowerCase());

export function defineObject(
  name: string,
  label: string,
  keyPrefix: string,
  fields: readonly FieldDef[],
): ObjectDef {
  const audit: FieldDef[] = [
    { name: 'Id', type: 'id', create: false, update: false },
    { name: 'CreatedDate', type: 'datetime', create: false, update: false },
    { name: 'LastModifiedDate', type: 'datetime', create: false, update: false },
    { name: 'SystemModstamp', type: 'datetime', create: false, update: false },
    { name: 'CreatedById', type: 'reference', create: false, update: false },
    { name: 'LastModifiedById', type: 'reference', create: false, update: false },
    { name: 'IsDeleted', type: 'boolean', create: false, update: false, initial: false },
  ];
  return {
    name,
    label,
    keyPrefix,
    fields: new Map([...audit, ...fields].map((field) => [field.name.toLowerCase(), field])),
  };
}

/** Text of a value that should be text, e.g. an id; '' for anything else. */
export const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** The name by which a parent calls the records that point to it through this lookup, e.g. `OrderItems`; null where it has none. */
export function childRelationship(child: ObjectDef, lookup: FieldDef): string | null {
  if (lookup.to === undefined) return null;
  if (lookup.name.endsWith('__c')) return `${child.name.replace(/__c$/, '')}s__r`;
  const usual = lookup.name === `${lookup.to}Id`;
  if (child.name === 'Account') return lookup.name === 'ParentId' ? 'ChildAccounts' : null;
  if (child.name === 'Opportunity') return usual ? 'Opportunities' : null;
  if (child.name === 'PricebookEntry') return usual ? 'PricebookEntries' : null;
  return usual ? `${child.name}s` : null;
}
