import Big from 'big.js';
import type { Json } from '#canonical/json.ts';
import { PlatformFault } from './platform-fault.ts';
import { normalId } from './record-ids.ts';
import type { RecordStore } from './record-store.ts';
import {
  type EmulatedRecord,
  type FieldDef,
  fieldNamed,
  type ObjectDef,
  relationshipNamed,
} from './schema.ts';

/** Decimals of currency fields, by the record's currency. */
export type CurrencyScale = (record: Readonly<Record<string, Json>>) => number;

/**
 * The body of a create or update as field values: names in their own spelling, lookups resolved, everything checked as Salesforce does.
 * @throws PlatformFault
 */
export function readFields(
  store: RecordStore,
  object: ObjectDef,
  body: Readonly<Record<string, Json>>,
  mode: 'create' | 'update',
  scale: CurrencyScale,
): Record<string, Json> {
  const values: Record<string, Json> = {};
  const forbidden: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (name === 'attributes') continue;
    const field = fieldNamed(object, name);
    if (field === undefined) {
      const relationship = relationshipNamed(object, name);
      if (relationship === undefined)
        throw new PlatformFault(
          'INVALID_FIELD',
          `No such column '${name}' on sobject of type ${object.name}`,
        );
      values[relationship.name] = byExternalId(store, relationship, value);
      if (relationship[mode] === false) forbidden.push(relationship.name);
      continue;
    }
    if (field[mode] === false || field.type === 'id') forbidden.push(field.name);
    values[field.name] = value;
  }
  if (forbidden.length > 0) {
    throw new PlatformFault(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Unable to create/update fields: ${forbidden.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
      { fields: forbidden },
    );
  }
  for (const [name, value] of Object.entries(values)) {
    const field = fieldNamed(object, name);
    if (field !== undefined) values[name] = checked(store, object, field, value, scale(values));
  }
  return values;
}

/** @throws PlatformFault REQUIRED_FIELD_MISSING naming all of them */
export function requireFields(object: ObjectDef, record: EmulatedRecord): void {
  const missing = [...object.fields.values()]
    .filter((field) => field.required === true && (record[field.name] ?? null) === null)
    .map((field) => field.name);
  if (missing.length > 0)
    throw new PlatformFault(
      'REQUIRED_FIELD_MISSING',
      `Required fields are missing: [${missing.join(', ')}]`,
      { fields: missing },
    );
}

function byExternalId(store: RecordStore, relationship: FieldDef, value: Json): Json {
  if (value === null) return null;
  const entries =
    typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value).filter(([name]) => name !== 'attributes')
      : [];
  const [name, key] = entries[0] ?? [];
  const target = store.object(relationship.to ?? '');
  const field = target === undefined || name === undefined ? undefined : fieldNamed(target, name);
  if (target === undefined || field?.externalId !== true || typeof key !== 'string' || entries.length !== 1) {
    throw new PlatformFault(
      'INVALID_FIELD',
      `Cannot reference a foreign key field ${relationship.relationship}.`,
    );
  }
  const found = store.by(target.name, field.name, key)[0];
  if (found === undefined)
    throw new PlatformFault(
      'INVALID_FIELD',
      `Foreign key external ID: ${key.toLowerCase()} not found for field ${field.name} in entity ${target.name}`,
    );
  return found.Id;
}

function checked(
  store: RecordStore,
  object: ObjectDef,
  field: FieldDef,
  value: Json,
  currencyScale: number,
): Json {
  if (value === null || value === '') return null;
  switch (field.type) {
    case 'boolean':
      if (typeof value !== 'boolean') throw badJson(field, 'boolean', value);
      return value;
    case 'double':
    case 'currency': {
      const exact = typeof value === 'number' ? value : Number.NaN;
      if (!Number.isFinite(exact)) throw badJson(field, 'double', value);
      return Number(
        new Big(exact)
          .round(field.type === 'currency' ? currencyScale : (field.scale ?? 2), Big.roundHalfUp)
          .toFixed(),
      );
    }
    case 'reference':
      return reference(store, object, field, value);
    case 'date':
      if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value))
        throw badJson(field, 'date', value);
      return value;
    case 'datetime':
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value)))
        throw badJson(field, 'datetime', value);
      return new Date(value).toISOString().replace('Z', '+0000');
    case 'id':
    case 'string':
    case 'textarea':
    case 'email':
    case 'phone':
    case 'picklist':
      return checkedText(field, value);
  }
}

function checkedText(field: FieldDef, value: Json): string {
  if (typeof value !== 'string') throw badJson(field, 'string', value);
  if (field.length !== undefined && value.length > field.length) {
    throw new PlatformFault(
      'STRING_TOO_LONG',
      `${field.name}: data value too large: ${value.slice(0, 40)} (max length=${field.length})`,
      { fields: [field.name] },
    );
  }
  if (field.type === 'email' && !/^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(value)) {
    throw new PlatformFault('INVALID_EMAIL_ADDRESS', `${field.name}: invalid email address: ${value}`, {
      fields: [field.name],
    });
  }
  if (field.values !== undefined && !field.values.includes(value)) {
    throw new PlatformFault(
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `${field.name}: bad value for restricted picklist field: ${value}`,
      { fields: [field.name] },
    );
  }
  return value;
}

function reference(store: RecordStore, object: ObjectDef, field: FieldDef, value: Json): string {
  const id = typeof value === 'string' ? normalId(value) : null;
  if (id === null)
    throw new PlatformFault(
      'MALFORMED_ID',
      `${field.name}: id value of incorrect type: ${JSON.stringify(value)}`,
      { fields: [field.name] },
    );
  const target = field.to ?? '';
  if (store.object(target) === undefined || store.get(target, id) === undefined) {
    throw new PlatformFault(
      'INVALID_CROSS_REFERENCE_KEY',
      `invalid cross reference id: ${object.name}.${field.name}`,
      { fields: [field.name] },
    );
  }
  return id;
}

const badJson = (field: FieldDef, type: string, value: Json): PlatformFault =>
  new PlatformFault(
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from VALUE_${typeof value === 'string' ? 'STRING' : 'OTHER'} value ${JSON.stringify(value).slice(0, 60)} for field ${field.name}`,
  );
