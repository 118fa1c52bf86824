import type { PoolClient } from 'pg';
import { foundedId, type Subject } from '#canonical/identity.ts';
import type { Database } from '#journal/database.ts';
import { type MasterKey, sealBeside, sha256 } from '#journal/sealed-box.ts';
import { actingAs } from './acting.ts';
import { diffJson, type JsonPatch, parseExact } from './json-patch.ts';
import { openMessage, type OpenedMessage } from './message-body.ts';

/** What the connector says of a message whose body somebody corrected: which record it is about, or what is still wrong. */
export type EditCheck = (
  message: OpenedMessage,
  body: Buffer,
  bodyHash: string,
) =>
  | { readonly ok: true; readonly subject: Subject }
  | { readonly ok: false; readonly problems: readonly { readonly path: string; readonly message: string }[] };

export type EditRequest = {
  readonly id: number;
  /** The body as it is to be, made from what is read now. @throws Error */
  readonly change: (current: Buffer) => Buffer;
  readonly check: EditCheck;
  readonly by: string;
  readonly reason: string;
  /** Looks only: nothing is stored. */
  readonly dryRun: boolean;
};

/** The correction, and whose lane reads it now. */
export type Edited = { readonly edit: number; readonly patch: JsonPatch; readonly entity: string };

/**
 * Corrects a message that stands parked or was rejected, and takes it in again. What came stays as it came; what was changed, by
 * whom, when and why is kept as a JSON patch, sealed like the message. The corrected body must be readable by its connector and be
 * about the record that the message was about, where that was known.
 * @throws Error saying what does not fit; then nothing is changed
 */
export async function editMessage(
  database: Database,
  master: MasterKey,
  tenant: string,
  request: EditRequest,
): Promise<Edited> {
  const { id, by, reason } = request;
  return actingAs(database, tenant, by, async (client) => {
    const { opened, sealedKey } = await openMessage(client, master, tenant, id);
    const body = request.change(opened.current);
    const patch = diffJson(documentOf(opened.current), documentOf(body));
    if (patch.length === 0) throw new Error('nothing is changed by it');
    const bodyHash = sha256(body);
    const checked = request.check(opened, body, bodyHash.toString('hex'));
    if (!checked.ok)
      throw new Error(
        `it still cannot be read: ${checked.problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
      );
    const entity = await entityOf(client, tenant, opened, checked.subject);
    // Lanes first, as everybody else does who touches what is parked in them.
    await client.query(
      '/* edit_lanes */ select from lane where tenant = $1 and entity = any ($2) order by entity for update',
      [tenant, [entity, opened.entity]],
    );
    const parkedId = await mayBeEdited(client, tenant, id);
    const edit = (opened.edits.at(-1)?.edit ?? 0) + 1;
    if (request.dryRun) return { edit, patch, entity };
    await client.query(
      '/* edit_store */ insert into message_edit (tenant, message_id, edit, actor, reason, body, body_hash, patch) values ($1, $2, $3, $4, $5, $6, $7, $8)',
      [
        tenant,
        id,
        edit,
        by,
        reason,
        sealBeside(master, sealedKey, body),
        bodyHash,
        sealBeside(master, sealedKey, Buffer.from(JSON.stringify(patch))),
      ],
    );
    await client.query(
      `/* edit_audit */ insert into audit (tenant, actor, action, subject, detail) values ($1, $2, 'message.edit', $3, $4)`,
      [
        tenant,
        by,
        `message ${id} edit ${edit}`,
        `${reason} (${[...new Set(patch.map(({ path }) => path))].join(', ')})`,
      ],
    );
    if (entity !== opened.entity) await moveTo(client, tenant, opened, entity, checked.subject);
    await takeInAgain(client, tenant, { id, entity, parkedId }, `edit ${edit} by ${by}: ${reason}`, by);
    return { edit, patch, entity };
  });
}

/** A body that is no JSON was never read: the patch then replaces the whole, and keeps the text that there was. */
function documentOf(body: Buffer): ReturnType<typeof parseExact> {
  const text = body.toString('utf8');
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}

/** @throws Error when it is about another record than before, or about one that nobody here knows */
async function entityOf(
  client: PoolClient,
  tenant: string,
  { entity }: OpenedMessage,
  { ref, founds, entity: type }: Subject,
): Promise<string> {
  const { rows } = await client.query<{ entity: string }>(
    '/* edit_link */ select entity from identity_link where tenant = $1 and connection = $2 and type = $3 and external_id = $4',
    [tenant, ref.connection, ref.type, ref.id],
  );
  const named = rows[0]?.entity ?? (founds ? foundedId(type, ref) : null);
  if (named === null)
    throw new Error(
      `it is about ${ref.type} ${ref.id} of ${ref.connection}, which is linked to none of ours`,
    );
  if (entity !== null && !entity.startsWith('message:') && entity !== named)
    throw new Error(`it would be about another record: ${named}, not ${entity}`);
  return named;
}

/** @throws Error unless it stands parked or was rejected; answers under which number it is parked */
async function mayBeEdited(client: PoolClient, tenant: string, id: number): Promise<number | null> {
  const parked = await client.query<{ id: number }>(
    `/* edit_parked */ select parked_id as id from parked where tenant = $1 and kind = 'message' and key = $2 and closed_at is null for update`,
    [tenant, String(id)],
  );
  if (parked.rows[0] !== undefined) return parked.rows[0].id;
  const waiting = await client.query(
    '/* edit_waiting */ select from inbox where tenant = $1 and message_id = $2',
    [tenant, id],
  );
  const { rows } = await client.query<{ disposition: string }>(
    '/* edit_fate */ select disposition from event_log where tenant = $1 and message_id = $2 order by event_id desc limit 1',
    [tenant, id],
  );
  if (waiting.rowCount === 0 && rows[0]?.disposition === 'rejected') return null;
  const disposition = rows[0]?.disposition ?? 'parked';
  const fate = waiting.rowCount !== 0 ? 'in flight' : disposition === 'parked' ? 'given up' : disposition;
  throw new Error(`message ${id} is ${fate}: only one that is parked or was rejected is edited`);
}

/** Its record could not be told before, or was not known: from now on it lies in that record's lane. */
async function moveTo(
  client: PoolClient,
  tenant: string,
  { messageId }: OpenedMessage,
  entity: string,
  { ref }: Subject,
): Promise<void> {
  await client.query(
    '/* edit_found */ insert into identity_link (tenant, connection, type, external_id, entity) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [tenant, ref.connection, ref.type, ref.id, entity],
  );
  await client.query(
    '/* edit_message */ update message set entity = $3 where tenant = $1 and message_id = $2',
    [tenant, messageId, entity],
  );
  await client.query(
    `/* edit_parked_entity */ update parked set entity = $3 where tenant = $1 and kind = 'message' and key = $2 and closed_at is null`,
    [tenant, String(messageId), entity],
  );
}

async function takeInAgain(
  client: PoolClient,
  tenant: string,
  { id, entity, parkedId }: { id: number; entity: string; parkedId: number | null },
  resolution: string,
  by: string,
): Promise<void> {
  if (parkedId !== null) {
    await client.query('/* edit_release */ select parked_release($1, array[$2::bigint], $3, $4)', [
      tenant,
      parkedId,
      by,
      resolution,
    ]);
    return;
  }
  await client.query(
    `/* edit_again */ with again as (
       insert into inbox (tenant, entity, kind, message_id, received_at) select tenant, $3, 'message', message_id, received_at from message where tenant = $1 and message_id = $2 returning tenant
     ) insert into lane as l (tenant, entity, todo, class, due) select tenant, $3, 1, 1, now() from again
       on conflict (tenant, entity) do update set todo = l.todo + 1, due = least(l.due, now())`,
    [tenant, id, entity],
  );
}
