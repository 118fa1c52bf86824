import { type Database, inTransaction } from '#journal/database.ts';

export type ReplayFilter = {
  readonly messageId?: number;
  readonly connection?: string;
  readonly topic?: string;
  readonly entity?: string;
  /** RFC 3339. */
  readonly from?: string;
  readonly to?: string;
  /** What became of them last time. */
  readonly disposition?: 'applied' | 'superseded' | 'rejected' | 'parked';
  readonly limit: number;
};
export type ReplayCandidate = {
  readonly messageId: number;
  readonly entity: string;
  readonly connection: string;
  readonly topic: string;
  readonly receivedAt: string;
  readonly disposition: string | null;
};

/** Which messages a replay would take in again, oldest first. Those still in flight are left out. */
export async function previewReplay(
  database: Database,
  tenant: string,
  filter: ReplayFilter,
): Promise<readonly ReplayCandidate[]> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<Omit<ReplayCandidate, 'receivedAt'> & { receivedAt: Date }>(
      `/* replay_preview */ select m.message_id as "messageId", m.entity, m.connection, m.topic, m.received_at as "receivedAt", f.disposition
       from message m left join lateral (select e.disposition from event_log e where e.tenant = m.tenant and e.message_id = m.message_id order by e.event_id desc limit 1) f on true
       where m.tenant = $1 and m.entity is not null and ($2::bigint is null or m.message_id = $2) and ($3::text is null or m.connection = $3) and ($4::text is null or m.topic = $4)
         and ($5::text is null or m.entity = $5) and ($6::timestamptz is null or m.received_at >= $6) and ($7::timestamptz is null or m.received_at < $7) and ($8::text is null or f.disposition = $8)
         and not exists (select from inbox i where i.tenant = m.tenant and i.entity = m.entity and i.message_id = m.message_id)
       order by m.message_id limit $9`,
      [
        tenant,
        filter.messageId ?? null,
        filter.connection ?? null,
        filter.topic ?? null,
        filter.entity ?? null,
        filter.from ?? null,
        filter.to ?? null,
        filter.disposition ?? null,
        filter.limit,
      ],
    );
    return rows.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() }));
  });
}

/**
 * Takes messages in again, exactly those of a preview. Each is decided anew by its process, which emits only what is still needed;
 * nobody outside is notified a second time.
 */
export async function replayMessages(
  database: Database,
  tenant: string,
  candidates: readonly ReplayCandidate[],
  by: string,
  reason: string,
): Promise<number> {
  return inTransaction(database, [tenant], async (client) => {
    const ids = candidates.map((candidate) => candidate.messageId);
    const { rows } = await client.query<{ taken: number }>(
      `/* replay_run */ with again as (
         insert into inbox (tenant, entity, kind, message_id, received_at)
         select m.tenant, m.entity, 'message', m.message_id, m.received_at from message m where m.tenant = $1 and m.message_id = any ($2::bigint[]) order by m.message_id returning tenant, entity
       ), counted as (
         insert into lane as l (tenant, entity, todo, class, due) select tenant, entity, count(*), 1, now() from again group by 1, 2 order by 1, 2
         on conflict (tenant, entity) do update set todo = l.todo + excluded.todo, due = least(l.due, now())
       ) select count(*)::int as taken from again`,
      [tenant, ids],
    );
    await client.query(
      `/* replay_audit */ insert into audit (tenant, actor, action, subject, detail) values ($1, $2, 'replay.messages', $3, $4)`,
      [tenant, by, `${ids.length} messages`, reason],
    );
    await client.query(
      `/* replay_unpark */ update parked set closed_at = now(), resolution = $3 where tenant = $1 and kind = 'message' and closed_at is null and key = any ($2::text[])`,
      [tenant, ids.map(String), `replayed by ${by}: ${reason}`],
    );
    return rows[0]?.taken ?? 0;
  });
}
