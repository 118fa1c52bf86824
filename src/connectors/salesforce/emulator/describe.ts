import type { Json } from '#canonical/json.ts';
import type { OrgOptions } from './org-options.ts';
import type { RecordStore } from './record-store.ts';
import type { FieldDef, ObjectDef } from './schema.ts';

/** The describe result of an object, as far as clients look at it. */
export function describeObject(
  store: RecordStore,
  options: OrgOptions,
  object: ObjectDef,
  dataPath: string,
): Json {
  const recordTypes =
    store.object('RecordType') === undefined
      ? []
      : store.all('RecordType').filter((type) => type['SobjectType'] === object.name);
  return {
    ...summary(object, dataPath),
    fields: [...object.fields.values()].map((field) => describeField(options, field)),
    recordTypeInfos: [
      {
        name: 'Master',
        developerName: 'Master',
        recordTypeId: '012000000000000AAA',
        available: true,
        defaultRecordTypeMapping: recordTypes.length === 0,
        master: true,
        active: true,
      },
      ...recordTypes.map((type) => ({
        name: type['DeveloperName'] ?? '',
        developerName: type['DeveloperName'] ?? '',
        recordTypeId: type.Id,
        available: true,
        defaultRecordTypeMapping: false,
        master: false,
        active: true,
      })),
    ],
    childRelationships: [],
  };
}

/** One line of the list of objects. */
export function summary(object: ObjectDef, dataPath: string): Record<string, Json> {
  const writable = [...object.fields.values()].some((field) => field.create !== false);
  return {
    name: object.name,
    label: object.label,
    labelPlural: `${object.label}s`,
    keyPrefix: object.keyPrefix,
    custom: object.name.endsWith('__c'),
    createable: writable,
    updateable: writable,
    deletable: writable,
    queryable: true,
    retrieveable: true,
    searchable: true,
    undeletable: writable,
    triggerable: writable,
    mergeable: false,
    layoutable: true,
    activateable: object.name === 'Order',
    customSetting: false,
    deprecatedAndHidden: false,
    feedEnabled: false,
    replicateable: true,
    urls: {
      sobject: `${dataPath}/sobjects/${object.name}`,
      describe: `${dataPath}/sobjects/${object.name}/describe`,
      rowTemplate: `${dataPath}/sobjects/${object.name}/{ID}`,
    },
  };
}

function describeField(options: OrgOptions, field: FieldDef): Json {
  const numeric = field.type === 'double' || field.type === 'currency';
  return {
    name: field.name,
    label: field.name,
    type: field.type,
    length: field.type === 'id' || field.type === 'reference' ? 18 : (field.length ?? 0),
    byteLength: (field.length ?? 0) * 3,
    precision: numeric ? 18 : 0,
    scale: numeric ? (field.scale ?? 2) : 0,
    nillable: field.required !== true,
    custom: field.name.endsWith('__c'),
    createable: field.create !== false && field.type !== 'id',
    updateable: field.update !== false && field.type !== 'id',
    externalId: field.externalId === true,
    idLookup: field.externalId === true || field.type === 'id',
    unique: field.unique === true,
    caseSensitive: false,
    calculated: false,
    filterable: true,
    sortable: true,
    groupable: true,
    defaultedOnCreate: field.initial !== undefined,
    autoNumber: false,
    restrictedPicklist: field.values !== undefined,
    picklistValues: (field.values ?? (field.name === 'StatusCode' ? ['Draft', 'Activated'] : [])).map(
      (value) => ({
        value,
        label: value,
        active: true,
        defaultValue: value === (field.initial ?? options.orderStatuses[0]?.value),
        validFor: null,
      }),
    ),
    referenceTo: field.to === undefined ? [] : [field.to],
    relationshipName: field.relationship ?? null,
  };
}
