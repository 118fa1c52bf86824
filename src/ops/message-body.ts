import type { PoolClient } from 'pg';
import type { Database } from '#journal/database.ts';
import { type MasterKey, openBody } from '#journal/sealed-box.ts';
import { actingAs } from './acting.ts';
import { type JsonPatch, jsonPatchSchema, parseExact } from './json-patch.ts';

/** A message as it stands in the journal, opened. */
export type OpenedMessage = {
  readonly messageId: number;
  readonly connection: string;
  readonly topic: string;
  readonly sourceEventId: string;
  readonly occurredAt: string;
  /** Null while its record is linked to none. */
  readonly entity: string | null;
  /** As it came. */
  readonly original: Buffer;
  /** As it is read: the newest edit, or as it came. */
  readonly current: Buffer;
  readonly edits: readonly MessageEdit[];
};

/** Who corrected it when, why, and what. */
export type MessageEdit = {
  readonly edit: number;
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
  readonly patch: JsonPatch;
};

/** Opens a message for a person to look at; that somebody did goes on record. @throws Error when it is not kept, or nobody can read it any more */
export async function readMessage(
  database: Database,
  master: MasterKey,
  tenant: string,
  id: number,
  by: string,
): Promise<OpenedMessage> {
  return actingAs(database, tenant, by, async (client) => {
    await client.query(
      `/* message_read_audit */ insert into audit (tenant, actor, action, subject) values ($1, $2, 'message.read', $3)`,
      [tenant, by, `message ${id}`],
    );
    return (await openMessage(client, master, tenant, id)).opened;
  });
}

/** As `readMessage`, within the caller's transaction. The sealed key is what edits are sealed under. @throws Error */
export async function openMessage(
  client: PoolClient,
  master: MasterKey,
  tenant: string,
  id: number,
): Promise<{ readonly opened: OpenedMessage; readonly sealedKey: Buffer }> {
  type Row = Omit<OpenedMessage, 'occurredAt' | 'original' | 'current' | 'edits'> & {
    readonly occurredAt: Date;
    readonly body: Buffer;
    readonly sealedKey: Buffer | null;
  };
  const { rows } = await client.query<Row>(
    `/* message_open */ select m.message_id as "messageId", m.connection, m.topic, m.source_event_id as "sourceEventId", coalesce(m.occurred_at, m.received_at) as "occurredAt",
       m.entity, m.body, k.sealed_key as "sealedKey"
     from message m left join vault.message_key k on k.tenant = m.tenant and k.message_id = m.message_id where m.tenant = $1 and m.message_id = $2`,
    [tenant, id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`no message ${id} is kept here`);
  const { body, sealedKey, ...message } = row;
  if (sealedKey === null) throw new Error(`the key of message ${id} was deleted, so that nobody can read it`);
  const edits = await client.query<{
    edit: number;
    at: Date;
    actor: string;
    reason: string;
    body: Buffer;
    patch: Buffer;
  }>(
    '/* message_edits */ select edit, at, actor, reason, body, patch from message_edit where tenant = $1 and message_id = $2 order by edit',
    [tenant, id],
  );
  const open = (sealed: Buffer): Buffer => openBody(master, sealed, sealedKey);
  const original = open(body);
  const last = edits.rows.at(-1);
  const opened = {
    ...message,
    occurredAt: message.occurredAt.toISOString(),
    original,
    current: last === undefined ? original : open(last.body),
    edits: edits.rows.map(({ edit, at, actor, reason, patch }) => ({
      edit,
      at: at.toISOString(),
      actor,
      reason,
      patch: jsonPatchSchema.parse(parseExact(open(patch).toString('utf8'))),
    })),
  };
  return { opened, sealedKey };
}
