import { z } from 'zod';
import { instantSchema } from '#canonical/primitives.ts';
import { watchedObjects, type WatchedObject } from './watched-objects.ts';

/** Why records of an object may have changed without our having been told. */
const gapReasons = [
  'begin',
  'position-lost',
  'no-position',
  'overflow',
  'check',
  'deliveries-used-up',
] as const;
export type GapReason = (typeof gapReasons)[number];

/**
 * A hole that is being closed by queries. It is closed when a reading that began after the platform had answered our subscription came to its
 * end: what was committed before that answer is in the reading, and what came later is in the stream.
 */
export type Gap = {
  readonly reason: GapReason;
  /** How far the reading has come, by the platform's clock. */
  readonly at: string;
  readonly id: string;
  /** Whether the reading began after the answer; null = it came to its end before, and waits to be done once more. */
  readonly proves: boolean | null;
};
export type Gaps = { readonly [O in WatchedObject]?: Gap };

/** How far an org's changes are stored. */
export type ChangeCursor = {
  readonly v: 1;
  /** Base64 of the platform's opaque position; null where there is none that could be gone on from. */
  readonly replayId: string | null;
  /** The stream whose begin the readings of `gaps` are measured against, where that began at the tip. */
  readonly tipId: string | null;
  /** Up to here, by the platform's clock, nothing is missing but what `gaps` names. */
  readonly seenTo: string;
  readonly gaps: Gaps;
  /** When everything modified was last compared with what the stream brought. */
  readonly checkedAt: string;
};

const gapSchema = z.strictObject({
  reason: z.enum(gapReasons),
  at: instantSchema,
  id: z.string(),
  proves: z.boolean().nullable(),
});
const cursorSchema = z.strictObject({
  v: z.literal(1),
  replayId: z.base64().nullable(),
  tipId: z.string().nullable(),
  seenTo: instantSchema,
  gaps: z.partialRecord(z.enum(watchedObjects), gapSchema),
  checkedAt: instantSchema,
});

/** @throws ZodError for a text that is no cursor. */
export const readCursor = (text: string): ChangeCursor => cursorSchema.parse(JSON.parse(text));
export const writeCursor = (cursor: ChangeCursor): string => JSON.stringify(cursor);

/** The first cursor: from now on, with everything just before in doubt. */
export function firstCursor(
  objects: readonly WatchedObject[],
  nowMs: number,
  overlapMs: number,
): ChangeCursor {
  const now = new Date(nowMs).toISOString();
  const empty: ChangeCursor = { v: 1, replayId: null, tipId: null, seenTo: now, gaps: {}, checkedAt: now };
  return openGaps(empty, objects, 'begin', nowMs - overlapMs);
}

/** Opens a gap from an instant on; of two of one object the wider one stays, and has to be proved anew. */
export function openGaps(
  cursor: ChangeCursor,
  objects: readonly WatchedObject[],
  reason: GapReason,
  sinceMs: number,
): ChangeCursor {
  const since = new Date(sinceMs).toISOString();
  const gaps: { [O in WatchedObject]?: Gap } = { ...cursor.gaps };
  for (const object of objects) {
    const open = gaps[object];
    const at = open !== undefined && open.at < since ? open.at : since;
    gaps[object] = { reason: open?.reason ?? reason, at, id: '', proves: false };
  }
  return { ...cursor, gaps };
}
