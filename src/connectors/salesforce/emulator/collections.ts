import type { Json } from '#canonical/json.ts';
import { type Answer, faultRecord } from './answer.ts';
import { PlatformFault } from './platform-fault.ts';
import type { Body, Records, RequestHeaders } from './records.ts';
import { asText, type ObjectDef } from './schema.ts';
import type { Transaction } from './transaction.ts';

const maxRecords = 200;

export type CollectionRequest = {
  readonly method: string;
  readonly upsertBy: { readonly object: string; readonly field: string } | null;
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly headers: RequestHeaders;
  /** set by a composite request of the kind */ readonly allOrNone: boolean;
};

/** sObject Collections: up to 200 records, results in the order sent, HTTP 200 also when records failed. */
export function collectionAnswer(
  records: Records,
  transaction: Transaction,
  request: CollectionRequest,
): Answer {
  const start = transaction.savepoint();
  const { operations, allOrNone } =
    request.method === 'DELETE'
      ? deletions(records, transaction, request)
      : writes(records, transaction, request);
  const results = operations.map((operation) => outcomeOf(transaction, operation));
  const failed = results.some((result) => result.failed);
  if (!failed || !allOrNone) return { status: 200, body: results.map((result) => result.body) };
  transaction.rollback(start);
  const undone = faultRecord(
    new PlatformFault(
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'Record rolled back because not all records were valid and the request was using AllOrNone header',
    ),
  );
  return { status: 200, body: results.map((result) => (result.failed ? result.body : undone)) };
}

type Operation = () => Json;

function outcomeOf(
  transaction: Transaction,
  operation: Operation,
): { readonly failed: boolean; readonly body: Json } {
  const start = transaction.savepoint();
  try {
    return { failed: false, body: operation() };
  } catch (error) {
    if (!(error instanceof PlatformFault)) throw error;
    transaction.rollback(start);
    return { failed: true, body: faultRecord(error) };
  }
}

function deletions(
  records: Records,
  transaction: Transaction,
  { query, allOrNone }: CollectionRequest,
): { readonly operations: readonly Operation[]; readonly allOrNone: boolean } {
  const ids = (query.get('ids') ?? '').split(',').filter((id) => id !== '');
  limit(ids.length);
  const objectOf = (id: string): ObjectDef => {
    const object = records.store.objects.find((candidate) => candidate.keyPrefix === id.slice(0, 3));
    if (object === undefined) throw new PlatformFault('MALFORMED_ID', `malformed id ${id}`);
    return object;
  };
  return {
    allOrNone: allOrNone || query.get('allOrNone') === 'true',
    operations: ids.map((id) => () => {
      const object = objectOf(id);
      const record = records.byId(object, id);
      records.remove(transaction, object, id);
      return { id: record.Id, success: true, errors: [] };
    }),
  };
}

function writes(
  records: Records,
  transaction: Transaction,
  { method, upsertBy, body, headers, allOrNone }: CollectionRequest,
): { readonly operations: readonly Operation[]; readonly allOrNone: boolean } {
  const request = isObject(body) ? body : {};
  const list = request['records'];
  if (!Array.isArray(list)) throw new PlatformFault('JSON_PARSER_ERROR', 'records: array expected');
  limit(list.length);
  return {
    allOrNone: allOrNone || request['allOrNone'] === true,
    operations: list.map((record: Json) => () => {
      if (!isObject(record)) throw new PlatformFault('JSON_PARSER_ERROR', 'record: object expected');
      const { attributes, ...rest } = record;
      const type = isObject(attributes) ? asText(attributes['type']) : upsertBy?.object;
      if (type === undefined) throw new PlatformFault('INVALID_INPUT', 'record: attributes.type expected');
      const object = records.objectNamed(type);
      if (upsertBy !== null) return upsertOne(records, transaction, object, upsertBy.field, rest, headers);
      if (method === 'POST')
        return { id: records.create(transaction, object, rest, headers), success: true, errors: [] };
      const { id, ...fields } = caseless(rest);
      if (typeof id !== 'string')
        throw new PlatformFault('MISSING_ARGUMENT', 'Id not specified in an update call');
      const found = records.byId(object, id);
      records.update(transaction, object, id, fields, headers);
      return { id: found.Id, success: true, errors: [] };
    }),
  };
}

function upsertOne(
  records: Records,
  transaction: Transaction,
  object: ObjectDef,
  fieldName: string,
  record: Body,
  headers: RequestHeaders,
): Json {
  const field = records.externalIdField(object, fieldName);
  const { [field.name]: key, ...rest } = record;
  if (typeof key !== 'string')
    throw new PlatformFault('MISSING_ARGUMENT', `${field.name} not specified`, { fields: [field.name] });
  const saved = records.upsert(transaction, object, field.name, key, rest, headers);
  if ('several' in saved)
    throw new PlatformFault(
      'DUPLICATE_EXTERNAL_ID',
      `${field.name}: more than one record found for external id field: [${saved.several.join(', ')}]`,
      { fields: [field.name] },
    );
  return { id: saved.id, success: true, errors: [], created: saved.created };
}

function limit(count: number): void {
  if (count > maxRecords)
    throw new PlatformFault(
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${maxRecords} records in this call`,
    );
}

/** `Id` and `id` are the same member. */
const caseless = (record: Body): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name.toLowerCase() === 'id' ? 'id' : name, value]),
  );
export const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
