import type { Call, PolledRecord, Poller, PollResult } from '#connector-sdk/connector.ts';
import type { Logger } from '#connector-sdk/services.ts';
import { storableKey, subjectOf } from '#connector-sdk/subject-of.ts';
import { reportRefusal } from '#journal/connection-store.ts';
import type { Database } from '#journal/database.ts';
import type { IncomingMessage } from '#journal/intake-store.ts';
import { endPollTurn, linkedRecords, storePoll, takePollTurn } from '#journal/poll-store.ts';
import { classOf } from '#journal/priority-class.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import type { OpenConnection } from './open-connection.ts';
import type { ReadPermits } from './read-permits.ts';

/** How much longer than its time a poller gets to notice that its call was aborted. */
const graceMs = 1_000;
/** A page too many at once would starve webhooks; the rest is read at the next turn. */
const pagesPerTurn = 20;
const retryMs = 5_000;

/**
 * Reads what changed on one connection since its cursor, page by page. Each page and the cursor behind it are stored in one
 * transaction; deduplication eats the overlap. Answers how many records were new.
 */
export async function pollConnection(
  parts: {
    readonly database: Database;
    readonly master: MasterKey;
    readonly log: Logger;
    readonly session: number;
    readonly intervalScale?: number;
    /** Where requests take their permits from; without it they are sent beside the account's budget. */
    readonly permits?: ReadPermits;
    /** Aborted when the process stops: what waits for news then waits no longer. */
    readonly stopping?: AbortSignal;
  },
  connection: OpenConnection,
  name: string,
): Promise<number> {
  const { database, master, log, session, permits } = parts;
  const poller = connection.connector.pollers[name];
  if (poller === undefined) throw new Error(`${connection.id} has no poller ${name}`);
  const turn = await takePollTurn(database, connection.tenant, connection.id, name, session);
  if (turn === null) return 0;
  let fresh = 0;
  let { cursor } = turn;
  try {
    for (let page = 1; ; page += 1) {
      if (poller.awaitNews !== undefined) {
        const call = callOf(connection, name, poller, parts.stopping);
        await inTime(poller.timeoutMs + graceMs, poller.awaitNews(cursor, call, connection.client));
      }
      const { result, readAtMs } = await (permits === undefined
        ? readPage(connection, name, poller, cursor)
        : permits.during(connection, session, () => readPage(connection, name, poller, cursor)));
      if (result.kind !== 'read') {
        log.warn(
          {
            connection: connection.id,
            poller: name,
            outcome: result.kind,
            detail: 'detail' in result ? result.detail : '',
          },
          'poll failed; its cursor stays',
        );
        // One request too many although we kept to our number: somebody else uses the account, too.
        if (result.kind === 'rate-limited' && result.retryAfterMs === null && !isMetered(connection))
          await reportRefusal(database, connection.tenant, connection.id);
        await endPollTurn(
          database,
          connection.tenant,
          connection.id,
          name,
          session,
          'retryAfterMs' in result && result.retryAfterMs !== null ? result.retryAfterMs : retryMs,
        );
        return fresh;
      }
      const goesOn = result.more && page < pagesPerTurn && parts.stopping?.aborted !== true;
      const messages = await messagesOf(database, connection, result.records);
      const receipts = await storePoll(database, master, {
        tenant: connection.tenant,
        connection: connection.id,
        poller: name,
        session,
        cursor: result.cursor,
        readAtMs: result.more ? null : readAtMs,
        nextInMs: goesOn ? 0 : result.more ? 1 : poller.everyMs * (parts.intervalScale ?? 1),
        messages,
      });
      fresh += receipts.filter((receipt) => receipt.outcome !== 'duplicate').length;
      cursor = result.cursor;
      if (!goesOn) return fresh;
    }
  } catch (error) {
    await endPollTurn(database, connection.tenant, connection.id, name, session, retryMs).catch(
      () => undefined,
    );
    throw error;
  }
}

const isMetered = ({ connector, config }: OpenConnection): boolean =>
  connector.limits(config).bucket !== null;

/** One page. `readAtMs`: when it was asked for, by `performance.now()`. */
async function readPage(
  connection: OpenConnection,
  name: string,
  poller: Poller<unknown>,
  cursor: string | null,
): Promise<{ readonly result: PollResult; readonly readAtMs: number }> {
  const readAtMs = performance.now();
  const call = callOf(connection, name, poller);
  return {
    result: await inTime(poller.timeoutMs + graceMs, poller.poll(cursor, call, connection.client)),
    readAtMs,
  };
}

const callOf = (
  connection: OpenConnection,
  name: string,
  { timeoutMs }: Poller<unknown>,
  stopping?: AbortSignal,
): Call => ({
  idempotencyKey: `poll/${connection.id}/${name}`,
  attempt: 1,
  deadlineMs: Date.now() + timeoutMs,
  signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(stopping === undefined ? [] : [stopping])]),
});

/** A poller that never ends would keep its turn, and everybody else from it, for ever. */
async function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the poller did not end within its time')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is stored of a page: all of it but what is only ours to hear where we know its record. */
async function messagesOf(
  database: Database,
  connection: OpenConnection,
  records: readonly PolledRecord[],
): Promise<readonly IncomingMessage[]> {
  const all = records.map((record) => ({ record, message: toMessage(connection, record) }));
  const asked = all.filter(({ record }) => record.onlyIfKnown === true);
  if (asked.length === 0) return all.map(({ message }) => message);
  const refs = asked.map(({ message }) => message.subject.ref);
  const known = await linkedRecords(database, connection.tenant, connection.id, refs);
  return all.flatMap(({ record, message }) => {
    const { type, id } = message.subject.ref;
    return record.onlyIfKnown === true && !known.has(`${type} ${id}`) ? [] : [message];
  });
}

function toMessage(connection: OpenConnection, record: PolledRecord): IncomingMessage {
  const body = Buffer.from(JSON.stringify(record.body));
  const { topic, sourceEventId } = record;
  const { subject } = subjectOf({
    connector: connection.connector,
    connection: connection.id,
    topic,
    sourceEventId,
    body,
  });
  const occurredAtMs = Date.parse(record.occurredAt);
  return {
    tenant: connection.tenant,
    connection: connection.id,
    topic: storableKey(topic),
    sourceEventId: storableKey(sourceEventId),
    occurredAtMs: Number.isNaN(occurredAtMs) ? null : occurredAtMs,
    via: 'poll',
    subject,
    body,
    class: classOf(subject.entity),
  };
}
