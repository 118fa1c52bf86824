import { z } from 'zod';
import type { MappingProblem } from '#connector-sdk/outcome.ts';
import type { NetSuiteClient, Session } from '../client.ts';
import { notInAccount } from '../answers/failure.ts';
import type { Looked, OrderCreateRequest, RecordName } from '../outbound/request.ts';
import { currenciesQuery, itemsQuery } from '../suiteql.ts';

/** NetSuite takes at most a thousand values in one list; well below that keeps the query short. */
const namesAtOnce = 200;

type Resolved = (looked: Looked) => RecordName;

/** Looks up what our data calls by name. @throws NetSuiteFailure `unmappable`, naming each name that the account does not have. */
export async function resolveNames(
  session: Session,
  client: NetSuiteClient,
  request: OrderCreateRequest,
): Promise<Resolved> {
  const { lines, rounding, currency } = request;
  const items = [...lines.map(({ item }) => item), ...(rounding === null ? [] : [rounding])];
  await lookUp(client, 'item', items, async (names) => {
    const pages = Math.ceil(names.length / namesAtOnce);
    const rows: { id: string; name: string }[] = [];
    for (let page = 0; page < pages; page += 1) {
      const some = names.slice(page * namesAtOnce, (page + 1) * namesAtOnce);
      rows.push(...z.array(itemRow).parse(await session.query(itemsQuery(some), 1000)));
    }
    return rows;
  });
  await lookUp(client, 'currency', [currency], async () =>
    z.array(currencyRow).parse(await session.query(currenciesQuery, 1000)),
  );

  const record = (looked: Looked): RecordName | null => {
    if (!('name' in looked.record)) return looked.record;
    const id = client.known.get(cacheKey(looked.table, looked.record.name));
    return id === null ? null : { id };
  };
  const missing = [...items, currency].filter((looked) => record(looked) === null);
  if (missing.length > 0) throw notInAccount(missing.map(problem));
  return (looked) => {
    const found = record(looked);
    // Kept a moment ago; gone only when the clock jumps.
    if (found === null) throw notInAccount([problem(looked)]);
    return found;
  };
}

const id = z.union([z.string(), z.int()]).transform(String);
const itemRow = z.object({ id, itemid: z.string() }).transform((row) => ({ id: row.id, name: row.itemid }));
const currencyRow = z
  .object({ id, symbol: z.string() })
  .transform((row) => ({ id: row.id, name: row.symbol }));

async function lookUp(
  client: NetSuiteClient,
  table: string,
  wanted: readonly Looked[],
  ask: (names: readonly string[]) => Promise<readonly { readonly id: string; readonly name: string }[]>,
): Promise<void> {
  const names = new Set(wanted.flatMap(({ record }) => ('name' in record ? [record.name] : [])));
  const unknown = [...names].filter((name) => client.known.get(cacheKey(table, name)) === null);
  if (unknown.length === 0) return;
  for (const row of await ask(unknown)) client.known.set(cacheKey(table, row.name), row.id);
}

const cacheKey = (table: string, name: string): string => `${table}\n${name}`;

const problem = ({ record, path, table, key }: Looked): MappingProblem => ({
  path,
  message: `NetSuite has no ${table} "${'name' in record ? record.name : key}"`,
  crosswalk: { table, key, proposal: null },
});
