import pg from 'pg';
import { inject } from 'vitest';

/** A superuser's hands on one test's database: what a full disk, a fail-over or a careless person does to it. */
export type DatabaseFaults = AsyncDisposable & {
  /** From now on every commit that wrote to `table` fails, as on a disk that is full; until `freeDisk`. */
  fillDisk(table: string): Promise<void>;
  freeDisk(): Promise<void>;
  /** Commits that the full disk made fail so far. */
  failedCommits(): Promise<number>;
  /** No new connections for the engine's role, and the present ones end; until `letIn`. */
  shutOut(): Promise<void>;
  letIn(): Promise<void>;
  /** A stand-by that was not promoted yet: it reads and refuses to write; until `promote`. */
  demote(): Promise<void>;
  promote(): Promise<void>;
  /** Ends the engine's connections of one kind. Answers how many there were. */
  cut(applicationName: string): Promise<number>;
  /** A person's open transaction that holds rows or tables, until it is ended. */
  hold(sql: string): Promise<{ release(): Promise<void> }>;
  /** Connections of the engine that wait for a lock, with a statement that holds this text. */
  waitingForLock(statement?: string): Promise<number>;
};

/** `url` leads to the database as the engine reaches it. */
export async function databaseFaults(url: string): Promise<DatabaseFaults> {
  const superuserUrl = inject('postgresSuperuserUrl').replace(/\/postgres$/, new URL(url).pathname);
  const admin = new pg.Client({ connectionString: superuserUrl, application_name: 'faults' });
  await admin.connect();
  const holders: pg.Client[] = [];
  const name = admin.escapeIdentifier(new URL(superuserUrl).pathname.slice(1));
  // Counted in a sequence, since nothing else outlives the transactions that fail.
  await admin.query(`create sequence disk_full_count;
    create function disk_is_full() returns trigger security definer language plpgsql as $$
    begin
      perform nextval('disk_full_count');
      raise exception 'could not extend file: No space left on device' using errcode = '53100';
    end $$`);
  const end = async (where: string, values: unknown[] = []): Promise<number> =>
    (
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${where}`,
        values,
      )
    ).rowCount ?? 0;
  const ofEngine = `usename = 'tallyport'`;
  let full: string | null = null;
  return {
    async fillDisk(table) {
      full = table;
      await admin.query(
        `create constraint trigger disk_full after insert or update or delete on ${table} deferrable initially deferred for each row execute function disk_is_full()`,
      );
    },
    async freeDisk() {
      if (full !== null) await admin.query(`drop trigger disk_full on ${full}`);
      full = null;
    },
    async failedCommits() {
      const { rows } = await admin.query<{ last_value: string; is_called: boolean }>(
        'select * from disk_full_count',
      );
      return rows[0]?.is_called === true ? Number(rows[0].last_value) : 0;
    },
    async shutOut() {
      await admin.query(`alter database ${name} connection limit 0`);
      await end(ofEngine);
    },
    letIn: async () => void (await admin.query(`alter database ${name} connection limit -1`)),
    async demote() {
      await admin.query(`alter database ${name} set default_transaction_read_only = on`);
      await end(ofEngine);
    },
    async promote() {
      await admin.query(`alter database ${name} reset default_transaction_read_only`);
      await end(ofEngine);
    },
    cut: (applicationName) => end('application_name = $1', [applicationName]),
    async hold(sql) {
      const holder = new pg.Client({ connectionString: superuserUrl, application_name: 'holder' });
      await holder.connect();
      holders.push(holder);
      await holder.query('begin');
      await holder.query(sql);
      return { release: async () => void (await holder.query('rollback')) };
    },
    async waitingForLock(statement = '') {
      const { rowCount } = await admin.query(
        `select from pg_stat_activity where datname = current_database() and ${ofEngine} and wait_event_type = 'Lock' and position($1 in query) > 0`,
        [statement],
      );
      return rowCount ?? 0;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(holders.map((holder) => holder.end()));
      await admin.end();
    },
  };
}
