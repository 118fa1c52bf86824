import { type Database, inTransaction } from './database.ts';

/** One row of a crosswalk: our key, the platform's word. */
export type CrosswalkRow = {
  readonly connection: string;
  readonly table: string;
  readonly key: string;
  readonly value: string;
};

/** By connection, table and key. */
export type CrosswalkTree = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>
>;
/** All active rows of one tenant; `version` changes with any of them. */
export type CrosswalkSnapshot = { readonly version: string; readonly rows: CrosswalkTree };

/** The version of a tenant without any row. */
const noRows = 'none';

/** The versions of tenants' active rows, cheap enough to be asked every second. */
export async function crosswalkVersions(
  database: Database,
  tenants: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return inTransaction(database, tenants, async (client) => {
    // Writers of active rows take turns (see crosswalk-import.ts), so that the newest row tells of them all. Proposals do not.
    const { rows } = await client.query<{ tenant: string; version: string | null }>({
      name: 'crosswalk_versions',
      text: `select t.tenant, (select c.updated_at::text from crosswalk c
          where c.tenant = t.tenant and (c.status = 'active' or c.source = 'retired') order by c.updated_at desc limit 1) as version
        from unnest($1::text[]) as t(tenant)`,
      values: [tenants],
    });
    return new Map(rows.map(({ tenant, version }) => [tenant, version ?? noRows]));
  });
}

/** A tenant's active rows. */
export async function loadCrosswalks(database: Database, tenant: string): Promise<CrosswalkSnapshot> {
  // The version first: rows that come in between are read twice rather than missed.
  const version = (await crosswalkVersions(database, [tenant])).get(tenant) ?? noRows;
  const rows = await inTransaction(
    database,
    [tenant],
    async (client) =>
      (
        await client.query<CrosswalkRow>({
          name: 'crosswalk_load',
          text: `select connection, crosswalk_table as table, key, value from crosswalk where tenant = $1 and status = 'active'`,
          values: [tenant],
        })
      ).rows,
  );
  return { version, rows: treeOf(rows) };
}

function treeOf(rows: readonly CrosswalkRow[]): CrosswalkTree {
  // `fromEntries` makes own properties of any name, `__proto__` too.
  const byConnection = Map.groupBy(rows, ({ connection }) => connection);
  return Object.fromEntries(
    [...byConnection].map(([connection, ofConnection]) => [
      connection,
      Object.fromEntries(
        [...Map.groupBy(ofConnection, ({ table }) => table)].map(([table, ofTable]) => [
          table,
          Object.fromEntries(ofTable.map(({ key, value }) => [key, value])),
        ]),
      ),
    ]),
  );
}

/** A row that something waits for, with the value it may have. */
export type CrosswalkProposal = {
  readonly connection: string;
  readonly table: string;
  readonly key: string;
  readonly proposal: string | null;
  /** Parked work that goes on by itself when the row is confirmed. */
  readonly waiting: number;
};

/** The rows that are missing, the most wanted first. Rows that were retired and that nobody asks for are left out. */
export async function listProposals(
  database: Database,
  tenant: string,
): Promise<readonly CrosswalkProposal[]> {
  return inTransaction(
    database,
    [tenant],
    async (client) =>
      (
        await client.query<CrosswalkProposal>({
          name: 'crosswalk_proposals',
          text: `select c.connection, c.crosswalk_table as table, c.key, c.proposal, w.waiting
            from crosswalk c cross join lateral (
              select count(*) as waiting from wait w
              where w.tenant = c.tenant and w.topic = format('crosswalk:%s:%s:%s', c.connection, c.crosswalk_table, c.key)
            ) w
            where c.tenant = $1 and c.status = 'proposed' and (c.source <> 'retired' or w.waiting > 0)
            order by w.waiting desc, c.connection, c.crosswalk_table, c.key`,
          values: [tenant],
        })
      ).rows,
  );
}
