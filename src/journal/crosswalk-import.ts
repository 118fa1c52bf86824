import type pg from 'pg';
import { type AuditEntry, writeAudit } from './audit-store.ts';
import type { CrosswalkRow } from './crosswalk-store.ts';
import { type Database, inTransaction } from './database.ts';

/** What an import did. Rows that an operator set are left alone. */
export type CrosswalkImport = {
  readonly added: number;
  readonly changed: number;
  readonly retired: number;
  /** The operator's value stands, the file says something else. */
  readonly overruled: readonly (CrosswalkRow & { readonly operatorValue: string })[];
};

type StoredRow = Omit<CrosswalkRow, 'value'> & {
  readonly value: string | null;
  readonly status: 'active' | 'proposed';
  readonly source: string;
};
type Change = {
  readonly action: 'added' | 'changed' | 'retired';
  readonly row: CrosswalkRow;
  readonly from: string | null;
};

const rowId = ({ connection, table, key }: Omit<CrosswalkRow, 'value'>): string =>
  JSON.stringify([connection, table, key]);
const rowName = ({ connection, table, key }: Omit<CrosswalkRow, 'value'>): string =>
  `crosswalk:${connection}:${table}:${key}`;

/**
 * Makes a tenant's rows of source `file` what its files say: adds, changes, and retires those that are gone, each with an audit entry, and
 * wakes what waited for them, in one transaction. An operator's row wins over the file and is reported.
 */
export async function importCrosswalks(
  database: Database,
  tenant: string,
  rows: readonly CrosswalkRow[],
): Promise<CrosswalkImport> {
  return inTransaction(database, [tenant], async (client) => {
    await takeTurn(client, tenant);
    const stored = new Map((await allRows(client, tenant)).map((row) => [rowId(row), row]));
    const wanted = new Map(rows.map((row) => [rowId(row), row]));
    const active = (row: Omit<CrosswalkRow, 'value'>): StoredRow | null => {
      const found = stored.get(rowId(row));
      return found?.status === 'active' ? found : null;
    };

    const overruled = rows.flatMap((row) => {
      const value = active(row)?.source === 'operator' ? active(row)?.value : row.value;
      return value === row.value || value === null || value === undefined
        ? []
        : [{ ...row, operatorValue: value }];
    });
    const put = [...wanted.values()].flatMap((row): Change[] => {
      const before = active(row);
      if (before !== null && (before.source === 'operator' || before.value === row.value)) return [];
      return [{ action: before === null ? 'added' : 'changed', row, from: before?.value ?? null }];
    });
    const retired = [...stored.values()].flatMap((row): Change[] =>
      row.status === 'active' && row.source === 'file' && !wanted.has(rowId(row))
        ? [{ action: 'retired', row: { ...row, value: row.value ?? '' }, from: row.value }]
        : [],
    );

    await putRows(
      client,
      tenant,
      put.map(({ row }) => row),
      'file',
    );
    await retireRows(
      client,
      tenant,
      retired.map(({ row }) => row),
    );
    await writeAudit(
      client,
      tenant,
      [...put, ...retired].map((change) => auditOf(change, 'file')),
    );
    const count = (action: Change['action']): number =>
      put.filter((change) => change.action === action).length;
    return { added: count('added'), changed: count('changed'), retired: retired.length, overruled };
  });
}

/** Sets one row by an operator's word; it stands whatever the files say. */
export async function setCrosswalk(
  database: Database,
  tenant: string,
  row: CrosswalkRow,
  by: string,
): Promise<void> {
  await inTransaction(database, [tenant], async (client) => {
    await takeTurn(client, tenant);
    const before = (await allRows(client, tenant, row))[0];
    const isActive = before?.status === 'active';
    await putRows(client, tenant, [row], 'operator', by);
    await writeAudit(client, tenant, [
      auditOf({ action: isActive ? 'changed' : 'added', row, from: isActive ? before.value : null }, by),
    ]);
  });
}

/** Writers of one tenant's active rows go one after the other, so that the newest `updated_at` is the last commit's. */
async function takeTurn(client: pg.PoolClient, tenant: string): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended('crosswalk ' || $1, 0))`, [tenant]);
}

async function allRows(
  client: pg.PoolClient,
  tenant: string,
  one?: Omit<CrosswalkRow, 'value'>,
): Promise<readonly StoredRow[]> {
  const { rows } = await client.query<StoredRow>(
    `/* crosswalk_rows */ select connection, crosswalk_table as table, key, value, status, source from crosswalk
     where tenant = $1 and ($2::text is null or (connection = $2 and crosswalk_table = $3 and key = $4))`,
    [tenant, one?.connection, one?.table, one?.key],
  );
  return rows;
}

async function putRows(
  client: pg.PoolClient,
  tenant: string,
  rows: readonly CrosswalkRow[],
  source: 'file' | 'operator',
  by: string = source,
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `/* crosswalk_put */ insert into crosswalk (tenant, connection, crosswalk_table, key, value, status, source, updated_at)
     select $1, u.connection, u.crosswalk_table, u.key, u.value, 'active', $6, clock_timestamp()
     from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as u(connection, crosswalk_table, key, value) order by 2, 3, 4
     on conflict (tenant, connection, crosswalk_table, key) do update
       set value = excluded.value, status = 'active', proposal = null, source = excluded.source, updated_at = excluded.updated_at`,
    [tenant, ...columns(rows), rows.map(({ value }) => value), source],
  );
  await client.query(
    `/* crosswalk_wake */ select wake($1, w.topic, $3) from (select distinct topic from wait where tenant = $1 and topic = any ($2)) w order by w.topic`,
    [tenant, rows.map(rowName), by],
  );
}

/** A retired row stays as a proposal, so that whoever still needs it sees what it was. */
async function retireRows(
  client: pg.PoolClient,
  tenant: string,
  rows: readonly CrosswalkRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `/* crosswalk_retire */ update crosswalk c set status = 'proposed', proposal = c.value, value = null, source = 'retired', updated_at = clock_timestamp()
     from unnest($2::text[], $3::text[], $4::text[]) as u(connection, crosswalk_table, key)
     where c.tenant = $1 and c.connection = u.connection and c.crosswalk_table = u.crosswalk_table and c.key = u.key`,
    [tenant, ...columns(rows)],
  );
}

const columns = (rows: readonly CrosswalkRow[]): readonly string[][] => [
  rows.map(({ connection }) => connection),
  rows.map(({ table }) => table),
  rows.map(({ key }) => key),
];

const auditOf = ({ action, row, from }: Change, actor: string): AuditEntry => ({
  actor,
  action: `crosswalk.${action}`,
  subject: rowName(row),
  detail: { from, to: action === 'retired' ? null : row.value },
});
