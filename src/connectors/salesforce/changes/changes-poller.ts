import type { Call, PolledRecord, Poller, PollResult } from '#connector-sdk/connector.ts';
import { got, type Reply } from '../answers/failure.ts';
import { textAt } from '../answers/query-result.ts';
import type { SalesforceClient } from '../client.ts';
import { type ChangeHeader, readChange, UnreadableEventError } from './change-event.ts';
import type { Resumed } from './change-source.ts';
import { outstandingEvents, type StreamItem } from './change-stream.ts';
import { type ChangeCursor, firstCursor, openGaps, readCursor, writeCursor } from './cursor.ts';
import { watchDeliveries } from './delivery-watch.ts';
import { foreignChanges } from './foreign-changes.ts';
import { restarted, sweep } from './gap-closing.ts';
import { deletionOf, messageOf, readByIds } from './record-reading.ts';
import { isRelevant, type WatchedObject } from './watched-objects.ts';

/** How long a call waits for something to happen. */
const waitMs = 5_000;
/** As long as nobody knows where the subscription begins, the turn is kept: another process would have to begin anew. */
const unsettledWaitMs = 20_000;
/** With the stream at rest, changes are queried for this often. */
const restingCheckMs = 60_000;

/**
 * Changes of accounts, contacts, orders, quotes and cases. Each call takes what the stream brought, reads those records and hands them over with
 * the position behind them, so that both are stored together; the platform may send more once they are.
 */
export const changesPoller: Poller<SalesforceClient> = {
  everyMs: 1_000,
  timeoutMs: 60_000,
  isWanted: (client) => client.config.changes !== null,
  async awaitNews(cursorText, call, client) {
    const known = cursorOf(cursorText, client);
    const resumed = await client.changes.resume(known.replayId, call);
    // Why it cannot be had is told by the reading that follows.
    if (!resumed.ok || resumed.value.stream === null || hasMoreToSweep(known, resumed.value)) return;
    const { stream, isSettled } = resumed.value;
    await stream.wait(isSettled() ? waitMs : unsettledWaitMs, call.signal);
    if (!stream.isEmpty) await pause(client.changesConfig.gatherMs, call.signal);
  },
  async poll(cursorText, call, client) {
    const known = cursorOf(cursorText, client);
    const result = await read(known, call, client);
    // What was taken from the stream and could not be read is asked for again, behind the position that is stored.
    if (result.kind !== 'read') client.changes.close();
    return result;
  },
};

function cursorOf(text: string | null, client: SalesforceClient): ChangeCursor {
  const { objects, overlapMs } = client.changesConfig;
  return text === null ? firstCursor(objects, client.now(), overlapMs) : readCursor(text);
}

/** Whether a gap can be read on now; what waits for the platform's first answer cannot. */
const hasMoreToSweep = (cursor: ChangeCursor, resumed: Resumed): boolean =>
  isNewTip(cursor, resumed) ||
  Object.values(cursor.gaps).some((gap) => gap.proves !== null || resumed.isSettled());

/** A stream that began at the tip and that the stored readings know nothing of. */
const isNewTip = ({ tipId: known }: ChangeCursor, { tipId }: Resumed): boolean =>
  tipId !== null && tipId !== known;

async function read(known: ChangeCursor, call: Call, client: SalesforceClient): Promise<PollResult> {
  const { changes, config } = client;
  const resumed = await changes.resume(known.replayId, call);
  if (!resumed.ok) return resumed.failure;
  const user = await client.userId(call);
  if (!user.ok) return user.failure;
  const { stream, isSettled } = resumed.value;
  const before = due(known, resumed.value, client);
  const swept = await sweep(client, before, isSettled(), user.value, call);
  if (!swept.ok) return swept.failure;
  for (const object of swept.value.closed)
    client.log.info({ object, reason: before.gaps[object]?.reason }, 'a gap in the changes is closed');
  const records = swept.value.rows.map((row) => messageOf(row, config.org));
  const { cursor } = swept.value;
  await watchDeliveries(client, call);
  if (stream === null) return { kind: 'read', records, cursor: writeCursor(cursor), more: swept.value.more };

  if (stream.end !== null) return ended(stream.end, cursor, records, client);
  const items = stream.take();
  const taken = await takenFrom(items, cursor, call, client, user.value);
  if (!taken.ok) return taken.failure;
  changes.handOut(taken.value.cursor.replayId, items.filter(({ event }) => event !== null).length);
  return {
    kind: 'read',
    records: [...records, ...taken.value.records],
    cursor: writeCursor(taken.value.cursor),
    more:
      items.length >= outstandingEvents || !isSettled() || Object.keys(taken.value.cursor.gaps).length > 0,
  };
}

/** Opens the gaps that are due to be looked into. */
function due(cursor: ChangeCursor, resumed: Resumed, client: SalesforceClient): ChangeCursor {
  const { objects, overlapMs, checkEveryMs } = client.changesConfig;
  const { stream, tipId } = resumed;
  const nowMs = client.now();
  const closed = objects.filter((object) => cursor.gaps[object] === undefined);
  const lost = isNewTip(cursor, resumed)
    ? openGaps(
        { ...cursor, tipId, gaps: restarted(cursor.gaps) },
        closed,
        'no-position',
        Date.parse(cursor.seenTo) - overlapMs,
      )
    : cursor;
  const everyMs = stream === null ? restingCheckMs : checkEveryMs;
  if (nowMs - Date.parse(cursor.checkedAt) < everyMs) return lost;
  const reason = stream === null ? 'deliveries-used-up' : 'check';
  const checked = openGaps(lost, objects, reason, Date.parse(cursor.checkedAt) - overlapMs);
  return { ...checked, checkedAt: new Date(nowMs).toISOString() };
}

/** A stream that ended: what is lost of it is named and will be queried for. */
function ended(
  end: NonNullable<NonNullable<Resumed['stream']>['end']>,
  cursor: ChangeCursor,
  records: readonly PolledRecord[],
  client: SalesforceClient,
): PollResult {
  const { changes, changesConfig, log } = client;
  changes.close();
  const goOn = (next: ChangeCursor): PollResult => ({
    kind: 'read',
    records,
    cursor: writeCursor(next),
    more: true,
  });
  const sinceMs = Date.parse(cursor.seenTo) - changesConfig.overlapMs;
  switch (end.kind) {
    case 'position-lost':
      log.warn(
        { detail: end.detail, since: cursor.seenTo },
        'the position in the changes is lost; what was missed is queried for',
      );
      return goOn({ ...openGaps(cursor, changesConfig.objects, 'position-lost', sinceMs), replayId: null });
    case 'deliveries-used-up':
      log.warn(
        { detail: end.detail },
        "the org's event deliveries of 24 h are used up; changes are queried for meanwhile",
      );
      changes.rest();
      return goOn(openGaps(cursor, changesConfig.objects, 'deliveries-used-up', sinceMs));
    case 'unauthorized':
      return changes.renewSession() ? goOn(cursor) : { kind: 'unauthorized', detail: end.detail };
    case 'rejected':
      // The topic is not there for us: not selected, or our user may not see it.
      return { kind: 'unauthorized', detail: end.detail };
    case 'unavailable':
      return { kind: 'unavailable', retryAfterMs: null, detail: end.detail };
  }
}

type Taken = { readonly records: readonly PolledRecord[]; readonly cursor: ChangeCursor };

async function takenFrom(
  items: readonly StreamItem[],
  cursor: ChangeCursor,
  call: Call,
  client: SalesforceClient,
  userId: string,
): Promise<Reply<Taken>> {
  const { overlapMs, objects, ownChanges } = client.changesConfig;
  let next = cursor;
  const headers: ChangeHeader[] = [];
  for (const { replayId, event } of items) {
    next = { ...next, replayId };
    if (event === null) {
      next = { ...next, seenTo: later(next.seenTo, client.now() - overlapMs) };
      continue;
    }
    const header = await headerOf(event, call, client);
    if (!header.ok) return header;
    if (header.value === null) {
      // Whatever it told, its record was modified by now.
      next = openGaps(next, objects, 'check', Date.parse(next.seenTo) - overlapMs);
      continue;
    }
    headers.push(header.value);
    next = { ...next, seenTo: later(next.seenTo, header.value.committedAtMs) };
  }
  const marks = { clientName: client.config.clientName, userId, ownChanges };
  const foreign = foreignChanges(headers, marks).filter(({ entity }) =>
    objects.includes(entity as WatchedObject),
  );
  for (const { entity, kind, committedAtMs } of foreign)
    if (kind === 'OVERFLOW')
      next = openGaps(next, [entity as WatchedObject], 'overflow', committedAtMs - overlapMs);
  const records = await recordsOf(foreign, call, client);
  return records.ok ? got({ records: records.value, cursor: next }) : records;
}

/** What an event says; null where nobody can tell. */
async function headerOf(
  { schemaId, payload }: NonNullable<StreamItem['event']>,
  call: Call,
  client: SalesforceClient,
): Promise<Reply<ChangeHeader | null>> {
  try {
    const schema = await client.changes.schema(schemaId, call);
    return schema.ok ? got(readChange(schema.value, payload)) : schema;
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    client.log.error(
      { schemaId, problem: error.message },
      'a change event cannot be read; what was modified is queried for',
    );
    return got(null);
  }
}

/** The records that the changes are about, as they are now. */
async function recordsOf(
  changes: readonly ChangeHeader[],
  call: Call,
  client: SalesforceClient,
): Promise<Reply<readonly PolledRecord[]>> {
  const { org } = client.config;
  const wanted = new Map<WatchedObject, Set<string>>();
  const deleted = new Map<string, { readonly object: WatchedObject; readonly atMs: number }>();
  for (const { entity, kind, isGap, recordIds, changedFields, committedAtMs } of changes) {
    const object = entity as WatchedObject;
    if (kind === 'OVERFLOW') continue;
    if (kind === 'UPDATE' && !isGap && !isRelevant(object, changedFields, org)) continue;
    const ids = wanted.get(object) ?? new Set();
    for (const id of recordIds) {
      ids.add(id);
      if (kind === 'DELETE') deleted.set(id, { object, atMs: committedAtMs });
      else deleted.delete(id);
    }
    wanted.set(object, ids);
  }
  if (wanted.size === 0) return got([]);
  const rows = await readByIds(client, wanted, call);
  if (!rows.ok) return rows;
  for (const { row } of rows.value) deleted.delete(textAt(row, 'Id') ?? '');
  // An order that is not there may be one that somebody keyed in the CRM: those were never ours.
  const gone = [...deleted].filter(([, { object }]) => object !== 'Order');
  return got([
    ...rows.value.map((row) => messageOf(row, org)),
    ...gone.map(([id, { object, atMs }]) => deletionOf(object, id, atMs)),
  ]);
}

const later = (instant: string, ms: number): string =>
  Date.parse(instant) >= ms ? instant : new Date(ms).toISOString();

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
