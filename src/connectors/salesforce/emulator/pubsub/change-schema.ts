import { createHash } from 'node:crypto';
import avro from 'avsc';
import type { Json } from '#canonical/json.ts';
import { asText, type EmulatedRecord, type FieldDef, type ObjectDef } from '../schema.ts';

/** One field of a change event's schema, made of one or, where it is compound, several fields of the record. */
export type Slot = {
  readonly name: string;
  readonly schema: Json;
  readonly parts: readonly { readonly name: string; readonly field: FieldDef }[];
  readonly compound: boolean;
};
export type EventSchema = {
  readonly id: string;
  readonly json: string;
  readonly type: avro.Type;
  readonly slots: readonly Slot[];
};

const texts = { type: 'array', items: 'string' };
const header = {
  type: 'record',
  name: 'ChangeEventHeader',
  fields: [
    { name: 'entityName', type: 'string' },
    { name: 'recordIds', type: texts },
    {
      name: 'changeType',
      type: {
        type: 'enum',
        name: 'ChangeType',
        symbols: [
          'CREATE',
          'UPDATE',
          'DELETE',
          'UNDELETE',
          'GAP_CREATE',
          'GAP_UPDATE',
          'GAP_DELETE',
          'GAP_UNDELETE',
          'GAP_OVERFLOW',
          'SNAPSHOT',
        ],
      },
    },
    { name: 'changeOrigin', type: 'string' },
    { name: 'transactionKey', type: 'string' },
    { name: 'sequenceNumber', type: 'int' },
    { name: 'commitTimestamp', type: 'long' },
    { name: 'commitNumber', type: 'long' },
    { name: 'commitUser', type: 'string' },
    { name: 'nulledFields', type: texts },
    { name: 'diffFields', type: texts },
    { name: 'changedFields', type: texts },
  ],
};

/** Never in a change event: the id stands in the header, the others are left out by the platform. */
const leftOut = new Set(['Id', 'SystemModstamp', 'IsDeleted', 'StatusCode', 'IsClosed']);
const addressParts = ['Street', 'City', 'State', 'PostalCode', 'Country', 'StateCode', 'CountryCode'];

/** The schema of an object's change events: its header first, then its fields, with addresses and persons' names as compound ones. */
export function changeEventSchema(object: ObjectDef): EventSchema {
  const slots = slotsOf(object);
  let addressIsDefined = false;
  const fields = slots.map((slot) => {
    if (!slot.compound)
      return { name: slot.name, type: slot.schema, doc: `Data:${slot.parts[0]?.field.type ?? ''}` };
    const isAddress = slot.name.endsWith('Address');
    const type = isAddress && addressIsDefined ? ['null', 'Address'] : slot.schema;
    addressIsDefined ||= isAddress;
    return { name: slot.name, type, default: null };
  });
  return schemaOf(
    `${eventName(object.name)}`,
    [{ name: 'ChangeEventHeader', type: header }, ...fields],
    slots,
  );
}

/** The schema that stands for a channel of several entities: the header alone. */
export const channelSchema = (): EventSchema =>
  schemaOf('ChangeEvents', [{ name: 'ChangeEventHeader', type: header }], []);

/** The schema of a platform event, e.g. `Stock_Low__e`. */
export function platformEventSchema(name: string, fields: readonly FieldDef[]): EventSchema {
  return schemaOf(
    name,
    [
      { name: 'CreatedDate', type: 'long' },
      { name: 'CreatedById', type: 'string' },
      ...fields.map((field) => ({ name: field.name, type: avroType(field), default: null })),
    ],
    [],
  );
}

/** `Account` as `AccountChangeEvent`, `Loyalty__c` as `Loyalty__ChangeEvent`. */
export const eventName = (object: string): string =>
  object.endsWith('__c') ? `${object.slice(0, -1)}ChangeEvent` : `${object}ChangeEvent`;

function schemaOf(name: string, fields: readonly Json[], slots: readonly Slot[]): EventSchema {
  const json = JSON.stringify({ type: 'record', name, namespace: 'com.sforce.eventbus', fields });
  return {
    id: createHash('md5').update(json).digest('base64url'),
    json,
    type: avro.Type.forSchema(JSON.parse(json) as avro.Schema),
    slots,
  };
}

function slotsOf(object: ObjectDef): readonly Slot[] {
  const fields = [...object.fields.values()].filter((field) => !leftOut.has(field.name));
  const slots: Slot[] = [];
  const taken = new Set<string>();
  const compound = (
    name: string,
    record: string,
    parts: Slot['parts'],
    plain: readonly Json[] = [],
  ): void => {
    for (const { field } of parts) taken.add(field.name);
    const type = {
      type: 'record',
      name: record,
      fields: parts.map((part) => ({ name: part.name, type: avroType(part.field), default: null })),
    };
    slots.push({ name, schema: ['null', ...plain, type], parts, compound: true });
  };
  const named = (name: string): FieldDef | undefined => fields.find((field) => field.name === name);
  for (const field of fields) {
    if (taken.has(field.name)) continue;
    const prefix = /^(Billing|Shipping|Mailing)Street$/.exec(field.name)?.[1];
    if (prefix !== undefined) {
      compound(
        `${prefix}Address`,
        'Address',
        addressParts.flatMap((part) => {
          const found = named(`${prefix}${part}`);
          return found === undefined ? [] : [{ name: part, field: found }];
        }),
      );
      continue;
    }
    const nameParts = ['FirstName', 'LastName'].flatMap((name) => {
      const found = named(name);
      return found === undefined ? [] : [{ name, field: found }];
    });
    if (object.name === 'Contact' && field.name === 'FirstName') {
      compound('Name', 'PersonName', nameParts);
      continue;
    }
    if (object.name === 'Account' && field.name === 'Name' && nameParts.length > 0) {
      compound('Name', 'Switchable_PersonName', nameParts, ['string']);
      taken.add('Name');
      continue;
    }
    slots.push({
      name: field.name,
      schema: avroType(field),
      parts: [{ name: field.name, field }],
      compound: false,
    });
  }
  return slots;
}

function avroType(field: FieldDef): Json {
  switch (field.type) {
    case 'boolean':
      return ['null', 'boolean'];
    case 'double':
    case 'currency':
      return ['null', 'double'];
    case 'date':
    case 'datetime':
      return ['null', 'long'];
    default:
      return ['null', 'string'];
  }
}

/** A record's value as the schema carries it: dates as milliseconds, text as text. */
export function avroValue(field: FieldDef, value: Json | undefined): Json {
  if (value === null || value === undefined) return null;
  if (field.type === 'date' || field.type === 'datetime')
    return Date.parse(asText(value).replace('+0000', 'Z'));
  return value;
}

/** A slot's value in a record; null where none of its parts has one. */
export function slotValue(slot: Slot, record: Readonly<EmulatedRecord>): Json {
  if (!slot.compound) {
    const field = slot.parts[0]?.field;
    return field === undefined ? null : avroValue(field, record[field.name]);
  }
  const values = slot.parts.map(({ name, field }) => [name, avroValue(field, record[field.name])] as const);
  if (values.every(([, value]) => value === null))
    return slot.name === 'Name' ? (record['Name'] ?? null) : null;
  return Object.fromEntries(values);
}
