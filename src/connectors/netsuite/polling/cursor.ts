import { z } from 'zod';
import {
  afterPage,
  firstCursor,
  nextCursor,
  type SweepCursor,
  type SweepTiming,
} from '#connector-sdk/sweep-cursor.ts';
import type { Position } from '../suiteql.ts';

/** How far a reading has come, by the account's clock. */
export type Cursor = SweepCursor<Position>;

const at = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
const position = z.strictObject({ at, id: z.string().regex(/^\d{1,18}$/) });
const cursorSchema = z.strictObject({
  seen: position,
  sweptFrom: at,
  sweepDueMs: z.int(),
  sweep: position.nullable(),
});

export const writeCursor = (cursor: Cursor): string => JSON.stringify(cursor);

/** @throws ZodError for a text that is no cursor. */
export const readCursor = (text: string): Cursor => cursorSchema.parse(JSON.parse(text));

type Timing = SweepTiming & {
  /** How far the account's clock was set back lately: by so much more a new record may lie behind. Milliseconds. */
  readonly setBackMs: number;
};

/** The cursor of this reading: a first one at `firstAt`, or the known one with a sweep begun when it is due. */
export const begin = (known: Cursor | null, firstAt: string, timing: Timing): Cursor =>
  known === null
    ? firstCursor({ at: firstAt, id: '0' }, timing)
    : nextCursor(known, timing.nowMs, (sweptFrom) => ({
        at: earlier(sweptFrom, timing.overlapMs + timing.setBackMs),
        id: '0',
      }));

/** The cursor after a page. */
export const advance = (
  cursor: Cursor,
  page: { readonly last: Position | null; readonly more: boolean },
  timing: SweepTiming,
): Cursor => afterPage(cursor, page, timing, isBefore);

const isBefore = (a: Position, b: Position): boolean =>
  a.at < b.at || (a.at === b.at && BigInt(a.id) < BigInt(b.id));

/** A clock reading so much earlier. */
const earlier = (text: string, ms: number): string =>
  new Date(Date.parse(`${text.replace(' ', 'T')}Z`) - ms).toISOString().slice(0, 19).replace('T', ' ');
