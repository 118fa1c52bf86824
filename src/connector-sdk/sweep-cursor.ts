/**
 * How far a reading by (instant of change, id) has come, at a platform where a record may appear behind one that was already seen, since it is
 * dated at the begin of its save and visible at its end. Hence two readings: the quick one goes on from `seen`; now and then a sweep reads
 * again everything from an overlap before the last sweep. A record that becomes visible within the overlap is met by one of them, and is
 * read about three times, not once for each poll. What is read twice has the same source event id.
 */
export type SweepCursor<P extends { readonly at: string }> = {
  readonly seen: P;
  /** What was seen when the last sweep began. */
  readonly sweptFrom: P['at'];
  /** By our own clock, in milliseconds since the epoch. */
  readonly sweepDueMs: number;
  /** Where the running sweep stands. */
  readonly sweep: P | null;
};

export type SweepTiming = { readonly nowMs: number; readonly overlapMs: number };

/** The cursor of a first reading. */
export const firstCursor = <P extends { readonly at: string }>(
  seen: P,
  { nowMs, overlapMs }: SweepTiming,
): SweepCursor<P> => ({ seen, sweptFrom: seen.at, sweepDueMs: nowMs + overlapMs, sweep: null });

/** The cursor of a further reading: with a sweep begun, at the place that `from` says, when it is due. */
export const nextCursor = <P extends { readonly at: string }>(
  known: SweepCursor<P>,
  nowMs: number,
  from: (sweptFrom: P['at']) => P,
): SweepCursor<P> =>
  known.sweep !== null || nowMs < known.sweepDueMs
    ? known
    : { ...known, sweep: from(known.sweptFrom), sweptFrom: known.seen.at };

/** Where a page is read from. */
export const readingFrom = <P extends { readonly at: string }>({ sweep, seen }: SweepCursor<P>): P =>
  sweep ?? seen;

/** The cursor after a page. What was seen never moves back. */
export function afterPage<P extends { readonly at: string }>(
  cursor: SweepCursor<P>,
  { last, more }: { readonly last: P | null; readonly more: boolean },
  { nowMs, overlapMs }: SweepTiming,
  isBefore: (a: P, b: P) => boolean,
): SweepCursor<P> {
  const seen = last === null || isBefore(last, cursor.seen) ? cursor.seen : last;
  if (cursor.sweep === null) return { ...cursor, seen };
  if (more) return { ...cursor, seen, sweep: last ?? cursor.sweep };
  return { ...cursor, seen, sweep: null, sweepDueMs: nowMs + overlapMs };
}
