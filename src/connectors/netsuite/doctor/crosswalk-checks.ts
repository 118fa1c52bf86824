import { z } from 'zod';
import type { Session } from '../client.ts';
import { itemName, recordName } from '../outbound/record-name.ts';
import type { RecordName } from '../outbound/request.ts';
import { currenciesQuery, existingQuery, itemsQuery } from '../suiteql.ts';
import { bad, type Check, ok, permissions } from './check.ts';

const idRow = z.array(z.object({ id: z.union([z.string(), z.int()]).transform(String) }));
/** As many values as one list holds comfortably. */
const valuesAtOnce = 200;

type Row = { readonly key: string; readonly word: string; readonly record: RecordName };

/** Every word of a crosswalk that names a record which the account does not have. External ids are not looked up. */
function words(
  table: 'item' | 'location' | 'subsidiary' | 'currency',
  unknown: (rows: readonly Row[], session: Session) => Promise<readonly Row[]>,
): Check {
  const name = `crosswalk ${table}`;
  return {
    name,
    remedy: permissions,
    applies: ({ crosswalks }) => Object.keys(crosswalks[table] ?? {}).length > 0,
    async run(session, { crosswalks }) {
      const named =
        table === 'item' || table === 'currency' ? itemName : (word: string) => recordName(word, name);
      const rows = Object.entries(crosswalks[table] ?? {}).map(([key, word]) => ({
        key,
        word,
        record: named(word),
      }));
      const missing = await unknown(rows, session);
      if (missing.length === 0) return ok(name, `${rows.length} rows, all of them known to the account`);
      const some = missing.slice(0, 5).map(({ key, word }) => `"${key}" -> "${word}"`);
      return bad(
        name,
        `the account has no ${table} for ${some.join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`,
        `correct these rows (tallyport crosswalk import), or make the ${table} in NetSuite; internal ids differ between sandbox and production`,
      );
    },
  };
}

async function inGroups(
  values: readonly string[],
  ask: (some: readonly string[]) => Promise<readonly string[]>,
): Promise<ReadonlySet<string>> {
  const known: string[] = [];
  for (let from = 0; from < values.length; from += valuesAtOnce)
    known.push(...(await ask(values.slice(from, from + valuesAtOnce))));
  return new Set(known);
}

const byId =
  (table: 'item' | 'location' | 'subsidiary') =>
  async (rows: readonly Row[], session: Session): Promise<readonly Row[]> => {
    const ids = rows.flatMap(({ record }) => ('id' in record ? [record.id] : []));
    const known = await inGroups(ids, async (some) =>
      idRow.parse(await session.query(existingQuery(table, some), 1000)).map(({ id }) => id),
    );
    return rows.filter(({ record }) => 'id' in record && !known.has(record.id));
  };

async function unknownItems(rows: readonly Row[], session: Session): Promise<readonly Row[]> {
  const names = rows.flatMap(({ record }) => ('name' in record ? [record.name] : []));
  const known = await inGroups(names, async (some) =>
    z
      .array(z.object({ itemid: z.string() }))
      .parse(await session.query(itemsQuery(some), 1000))
      .map(({ itemid }) => itemid),
  );
  const unnamed = rows.filter(({ record }) => 'name' in record && !known.has(record.name));
  return [...unnamed, ...(await byId('item')(rows, session))];
}

async function unknownCurrencies(rows: readonly Row[], session: Session): Promise<readonly Row[]> {
  const listed = z
    .array(z.object({ id: z.union([z.string(), z.int()]).transform(String), symbol: z.string() }))
    .parse(await session.query(currenciesQuery, 1000));
  const known = new Set(listed.flatMap(({ id, symbol }) => [id, symbol]));
  return rows.filter(
    ({ record }) => !('externalId' in record) && !known.has('id' in record ? record.id : record.name),
  );
}

export const crosswalkChecks: readonly Check[] = [
  words('item', unknownItems),
  words('currency', unknownCurrencies),
  words('location', byId('location')),
  words('subsidiary', byId('subsidiary')),
];
