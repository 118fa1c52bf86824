import { type Database, inTransaction } from '#journal/database.ts';

/** What became of a message; each has exactly one of these. */
export const messageFates = [
  'applied',
  'superseded',
  'rejected',
  'parked',
  'discarded',
  'in-flight',
] as const;
export type MessageFate = (typeof messageFates)[number];

/** One received message and what became of it. */
export type ListedMessage = {
  readonly messageId: number;
  readonly receivedAt: string;
  readonly connection: string;
  readonly topic: string;
  /** The source's own id of the event; a repeat of it with the same body is no message of its own. */
  readonly sourceEventId: string;
  /** SHA-256 of the body as it came, in hexadecimal. */
  readonly bodySha256: string;
  readonly via: 'webhook' | 'poll' | 'replay' | 'import';
  /** The entity whose lane it went to; null while its record is linked to none. */
  readonly entity: string | null;
  readonly fate: MessageFate;
  /** Why it was rejected, parked or discarded, or what superseded it; null for the other fates. */
  readonly reason: string | null;
  /** The event in its entity's log, the entry among what is parked, or null while it is in flight. */
  readonly by: string | null;
};

type MessageFilter = {
  readonly connection?: string;
  readonly topic?: string;
  readonly entity?: string;
  readonly fate?: MessageFate;
  /** RFC 3339: received at or after, and before. */
  readonly from?: string;
  readonly to?: string;
};

type Row = Pick<
  ListedMessage,
  'messageId' | 'connection' | 'topic' | 'sourceEventId' | 'bodySha256' | 'via'
> & {
  readonly receivedAt: Date;
  readonly entity: string | null;
  readonly eventId: number | null;
  readonly disposition: 'applied' | 'superseded' | 'rejected' | 'parked' | null;
  readonly code: string | null;
  readonly detail: string | null;
};
type Standing = {
  readonly key: string;
  readonly parkedId: number;
  readonly isOpen: boolean;
  readonly cause: string;
  readonly detail: string;
  readonly resolution: string | null;
};

/**
 * Every message that was received, oldest first, page by page: neither this process nor the database ever holds more than a page, and no
 * snapshot is kept open meanwhile. What is decided during the reading shows as it was when its page was read.
 */
export async function* readMessages(
  database: Database,
  tenant: string,
  filter: MessageFilter = {},
  pageSize = 2_000,
): AsyncGenerator<ListedMessage> {
  for (let after = 0; ;) {
    const page = await readPage(database, tenant, filter, after, pageSize);
    for (const message of page.messages)
      if (filter.fate === undefined || message.fate === filter.fate) yield message;
    if (page.last === null) return;
    after = page.last;
  }
}

async function readPage(
  database: Database,
  tenant: string,
  filter: MessageFilter,
  after: number,
  pageSize: number,
): Promise<{ readonly messages: readonly ListedMessage[]; readonly last: number | null }> {
  return inTransaction(database, [tenant], async (client) => {
    // A message that was parked and released has several entries: the last one says what became of it.
    const { rows } = await client.query<Row>(
      `/* messages_page */ select m.message_id as "messageId", m.received_at as "receivedAt", m.connection, m.topic, m.source_event_id as "sourceEventId",
         encode(m.body_hash, 'hex') as "bodySha256", m.via, coalesce(f.entity, m.entity) as entity, f.event_id as "eventId", f.disposition, f.code, f.detail
       from message m left join lateral (
         select e.entity, e.event_id, e.disposition, e.code, e.detail from event_log e where e.tenant = m.tenant and e.message_id = m.message_id order by e.event_id desc limit 1
       ) f on true
       where m.tenant = $1 and m.message_id > $2 and ($3::text is null or m.connection = $3) and ($4::text is null or m.topic = $4)
         and ($5::text is null or coalesce(f.entity, m.entity) = $5) and ($6::timestamptz is null or m.received_at >= $6) and ($7::timestamptz is null or m.received_at < $7)
       order by m.message_id limit $8`,
      [
        tenant,
        after,
        filter.connection ?? null,
        filter.topic ?? null,
        filter.entity ?? null,
        filter.from ?? null,
        filter.to ?? null,
        pageSize,
      ],
    );
    const standing = await client.query<Standing>(
      `/* messages_parked */ select distinct on (key) key, parked_id as "parkedId", closed_at is null as "isOpen", cause, detail, resolution
       from parked where tenant = $1 and kind = 'message' and key = any ($2::text[]) order by key, parked_id desc`,
      [tenant, rows.map(({ messageId }) => String(messageId))],
    );
    const byKey = new Map(standing.rows.map((entry) => [entry.key, entry]));
    return {
      messages: rows.map((row) => listed(row, byKey.get(String(row.messageId)))),
      last: rows.length < pageSize ? null : (rows.at(-1)?.messageId ?? null),
    };
  });
}

function listed(row: Row, standing: Standing | undefined): ListedMessage {
  const { eventId, disposition, code, detail, receivedAt, ...message } = row;
  const became = (fate: MessageFate, reason: string | null, by: string | null): ListedMessage => ({
    ...message,
    receivedAt: receivedAt.toISOString(),
    fate,
    reason,
    by,
  });
  const event = eventId === null ? null : `event ${eventId}`;
  if (standing?.isOpen === true)
    return became('parked', `${standing.cause}: ${standing.detail}`, `parked ${standing.parkedId}`);
  if (disposition === 'applied') return became('applied', null, event);
  if (disposition === 'superseded') return became('superseded', detail, event);
  if (disposition === 'rejected') return became('rejected', [code, detail].filter(Boolean).join(': '), event);
  // Its entry is closed and nothing else is said of it: an operator gave it up, or it was released and waits for its turn.
  if (standing?.resolution?.startsWith('discard by ') === true)
    return became('discarded', standing.resolution, `parked ${standing.parkedId}`);
  return became('in-flight', null, null);
}
