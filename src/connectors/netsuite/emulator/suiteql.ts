import type { Json, JsonObject } from '#canonical/json.ts';
import { accountText } from '../account-time.ts';
import type { Account, Transaction } from './account.ts';
import { amountsOf, printed } from './amounts.ts';
import { Problem } from './problem.ts';

type Surroundings = { readonly account: Account; readonly nowMs: number; readonly timeZone: string };
/** Null stands for a column that is left out. */
type Row = Readonly<Record<string, Json>>;

/** The rows of a query, without those that the search does not know yet. @throws Problem for a query that no connector of ours sends */
export function suiteqlRows(q: string, at: Surroundings): readonly JsonObject[] {
  for (const [pattern, run] of queries) {
    const match = pattern.exec(q);
    if (match !== null) return run(match.groups ?? {}, at).map(withoutNulls);
  }
  throw new Problem(
    400,
    'INVALID_PARAMETER',
    `Invalid search query. The emulator does not know the query: ${q.slice(0, 200)}`,
  );
}

const withoutNulls = (row: Row): JsonObject => ({
  links: [],
  ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
});

type Run = (groups: Readonly<Record<string, string>>, at: Surroundings) => readonly Row[];
const time = String.raw`TO_CHAR\(t\.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS'\) AS modified`;
const since = String.raw`\(t\.lastmodifieddate > TO_DATE\('(?<at>[^']+)', 'YYYY-MM-DD HH24:MI:SS'\) OR \(t\.lastmodifieddate = TO_DATE\('[^']+', 'YYYY-MM-DD HH24:MI:SS'\) AND t\.id > (?<id>\d+)\)\) ORDER BY t\.lastmodifieddate, t\.id$`;
const ofOrders = String.raw`JOIN transactionline m ON m\.transaction = t\.id AND m\.mainline = 'T' JOIN transaction o ON o\.id = m\.createdfrom AND o\.type = 'SalesOrd' AND o\.(?<key>\w+) LIKE 'SO-%'`;

const queries: readonly (readonly [RegExp, Run])[] = [
  [
    /^SELECT TO_CHAR\(SYSDATE, 'YYYY-MM-DD HH24:MI:SS'\) AS now FROM DUAL$/,
    (_, { nowMs, timeZone }) => [{ now: accountText(nowMs, timeZone) }],
  ],
  [
    /^SELECT id, symbol FROM currency$/,
    (_, { account }) => account.data.currencies.map(({ id, symbol }) => ({ id, symbol })),
  ],
  [
    /^SELECT id, itemid FROM item WHERE isinactive = 'F' AND itemid IN \((?<names>.+)\)$/,
    ({ names = '' }, { account }) =>
      texts(names).flatMap((name) => {
        const item = account.itemByName(name);
        return item === undefined ? [] : [{ id: item.id, itemid: item.itemId }];
      }),
  ],
  [
    /^SELECT id FROM (?<table>item|subsidiary|location) WHERE id IN \((?<ids>[-\d, ]+)\)$/,
    ({ table, ids = '' }, { account: { data, itemById } }) =>
      ids.split(', ').flatMap((id) => {
        const known =
          table === 'item'
            ? itemById(id) !== undefined
            : data[table === 'location' ? 'locations' : 'subsidiaries'].includes(id);
        return known ? [{ id }] : [];
      }),
  ],
  [
    /^SELECT id, itemid, externalid FROM item WHERE id IN \((?<ids>[\d, ]+)\)$/,
    ({ ids = '' }, { account }) =>
      ids.split(', ').flatMap((id) => {
        const item = account.itemById(id);
        return item === undefined ? [] : [{ id, itemid: item.itemId, externalid: item.itemId }];
      }),
  ],
  [
    /^SELECT externalid FROM transaction WHERE type = 'SalesOrd' AND externalid IS NOT NULL AND externalid NOT LIKE 'SO-%' AND ROWNUM <= 1$/,
    (_, at) => {
      const other = orders(at).find(({ externalId }) => externalId !== null && !externalId.startsWith('SO-'));
      return other === undefined ? [] : [{ externalid: other.externalId }];
    },
  ],
  [
    /^SELECT id FROM (?<table>subsidiary|location) WHERE id = (?<id>\d+)$/,
    ({ table, id = '' }, { account: { data } }) =>
      (table === 'subsidiary' ? data.subsidiaries : data.locations).includes(id) ? [{ id }] : [],
  ],
  [
    /^SELECT (?<column>\w+) FROM (?:transaction|transactionline) WHERE ROWNUM <= 1$/,
    ({ column = '' }, { account }) => {
      assertColumn(account, column);
      return [];
    },
  ],
  [
    /^SELECT id FROM transaction WHERE type = 'SalesOrd' AND (?<key>\w+) = '(?<value>[^']*)'$/,
    ({ key = '', value }, at) =>
      orders(at)
        .filter((order) => keyOf(order, key, at.account) === value)
        .map(({ id }) => ({ id })),
  ],
  [
    /^SELECT t\.id, t\.type FROM transaction t JOIN transactionline m .+ WHERE m\.createdfrom = (?<id>\d+) AND t\.type IN \('ItemShip', 'CustInvc', 'CashSale'\)$/,
    ({ id = '' }, at) =>
      at.account
        .documentsOf(id)
        .filter((document) => isSearchable(document, at))
        .map((document) => ({ id: document.id, type: document.type })),
  ],
  [
    new RegExp(
      String.raw`^SELECT t\.id, t\.tranid, t\.status, t\.(?<key>\w+) AS ourkey, .+ AS credithold, ${time} FROM transaction t .+ WHERE t\.type = 'SalesOrd' AND t\.\w+ LIKE 'SO-%' AND ${since}`,
    ),
    ({ key = '', ...position }, at) =>
      changed(orders(at), position, at)
        .filter((order) => keyOf(order, key, at.account)?.startsWith('SO-'))
        .map((order) => ({
          ...head(order, at),
          ourkey: keyOf(order, key, at.account),
          ...totals(order, at),
          credithold: at.account.customers.get(order.entity)?.creditHold ?? null,
        })),
  ],
  [
    /^SELECT d\.recordid AS id, d\.name, .+ FROM deletedrecord d WHERE UPPER\(d\.type\) IN \([^)]+\) AND \(d\.deleteddate > TO_DATE\('(?<from>[^']+)', .+ AND d\.recordid > (?<after>\d+)\)\) ORDER BY d\.deleteddate, d\.recordid$/,
    ({ from = '', after = '0' }, { account, timeZone }) =>
      account.deleted
        .map(({ id, name, atMs }) => ({ id, name, modified: accountText(atMs, timeZone) }))
        .filter(({ id, modified }) => modified > from || (modified === from && Number(id) > Number(after))),
  ],
  [
    new RegExp(
      String.raw`^SELECT t\.id, t\.tranid, t\.status, .+ m\.location, o\.id AS orderid, ${time} FROM transaction t ${ofOrders} WHERE t\.type = 'ItemShip' AND ${since}`,
    ),
    ({ key = '', ...position }, at) =>
      changed(documents(at, ['ItemShip'], key), position, at).map((document) => ({
        ...head(document, at),
        trandate: document.tranDate,
        location: document.location,
        orderid: document.createdFrom,
      })),
  ],
  [
    new RegExp(
      String.raw`^SELECT t\.id, t\.type, t\.tranid, .+ o\.id AS orderid, ${time} FROM transaction t .+ ${ofOrders} WHERE t\.type IN \('CustInvc', 'CashSale'\) AND ${since}`,
    ),
    ({ key = '', ...position }, at) =>
      changed(documents(at, ['CustInvc', 'CashSale'], key), position, at).map((document) => ({
        ...head(document, at),
        type: document.type,
        trandate: document.tranDate,
        duedate: document.dueDate,
        ...totals(document, at),
        orderid: document.createdFrom,
      })),
  ],
  [
    /^SELECT l\.transaction, l\.id AS line, l\.quantity, i\.itemid AS sku(?:, l\.(?<field>\w+) AS lineid)? FROM transactionline l JOIN item i .+ IN \((?<ids>[\d, ]+)\)$/,
    ({ field, ids = '' }, at) => {
      if (field !== undefined) assertColumn(at.account, field);
      return children(ids, at, (document) =>
        document.lines.map((line) => ({
          line: String(line.line),
          quantity: `-${line.quantity}`,
          sku: at.account.itemById(line.item)?.itemId ?? null,
          lineid: field === undefined ? null : (line.custom[field] ?? null),
        })),
      );
    },
  ],
  [
    /^SELECT m\.transaction, n\.trackingnumber FROM TrackingNumberMap m .+ IN \((?<ids>[\d, ]+)\)$/,
    ({ ids = '' }, at) =>
      children(ids, at, ({ tracking }) => tracking.map((trackingnumber) => ({ trackingnumber }))),
  ],
  [
    /^SELECT l\.transaction, l\.id AS line, l\.foreignamount AS amount FROM transactionline l WHERE l\.taxline = 'T' AND l\.transaction IN \((?<ids>[\d, ]+)\)$/,
    ({ ids = '' }, at) =>
      children(ids, at, (document) =>
        amountsOf(at.account, document).tax.map((minor, index) => ({
          line: String(900 + index),
          amount: printed(-minor, at.account.currencyOf(document)),
        })),
      ),
  ],
  [
    /^SELECT l\.transaction, l\.id AS line, l\.quantityshiprecv AS shipped, l\.quantitybilled AS billed FROM transactionline l .+ IN \((?<ids>[\d, ]+)\)$/,
    ({ ids = '' }, at) =>
      children(ids, at, ({ lines }) =>
        lines.map(({ line, shipped, billed }) => ({ line: String(line), shipped, billed })),
      ),
  ],
];

const texts = (list: string): readonly string[] =>
  [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"));

const isSearchable = ({ searchableMs }: Transaction, { nowMs }: Surroundings): boolean =>
  searchableMs <= nowMs;
const orders = (at: Surroundings): readonly Transaction[] =>
  [...at.account.transactions.values()].filter(
    (order) => order.type === 'SalesOrd' && isSearchable(order, at),
  );
const documents = (at: Surroundings, types: readonly string[], key: string): readonly Transaction[] =>
  [...at.account.transactions.values()].filter((document) => {
    const order = at.account.transactions.get(document.createdFrom ?? '');
    return (
      types.includes(document.type) &&
      isSearchable(document, at) &&
      order !== undefined &&
      keyOf(order, key, at.account)?.startsWith('SO-') === true
    );
  });

function keyOf(order: Transaction, column: string, account: Account): string | null {
  if (column === 'externalid') return order.externalId;
  assertColumn(account, column);
  const value = order.fields[column];
  return typeof value === 'string' ? value : null;
}

/** @throws Problem as for any column that the account does not have. */
function assertColumn({ data }: Account, column: string): void {
  if (!data.customFields.includes(column))
    throw new Problem(400, 'INVALID_PARAMETER', `Invalid search query. Field '${column}' was not found.`);
}

/** Dates have seconds, so that records of one second are told apart by their id. */
function changed(
  records: readonly Transaction[],
  { at: from = '', id = '0' }: Readonly<Record<string, string>>,
  { timeZone }: Surroundings,
): readonly Transaction[] {
  return records
    .map((record) => ({
      record,
      modified: accountText(record.modifiedMs, timeZone),
      number: Number(record.id),
    }))
    .filter(({ modified, number }) => modified > from || (modified === from && number > Number(id)))
    .toSorted((a, b) => (a.modified === b.modified ? a.number - b.number : a.modified < b.modified ? -1 : 1))
    .map(({ record }) => record);
}

const head = ({ id, tranId, status, modifiedMs }: Transaction, { timeZone }: Surroundings): Row => ({
  id,
  tranid: tranId,
  status,
  modified: accountText(modifiedMs, timeZone),
});

function totals(record: Transaction, { account }: Surroundings): Row {
  const currency = account.currencyOf(record);
  return { total: printed(amountsOf(account, record).total, currency), currency };
}

const children = (
  ids: string,
  { account }: Surroundings,
  rows: (record: Transaction) => readonly Row[],
): readonly Row[] =>
  ids.split(', ').flatMap((id) => {
    const record = account.transactions.get(id);
    return record === undefined ? [] : rows(record).map((row) => ({ transaction: id, ...row }));
  });
