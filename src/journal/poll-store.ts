import { type Database, inTransaction } from './database.ts';
import { type IncomingMessage, type Receipt, storeMessages } from './intake-store.ts';
import type { MasterKey } from './sealed-box.ts';

export type PollTurn = { readonly cursor: string | null };

/** Takes the turn to poll, for one poller of one connection in the whole installation. Null when it is not due or another has it. */
export async function takePollTurn(
  database: Database,
  tenant: string,
  connection: string,
  poller: string,
  session: number,
): Promise<PollTurn | null> {
  // A turn that is ours already is one that ended without our being able to say so: a session polls each source once at a time.
  return inTransaction(database, [tenant], async (client) => {
    await client.query(
      `/* poll_begin */ insert into poll_cursor (tenant, connection, poller) values ($1, $2, $3) on conflict do nothing`,
      [tenant, connection, poller],
    );
    const { rows } = await client.query<{ cursor: string | null }>(
      `/* poll_take */ update poll_cursor set owner = $4 where tenant = $1 and connection = $2 and poller = $3 and next_at <= now()
         and (owner is null or owner = $4 or not exists (select from session s where s.session_id = owner and s.lease_until > now())) returning cursor`,
      [tenant, connection, poller, session],
    );
    return rows[0] ?? null;
  });
}

/** Stores what was read and moves the cursor, in one transaction: neither without the other. @throws Error when the turn was lost. */
export async function storePoll(
  database: Database,
  master: MasterKey,
  turn: {
    readonly tenant: string;
    readonly connection: string;
    readonly poller: string;
    readonly session: number;
    readonly cursor: string;
    /** `performance.now()` when the page was asked for that held all there was; null where the source has more. */
    readonly readAtMs: number | null;
    readonly nextInMs: number;
    readonly messages: readonly IncomingMessage[];
  },
): Promise<readonly Receipt[]> {
  return inTransaction(database, [turn.tenant], async (client) => {
    // Counted back from the transaction's begin, so that it is never taken for later than it was: our clock is not the database's.
    const readAgoMs = turn.readAtMs === null ? null : performance.now() - turn.readAtMs;
    const receipts = turn.messages.length === 0 ? [] : await storeMessages(client, master, turn.messages);
    const { rowCount } = await client.query(
      `/* poll_store */ update poll_cursor set cursor = $5, read_to = greatest(read_to, now() - $6 * interval '1 ms'), next_at = now() + $7 * interval '1 ms', owner = case when $7 > 0 then null else owner end
       where tenant = $1 and connection = $2 and poller = $3 and owner = $4`,
      [
        turn.tenant,
        turn.connection,
        turn.poller,
        turn.session,
        turn.cursor,
        readAgoMs,
        Math.round(turn.nextInMs),
      ],
    );
    if (rowCount !== 1) throw new Error(`the turn to poll ${turn.connection}/${turn.poller} was lost`);
    return receipts;
  });
}

/** Which of these records of a connection are linked to something here, each as `<type> <id>`. */
export async function linkedRecords(
  database: Database,
  tenant: string,
  connection: string,
  records: readonly { readonly type: string; readonly id: string }[],
): Promise<ReadonlySet<string>> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<{ type: string; external_id: string }>(
      `/* poll_linked */ select type, external_id from identity_link join unnest($3::text[], $4::text[]) as wanted(type, external_id) using (type, external_id)
       where tenant = $1 and connection = $2`,
      [tenant, connection, records.map(({ type }) => type), records.map(({ id }) => id)],
    );
    return new Set(rows.map((row) => `${row.type} ${row.external_id}`));
  });
}

/** Gives the turn back without having read anything. */
export async function endPollTurn(
  database: Database,
  tenant: string,
  connection: string,
  poller: string,
  session: number,
  nextInMs: number,
): Promise<void> {
  await inTransaction(database, [tenant], async (client) => {
    await client.query(
      `/* poll_end */ update poll_cursor set owner = null, next_at = now() + $5 * interval '1 ms' where tenant = $1 and connection = $2 and poller = $3 and owner = $4`,
      [tenant, connection, poller, session, Math.round(nextInMs)],
    );
  });
}
