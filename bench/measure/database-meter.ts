import pg from 'pg';

/** Counters of one database since it was made. */
export type DatabaseCounters = {
  readonly commits: number;
  readonly rollbacks: number;
  /** Rows written into tables: inserted, updated, deleted. */
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Updates that touched no index. */
  readonly hot: number;
  readonly walBytes: number;
};

export type TableSize = { readonly table: string; readonly bytes: number; readonly dead: number };

/** Back ends hand in their counters at most once a second, idle ones within ten. */
export const countersSettleMs = 11_000;

/** Reads what PostgreSQL counts, as its superuser, on a connection that is idle otherwise. */
export class DatabaseMeter {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async connect(url: string): Promise<DatabaseMeter> {
    const client = new pg.Client({ connectionString: url, application_name: 'bench' });
    client.on('error', () => undefined);
    await client.connect();
    return new DatabaseMeter(client);
  }

  async counters(): Promise<DatabaseCounters> {
    const [row] = await this.rows<Record<string, string>>(`
      select d.xact_commit as commits, d.xact_rollback as rollbacks, pg_current_wal_lsn() - '0/0'::pg_lsn as wal_bytes,
             t.inserted, t.updated, t.deleted, t.hot
        from pg_stat_database d,
             (select sum(n_tup_ins) as inserted, sum(n_tup_upd) as updated, sum(n_tup_del) as deleted, sum(n_tup_hot_upd) as hot
                from pg_stat_user_tables) t
       where d.datname = current_database()`);
    const number = (name: string): number => Number(row?.[name] ?? 0);
    return {
      commits: number('commits'),
      rollbacks: number('rollbacks'),
      inserted: number('inserted'),
      updated: number('updated'),
      deleted: number('deleted'),
      hot: number('hot'),
      walBytes: number('wal_bytes'),
    };
  }

  /** The largest tables with their indexes and dead rows. */
  async tables(limit = 12): Promise<readonly TableSize[]> {
    return this.rows<TableSize>(`
      select relname as table, pg_total_relation_size(relid)::float8 as bytes, n_dead_tup::float8 as dead
        from pg_stat_user_tables order by bytes desc limit ${limit}`);
  }

  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#client.query<Row>(sql, [...values]);
    return rows;
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}
