import { foundedId, type Subject } from '#canonical/identity.ts';
import { byteaArray, int4Array, int8Array, textArray } from './binary-arrays.ts';
import type { Queryable } from './database.ts';
import { type MasterKey, sealBody, sha256 } from './sealed-box.ts';

/** One message as a gateway or a poller hands it over: raw bytes, and which record it is about. */
export type IncomingMessage = {
  readonly tenant: string;
  readonly connection: string;
  readonly topic: string;
  /** Unique at the source for the event; a repeat with the same bytes is a duplicate. */
  readonly sourceEventId: string;
  readonly occurredAtMs: number | null;
  readonly via: 'webhook' | 'poll' | 'replay' | 'import';
  readonly subject: Subject;
  readonly body: Buffer;
  /** Priority class of its lane: 0 stock decreases, 1 money and orders, 2 stock, 3 catalogue. */
  readonly class: number;
};

export type Receipt = {
  readonly outcome: 'accepted' | 'duplicate' | 'parked';
  readonly messageId: number;
  readonly entity: string | null;
};

/** Stores a batch in one commit; when this returns, every one of its messages is durable. Receipts in the order given. */
export async function storeMessages(
  database: Queryable,
  master: MasterKey,
  messages: readonly IncomingMessage[],
): Promise<readonly Receipt[]> {
  const sealed = messages.map((message) => sealBody(master, message.body));
  const texts = (pick: (message: IncomingMessage) => string | null): Buffer => textArray(messages.map(pick));
  const { rows } = await database.query<{
    message_id: number;
    entity: string | null;
    outcome: Receipt['outcome'];
  }>({
    name: 'intake_store',
    text: 'select * from intake_store($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
    values: [
      tenantList(messages),
      texts((message) => message.tenant),
      texts((message) => message.connection),
      texts((message) => message.topic),
      texts((message) => message.sourceEventId),
      // An instant that nobody can read is none.
      int8Array(
        messages.map(({ occurredAtMs }) =>
          Number.isFinite(occurredAtMs) ? Math.round(occurredAtMs as number) : null,
        ),
      ),
      texts((message) => message.via),
      texts((message) => message.subject.ref.connection),
      texts((message) => message.subject.ref.type),
      texts((message) => message.subject.ref.id),
      texts((message) =>
        message.subject.founds ? foundedId(message.subject.entity, message.subject.ref) : null,
      ),
      int4Array(messages.map((message) => message.class)),
      byteaArray(sealed.map((box) => box.sealed)),
      byteaArray(messages.map((message) => sha256(message.body))),
      byteaArray(sealed.map((box) => box.sealedKey)),
    ],
  });
  return rows.map((row) => ({ outcome: row.outcome, messageId: row.message_id, entity: row.entity }));
}

/** The tenants of a batch as the row-level policies read them. */
export function tenantList(rows: readonly { readonly tenant: string }[]): string {
  return [...new Set(rows.map((row) => row.tenant))].join(',');
}
