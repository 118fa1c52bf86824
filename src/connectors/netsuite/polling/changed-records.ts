import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '#canonical/json.ts';
import type { Call, PolledRecord, Poller, PollResult } from '#connector-sdk/connector.ts';
import { readingFrom } from '#connector-sdk/sweep-cursor.ts';
import { accountInstant, accountText, setBackMs } from '../account-time.ts';
import type { NetSuiteClient, Session } from '../client.ts';
import type { NetSuiteConfig } from '../config.ts';
import type { Position } from '../suiteql.ts';
import { advance, begin, readCursor, writeCursor } from './cursor.ts';

const rowSchema = z.looseObject({
  id: z.union([z.string(), z.int()]).transform(String),
  modified: z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/),
});
export type Row = JsonObject & { readonly id: string; readonly modified: string };

/** What one kind of record needs to be polled. */
export type Polled = {
  topic(row: Row): string;
  /** Default: five seconds. */
  readonly everyMs?: number;
  isWanted?(config: NetSuiteConfig): boolean;
  /** Rows that may be about records of others. */
  readonly onlyIfKnown?: boolean;
  query(config: NetSuiteConfig, since: Position): string;
  /** What the mapping needs beyond the row itself, for a whole page at once. */
  complete(rows: readonly Row[], session: Session, config: NetSuiteConfig): Promise<(row: Row) => JsonObject>;
};

/** Reads what was saved since the cursor, one page a call. */
export function changedRecords(polled: Polled): Poller<NetSuiteClient> {
  return {
    everyMs: polled.everyMs ?? 5_000,
    isWanted: ({ config }) => polled.isWanted?.(config) ?? true,
    timeoutMs: 60_000,
    async poll(cursorText: string | null, call: Call, client: NetSuiteClient): Promise<PollResult> {
      const { config } = client;
      const nowMs = client.now();
      const timing = { nowMs, overlapMs: config.overlapMs, setBackMs: setBackMs(nowMs, config.timeZone) };
      const firstMs = config.pollFrom === null ? nowMs - 86_400_000 : Date.parse(config.pollFrom);
      const known = cursorText === null ? null : readCursor(cursorText);
      const cursor = begin(known, accountText(firstMs, config.timeZone), timing);
      const read = await client.attempt<PollResult>(call, async (session) => {
        const found = await session.query(polled.query(config, readingFrom(cursor)), config.pageSize);
        const rows = found.map((row) => rowSchema.parse(row) as Row);
        const rest = rows.length === 0 ? () => ({}) : await polled.complete(rows, session, config);
        const last = rows.at(-1);
        const more = rows.length === config.pageSize;
        const next = advance(
          cursor,
          { last: last === undefined ? null : { at: last.modified, id: last.id }, more },
          timing,
        );
        const records = rows.map((row) => record(polled, { ...row, ...rest(row) }, { config, nowMs }));
        return { kind: 'read', records, cursor: writeCursor(next), more };
      });
      if (read.kind === 'unmappable') throw new TypeError('a reading maps nothing');
      return read;
    },
  };
}

/** Two saves within one second have one date, and a line may change without its record: hence the content in the event's id. */
function record(
  polled: Polled,
  row: Row,
  { config, nowMs }: { config: NetSuiteConfig; nowMs: number },
): PolledRecord {
  const content = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16);
  const topic = polled.topic(row);
  const at = new Date(accountInstant(row.modified, config.timeZone, nowMs)).toISOString();
  return {
    topic,
    sourceEventId: `${topic},${row.id}@${row.modified}#${content}`,
    occurredAt: at,
    body: { ...row, at },
    ...(polled.onlyIfKnown === true && { onlyIfKnown: true }),
  };
}
