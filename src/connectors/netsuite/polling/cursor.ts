import { z } from 'zod';
import type { Position } from '../suiteql.ts';

/**
 * How far a reading has come, by the account's clock. A record is dated at the begin of its save and seen at its end, so that
 * one may appear behind another already seen. Hence two readings: the quick one goes on from `seen`; now and then a sweep
 * reads again everything from an overlap before the last sweep. What is read twice has the same source event id.
 */
export type Cursor = {
  readonly seen: Position;
  /** What was seen when the last sweep began. */
  readonly sweptFrom: string;
  /** By our own clock, in milliseconds since the epoch. */
  readonly sweepDueMs: number;
  /** Where the running sweep stands. */
  readonly sweep: Position | null;
};

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

type Timing = {
  readonly nowMs: number;
  readonly overlapMs: number;
  /** How far the account's clock was set back lately: by so much more a new record may lie behind. Milliseconds. */
  readonly setBackMs: number;
};

/** The cursor of this reading: a first one at `firstAt`, or the known one with a sweep begun when it is due. */
export function begin(
  known: Cursor | null,
  firstAt: string,
  { nowMs, overlapMs, setBackMs }: Timing,
): Cursor {
  if (known === null)
    return { seen: { at: firstAt, id: '0' }, sweptFrom: firstAt, sweepDueMs: nowMs + overlapMs, sweep: null };
  if (known.sweep !== null || nowMs < known.sweepDueMs) return known;
  return {
    ...known,
    sweep: { at: earlier(known.sweptFrom, overlapMs + setBackMs), id: '0' },
    sweptFrom: known.seen.at,
  };
}

/** Where a page is read from. */
export const readingFrom = ({ sweep, seen }: Cursor): Position => sweep ?? seen;

/** The cursor after a page. What was seen never moves back. */
export function advance(
  cursor: Cursor,
  { last, more }: { last: Position | null; more: boolean },
  { nowMs, overlapMs }: Timing,
): Cursor {
  const seen = last === null || isBefore(last, cursor.seen) ? cursor.seen : last;
  if (cursor.sweep === null) return { ...cursor, seen };
  if (more) return { ...cursor, seen, sweep: last ?? cursor.sweep };
  return { ...cursor, seen, sweep: null, sweepDueMs: nowMs + overlapMs };
}

const isBefore = (a: Position, b: Position): boolean =>
  a.at < b.at || (a.at === b.at && BigInt(a.id) < BigInt(b.id));

/** A clock reading so much earlier. */
const earlier = (text: string, ms: number): string =>
  new Date(Date.parse(`${text.replace(' ', 'T')}Z`) - ms).toISOString().slice(0, 19).replace('T', ' ');
