import { z } from 'zod';
import {
  afterPage,
  firstCursor,
  nextCursor,
  type SweepCursor,
  type SweepTiming,
} from '#connector-sdk/sweep-cursor.ts';
import { microInstant, type MicroInstant } from '../codec.ts';

/** A place in the order (write_date, id). */
export type Position = { readonly at: MicroInstant; readonly id: number };

/** How far a reading has come. write_date is the begin of the transaction that wrote. */
export type Cursor = SweepCursor<Position>;

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

type Options = SweepTiming & { readonly pollFrom: string | null };

/** The cursor of this reading: a first one, or the known one with a sweep begun when it is due. */
export function begin(known: Cursor | null, { nowMs, pollFrom, overlapMs }: Options): Cursor {
  if (known !== null)
    return nextCursor(known, nowMs, (sweptFrom) => ({
      at: microInstant(Date.parse(sweptFrom) - overlapMs),
      id: 0,
    }));
  const first = microInstant(pollFrom === null ? nowMs - 86_400_000 : Date.parse(pollFrom));
  return firstCursor({ at: first, id: 0 }, { nowMs, overlapMs });
}

/** The cursor after a page. */
export const advance = (cursor: Cursor, last: Position | null, more: boolean, timing: SweepTiming): Cursor =>
  afterPage(cursor, { last, more }, timing, isBefore);

const isBefore = (a: Position, b: Position): boolean => a.at < b.at || (a.at === b.at && a.id < b.id);
