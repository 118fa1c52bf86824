import { z } from 'zod';
import type { NetSuiteConfig } from '../config.ts';
import { columnQuery, currenciesQuery, existsQuery, foreignKeyQuery } from '../suiteql.ts';
import { bad, type Check, ok, permissions } from './check.ts';

/** May the role see such records at all? Asked for one of them by REST. */
export const record = (type: 'salesOrder' | 'customer'): Check => ({
  name: `${type} records`,
  remedy: permissions,
  async run(session) {
    await session.read(`/${type}?limit=1`);
    return ok(`${type} records`, 'readable');
  },
});

export const currencies: Check = {
  name: 'currencies',
  remedy: permissions,
  async run(session) {
    const rows = z.array(z.object({ symbol: z.string() })).parse(await session.query(currenciesQuery, 1000));
    return ok('currencies', rows.map(({ symbol }) => symbol).join(', ') || 'none listed');
  },
};

/** The column exists when a query that names it runs. */
const column = (
  name: string,
  {
    table,
    field,
    remedy,
  }: {
    table: 'transaction' | 'transactionline';
    field: (config: NetSuiteConfig) => string | null;
    remedy: string;
  },
): Check => ({
  name,
  remedy,
  applies: ({ client }) => field(client.config) !== null,
  async run(session, { client }) {
    const id = field(client.config) ?? '';
    await session.query(columnQuery(table, id), 1);
    return ok(name, id);
  },
});

export const lineField = column('line field', {
  table: 'transactionline',
  field: (config) => config.lineField,
  remedy:
    'make a transaction column field of that id (free-form text, on sales and item fulfilments), or set lineField to null: shipments then name SKUs only',
});
export const keyField = column('key field', {
  table: 'transaction',
  field: (config) => config.keyField,
  remedy:
    'make a transaction body field of that id (free-form text, on sales), or set keyField to null to use externalId',
});

export const place = (name: 'subsidiary' | 'location'): Check => ({
  name,
  remedy: `name an internal id that this account has and the role may use; ids differ between sandbox and production (${permissions})`,
  applies: ({ client }) => client.config[name] !== null,
  async run(session, { client }) {
    const id = client.config[name] ?? '';
    const rows = await session.query(existsQuery(name, id), 1);
    return rows.length > 0
      ? ok(name, id)
      : bad(
          name,
          `there is no ${name} ${id}`,
          `set ${name} to an internal id of this account; they differ between sandbox and production`,
        );
  },
});

/** External ids of one type should all come from one integration: a second one fills them for its own use, or writes over them. */
export const externalIds: Check = {
  name: 'external ids',
  remedy: permissions,
  applies: ({ client }) => client.config.keyField === null,
  async run(session) {
    const [row] = z
      .array(z.object({ externalid: z.string() }))
      .parse(await session.query(foreignKeyQuery, 1));
    if (row === undefined) return ok('external ids', 'those of sales orders are ours alone');
    return {
      level: 'warning',
      check: 'external ids',
      detail: `sales orders carry external ids of somebody else, such as "${row.externalid}"`,
      remedy:
        'let one integration have the external ids of sales orders: make a body field for our key and name it in keyField, or end the other',
    };
  },
};
