import { z } from 'zod';
import { microInstant, type MicroInstant } from '../codec.ts';

/** A place in the order (write_date, id). */
export type Position = { readonly at: MicroInstant; readonly id: number };

/**
 * How far a reading has come. write_date is the begin of the transaction that wrote, so that a record may appear behind
 * one already seen. Hence two readings: the quick one goes on from `seen`; now and then a sweep reads again everything
 * from an overlap before the last sweep. A record that becomes visible within the overlap is met by one of them, and is
 * read about three times, not once for each poll. What is read twice has the same source event id.
 */
export type Cursor = {
  readonly seen: Position;
  /** What was seen when the last sweep began. */
  readonly sweptFrom: MicroInstant;
  /** By our own clock, in milliseconds since the epoch. */
  readonly sweepDueMs: number;
  /** Where the running sweep stands. */
  readonly sweep: Position | null;
};

const at = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/)
  .transform((text) => text as MicroInstant);
const position = z.strictObject({ at, id: z.int().nonnegative() });
const cursorSchema = z.strictObject({
  seen: position,
  sweptFrom: at,
  sweepDueMs: z.int(),
  sweep: position.nullable(),
});

export const writeCursor = (cursor: Cursor): string => JSON.stringify(cursor);

/** @throws ZodError for a text that is no cursor. */
export const readCursor = (text: string): Cursor => cursorSchema.parse(JSON.parse(text));

type Options = { readonly nowMs: number; readonly pollFrom: string | null; readonly overlapMs: number };

/** The cursor of this reading: a first one, or the known one with a sweep begun when it is due. */
export function begin(known: Cursor | null, { nowMs, pollFrom, overlapMs }: Options): Cursor {
  if (known === null) {
    const first = microInstant(pollFrom === null ? nowMs - 86_400_000 : Date.parse(pollFrom));
    return { seen: { at: first, id: 0 }, sweptFrom: first, sweepDueMs: nowMs + overlapMs, sweep: null };
  }
  if (known.sweep !== null || nowMs < known.sweepDueMs) return known;
  return {
    ...known,
    sweep: { at: microInstant(Date.parse(known.sweptFrom) - overlapMs), id: 0 },
    sweptFrom: known.seen.at,
  };
}

/** Where a page is read from. */
export const readingFrom = ({ sweep, seen }: Cursor): Position => sweep ?? seen;

/** The cursor after a page. What was seen never moves back. */
export function advance(
  cursor: Cursor,
  last: Position | null,
  more: boolean,
  { nowMs, overlapMs }: Omit<Options, 'pollFrom'>,
): Cursor {
  const seen = last === null || isBefore(last, cursor.seen) ? cursor.seen : last;
  if (cursor.sweep === null) return { ...cursor, seen };
  if (more) return { ...cursor, seen, sweep: last ?? cursor.sweep };
  return { ...cursor, seen, sweep: null, sweepDueMs: nowMs + overlapMs };
}

const isBefore = (a: Position, b: Position): boolean => a.at < b.at || (a.at === b.at && a.id < b.id);
