import { createHash } from 'node:crypto';
import type { JsonObject } from '#canonical/json.ts';
import type { Call, PolledRecord } from '#connector-sdk/connector.ts';
import { failed, got, type Reply } from '../answers/failure.ts';
import { textAt } from '../answers/query-result.ts';
import type { SalesforceClient } from '../client.ts';
import type { OrgProfile } from '../org-profile.ts';
import { soqlLists } from '../soql.ts';
import { fieldsOf, keyFieldOf, restriction, type WatchedObject } from './watched-objects.ts';

export type ReadRow = { readonly object: WatchedObject; readonly row: JsonObject };
type Query = { readonly object: WatchedObject; readonly soql: string };

/** Queries that one composite request takes. */
const queriesPerCall = 5;

/** The records with these ids, deleted ones too, as few calls as can be: five queries of several hundred ids each in one. */
export async function readByIds(
  client: SalesforceClient,
  wanted: ReadonlyMap<WatchedObject, ReadonlySet<string>>,
  call: Call,
): Promise<Reply<readonly ReadRow[]>> {
  const { org } = client.config;
  const queries = [...wanted].flatMap(([object, ids]) =>
    soqlLists([...ids]).map((list) => ({
      object,
      soql: selection(object, org, [`Id IN (${list})`]),
    })),
  );
  return readAll(client, queries, call);
}

/** Runs queries over live and deleted records, five a call. */
export async function readAll(
  client: SalesforceClient,
  queries: readonly Query[],
  call: Call,
): Promise<Reply<readonly ReadRow[]>> {
  const rows: ReadRow[] = [];
  for (let from = 0; from < queries.length; from += queriesPerCall) {
    const some = queries.slice(from, from + queriesPerCall);
    const answer = await client.composite(
      some.map(({ soql }, index) => ({
        method: 'GET',
        path: `/queryAll?q=${encodeURIComponent(soql)}`,
        referenceId: `q${index}`,
      })),
      'read',
      call,
    );
    if (!answer.ok) return answer;
    for (const [index, { object }] of some.entries()) {
      const records = await client.recordsOf(answer.value.get(`q${index}`) ?? null, call);
      if (!records.ok) return records;
      rows.push(...records.value.map((row) => ({ object, row })));
    }
  }
  const nameless = rows.find(
    ({ row }) => textAt(row, 'Id') === null || textAt(row, 'SystemModstamp') === null,
  );
  return nameless === undefined
    ? got(rows)
    : failed({
        kind: 'unavailable',
        retryAfterMs: null,
        detail: `a row of ${nameless.object} without id or instant`,
      });
}

/** `SELECT ... FROM object WHERE ...` with all fields that are read of it. */
export function selection(
  object: WatchedObject,
  org: OrgProfile,
  conditions: readonly string[],
  rest = '',
): string {
  const more = restriction(object, org);
  const where = [...conditions, ...(more === null ? [] : [more])].join(' AND ');
  return `SELECT ${fieldsOf(object, org).join(', ')} FROM ${object} WHERE ${where}${rest}`;
}

/**
 * A row as a message. Its id names record, instant and content: what the stream and a query both bring is one message. `Key` is our key and
 * `CurrencyIsoCode` the org's currency, where the row has none.
 */
export function messageOf({ object, row }: ReadRow, org: OrgProfile): PolledRecord {
  const { attributes: _type, ...fields } = row;
  const keyField = keyFieldOf(object, org);
  const body: JsonObject = {
    ...fields,
    Key: keyField === null ? null : textAt(row, keyField),
    CurrencyIsoCode: textAt(row, 'CurrencyIsoCode') ?? org.currency,
  };
  const at = instantOf(textAt(row, 'SystemModstamp') ?? '');
  const content = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16);
  return {
    topic: object,
    sourceEventId: `${object},${textAt(row, 'Id')}@${at}#${content}`,
    occurredAt: at,
    body,
  };
}

/** A record that is gone and cannot be read any more. */
export function deletionOf(object: WatchedObject, id: string, atMs: number): PolledRecord {
  const at = new Date(atMs).toISOString();
  return {
    topic: object,
    sourceEventId: `${object},${id}@${at}#deleted`,
    occurredAt: at,
    body: { Id: id, IsDeleted: true, SystemModstamp: at, Key: null },
  };
}

/** `2026-11-24T10:00:00.000+0000` as `2026-11-24T10:00:00.000Z`; what is no instant stays as it is. */
export function instantOf(text: string): string {
  const ms = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}
