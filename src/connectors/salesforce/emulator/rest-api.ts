import type { Json } from '#canonical/json.ts';
import { type Answer, answering } from './answer.ts';
import { collectionAnswer, isObject } from './collections.ts';
import { compositeAnswer, type Part } from './composite.ts';
import { graphAnswer, mostNodes } from './composite-graph.ts';
import { describeObject, summary } from './describe.ts';
import { computed } from './object-rules.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import type { QueryPages } from './query-pages.ts';
import type { Body, Records, RequestHeaders } from './records.ts';
import type { Transaction } from './transaction.ts';

/** A request below `/services/data/vNN.0`. */
export type RestRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly headers: RequestHeaders;
  readonly allOrNone: boolean;
};
export type RestParts = {
  readonly records: Records;
  readonly queries: QueryPages;
  readonly options: OrgOptions;
  readonly limits: () => Json;
  readonly dataPath: string;
};

const notFound = (): PlatformFault =>
  new PlatformFault('NOT_FOUND', 'The requested resource does not exist', { status: 404 });
const badMethod = (method: string): PlatformFault =>
  new PlatformFault('METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed.`, { status: 405 });
const gone = { status: 204, body: null };

/** Answers one request, or one part of a composite, within its transaction. */
export function restAnswer(parts: RestParts, transaction: Transaction, request: RestRequest): Answer {
  return answering(() => {
    const steps = request.path
      .split('/')
      .filter((step) => step !== '')
      .map((step) => decodeURIComponent(step));
    switch (steps[0]) {
      case undefined:
        return {
          status: 200,
          body: {
            sobjects: `${parts.dataPath}/sobjects`,
            query: `${parts.dataPath}/query`,
            limits: `${parts.dataPath}/limits`,
            composite: `${parts.dataPath}/composite`,
          },
        };
      case 'limits':
        return { status: 200, body: parts.limits() };
      case 'query':
      case 'queryAll':
        return { status: 200, body: queryAnswer(parts, request, steps[0], steps[1]) };
      case 'tooling':
        if (steps[1] !== 'query') throw notFound();
        return { status: 200, body: queryAnswer(parts, request, 'query', steps[2]) };
      case 'composite':
        return compositeRoute(parts, transaction, request, steps);
      case 'sobjects':
        return sobjectRoute(parts, transaction, request, steps.slice(1));
      default:
        throw notFound();
    }
  });
}

function queryAnswer(
  { queries, dataPath }: RestParts,
  { query, headers }: RestRequest,
  resource: 'query' | 'queryAll',
  locator: string | undefined,
): Json {
  if (locator !== undefined) return queries.next(locator, dataPath);
  const soql = query.get('q') ?? '';
  if (query.get('columns') === 'true') return queries.columns(soql);
  const asked = /batchSize=(\d+)/i.exec(headers['sforce-query-options'] ?? '')?.[1];
  const scope = resource === 'queryAll' ? 'all' : 'live';
  return queries.first(soql, dataPath, scope, asked === undefined ? undefined : Number(asked));
}

function compositeRoute(
  parts: RestParts,
  transaction: Transaction,
  request: RestRequest,
  steps: readonly string[],
): Answer {
  const runPart = (part: Part): Answer => {
    const url = new URL(part.url, 'http://org');
    if (!url.pathname.startsWith(`${parts.dataPath}/`))
      throw new PlatformFault('NOT_FOUND', `The requested resource does not exist: ${url.pathname}`, {
        status: 404,
      });
    return restAnswer(parts, transaction, {
      method: part.method,
      path: url.pathname.slice(parts.dataPath.length),
      query: url.searchParams,
      body: part.body,
      headers: { ...request.headers, ...part.headers },
      allOrNone: part.allOrNone,
    });
  };
  if (steps[1] === undefined || steps[1] === 'graph') {
    if (request.method !== 'POST') throw badMethod(request.method);
    if (steps[1] === undefined) return compositeAnswer(transaction, request.body, runPart);
    const run = (body: Json): Json => compositeAnswer(transaction, body, runPart, mostNodes).body;
    return { status: 200, body: graphAnswer(request.body, run) };
  }
  if (steps[1] !== 'sobjects') throw notFound();
  const [, , object, field] = steps;
  const { method, query, body, headers, allOrNone } = request;
  if (object !== undefined && field !== undefined && method !== 'PATCH') throw badMethod(method);
  return collectionAnswer(parts.records, transaction, {
    method,
    query,
    body,
    headers,
    allOrNone,
    upsertBy: object === undefined || field === undefined ? null : { object, field },
  });
}

function sobjectRoute(
  parts: RestParts,
  transaction: Transaction,
  request: RestRequest,
  steps: readonly string[],
): Answer {
  const { records, options, dataPath } = parts;
  const [name, second, third] = steps;
  if (name === undefined)
    return {
      status: 200,
      body: {
        encoding: 'UTF-8',
        maxBatchSize: 200,
        sobjects: records.store.objects.map((object) => summary(object, dataPath)),
      },
    };
  const object = records.objectNamed(name);
  if (second === 'describe')
    return { status: 200, body: describeObject(records.store, options, object, dataPath) };
  const body = isObject(request.body) ? request.body : {};
  if (second === undefined) {
    if (request.method === 'GET')
      return { status: 200, body: { objectDescribe: summary(object, dataPath), recentItems: [] } };
    if (request.method !== 'POST') throw badMethod(request.method);
    return {
      status: 201,
      body: { id: records.create(transaction, object, body, request.headers), success: true, errors: [] },
    };
  }
  if (third !== undefined) return byExternalId(parts, transaction, request, object.name, second, third, body);
  switch (request.method) {
    case 'GET':
      return {
        status: 200,
        body: whole(parts, object.name, records.byId(object, second).Id, request.query.get('fields')),
      };
    case 'PATCH':
      records.update(transaction, object, second, body, request.headers);
      return gone;
    case 'DELETE':
      records.remove(transaction, object, second);
      return gone;
    default:
      throw badMethod(request.method);
  }
}

function byExternalId(
  parts: RestParts,
  transaction: Transaction,
  request: RestRequest,
  objectName: string,
  fieldName: string,
  key: string,
  body: Body,
): Answer {
  const { records, dataPath } = parts;
  const object = records.objectNamed(objectName);
  const several = (ids: readonly string[]): Answer => ({
    status: 300,
    body: ids.map((id) => `${dataPath}/sobjects/${object.name}/${id}`),
  });
  const field = records.externalIdField(object, fieldName);
  const matches = records.store.by(object.name, field.name, key);
  if (request.method === 'PATCH') {
    if (matches.length === 0 && request.query.get('updateOnly') === 'true') throw notFound();
    const saved = records.upsert(transaction, object, field.name, key, body, request.headers);
    if ('several' in saved) return several(saved.several);
    return {
      status: saved.created ? 201 : 200,
      body: { id: saved.id, success: true, errors: [], created: saved.created },
    };
  }
  const [match] = matches;
  if (match === undefined) throw notFound();
  if (matches.length > 1) return several(matches.map((record) => record.Id));
  if (request.method === 'DELETE') {
    records.remove(transaction, object, match.Id);
    return gone;
  }
  if (request.method !== 'GET') throw badMethod(request.method);
  return { status: 200, body: whole(parts, object.name, match.Id, request.query.get('fields')) };
}

function whole(
  { records, options, dataPath }: RestParts,
  objectName: string,
  id: string,
  fields: string | null,
): Json {
  const object = records.objectNamed(objectName);
  const record = records.byId(object, id);
  const names = fields?.split(',').map((field) => field.trim().toLowerCase());
  const shown = [...object.fields.values()].filter(
    (field) => names === undefined || names.includes(field.name.toLowerCase()),
  );
  return {
    attributes: { type: object.name, url: `${dataPath}/sobjects/${object.name}/${record.Id}` },
    Id: record.Id,
    ...Object.fromEntries(
      shown.map((field) => [
        field.name,
        computed(records.store, options, object.name, field.name, record) ?? record[field.name] ?? null,
      ]),
    ),
  };
}
