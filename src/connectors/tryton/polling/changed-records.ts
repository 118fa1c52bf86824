import { z } from 'zod';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { Call, PolledRecord, Poller, PollResult } from '#connector-sdk/connector.ts';
import { readingFrom } from '#connector-sdk/sweep-cursor.ts';
import type { TrytonClient } from '../client.ts';
import type { TrytonConfig } from '../config.ts';
import { encodeInstant, toMilliseconds, trytonInstant } from '../codec.ts';
import { advance, begin, readCursor, writeCursor } from './cursor.ts';

const rowSchema = z.looseObject({ id: z.int().positive(), write_date: trytonInstant });
const saleSchema = z.object({ id: z.int().positive(), reference: z.string().nullable() });

/** What one kind of record needs to be polled. */
export type Polled = {
  readonly model: string;
  /** What else a record must fulfil. */
  domain(config: TrytonConfig): readonly Json[];
  fields(config: TrytonConfig): readonly string[];
  /** The sales that a record belongs to: one message is made for each of ours. */
  sales(row: JsonObject): readonly Json[];
  /** What the mapping needs to know of the settings. */
  settings?(config: TrytonConfig): JsonObject;
};

/** Reads what was written since the cursor, one page a call, all that the mapping needs in that one call. */
export function changedRecords(polled: Polled): Poller<TrytonClient> {
  return {
    everyMs: 2_000,
    timeoutMs: 60_000,
    async poll(cursorText: string | null, call: Call, client: TrytonClient): Promise<PollResult> {
      const { config } = client;
      const timing = { nowMs: client.now(), pollFrom: config.pollFrom, overlapMs: config.overlapMs };
      const cursor = begin(cursorText === null ? null : readCursor(cursorText), timing);
      const from = readingFrom(cursor);
      const at = encodeInstant(from.at);
      const changed = [
        'OR',
        ['write_date', '>', at],
        [
          ['write_date', '=', at],
          ['id', '>', from.id],
        ],
      ];
      const read = await client.attempt<PollResult>(call, async (rpc) => {
        const domain = [changed, ['company', '=', await rpc.company()], ...polled.domain(config)];
        const order = [
          ['write_date', 'ASC'],
          ['id', 'ASC'],
        ];
        const rows = z
          .array(z.looseObject({}))
          .parse(
            await rpc.read(`model.${polled.model}.search_read`, domain, 0, config.pageSize, order, [
              ...polled.fields(config),
              'write_date',
            ]),
          ) as JsonObject[];
        const stamps = rows.map((row) => rowSchema.parse(row));
        const last = stamps.at(-1);
        const more = rows.length === config.pageSize;
        const next = advance(
          cursor,
          last === undefined ? null : { at: last.write_date, id: last.id },
          more,
          timing,
        );
        return {
          kind: 'read',
          records: rows.flatMap((row) => messages(polled, row, config)),
          cursor: writeCursor(next),
          more,
        };
      });
      if (read.kind === 'unmappable') throw new TypeError('a reading maps nothing');
      return read;
    },
  };
}

function messages(polled: Polled, row: JsonObject, config: TrytonConfig): readonly PolledRecord[] {
  const { id, write_date: at } = rowSchema.parse(row);
  const sales = polled.sales(row).map((sale) => saleSchema.parse(sale));
  const ours = sales.filter(
    ({ reference }) =>
      config.referencePrefix === '' || reference?.startsWith(config.referencePrefix) === true,
  );
  return ours.map((sale) => ({
    topic: polled.model,
    sourceEventId: `${polled.model},${id}@${at}${sales.length > 1 ? `#${sale.id}` : ''}`,
    occurredAt: toMilliseconds(at),
    body: { ...row, ...polled.settings?.(config), sale },
  }));
}
