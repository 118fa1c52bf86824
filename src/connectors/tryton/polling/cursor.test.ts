import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readingFrom } from '#connector-sdk/sweep-cursor.ts';
import { microInstant } from '../codec.ts';
import { advance, begin, type Cursor, type Position, readCursor, writeCursor } from './cursor.ts';

const overlapMs = 10_000;
const isAfter = (a: Position, b: Position): boolean => a.at > b.at || (a.at === b.at && a.id > b.id);

type Written = Position & { readonly visibleAtMs: number };

/** Polls as the engine does, over records that appear up to the overlap after the instant that they carry. */
function poll(
  records: readonly Written[],
  untilMs: number,
  everyMs: number,
  pageSize: number,
): Map<number, number> {
  const times = new Map<number, number>();
  let cursor: Cursor | null = null;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += everyMs) {
    for (let more = true; more;) {
      const timing = { nowMs, pollFrom: new Date(0).toISOString(), overlapMs };
      const current: Cursor = begin(cursor === null ? null : readCursor(writeCursor(cursor)), timing);
      const page = records
        .filter((record) => record.visibleAtMs <= nowMs && isAfter(record, readingFrom(current)))
        .toSorted((a, b) => (isAfter(a, b) ? 1 : -1))
        .slice(0, pageSize);
      for (const { id } of page) times.set(id, (times.get(id) ?? 0) + 1);
      const last = page.at(-1);
      more = page.length === pageSize;
      cursor = advance(current, last === undefined ? null : { at: last.at, id: last.id }, more, timing);
    }
  }
  return times;
}

test('every record is read, though transactions end in another order than they began, and none is read without end', () => {
  const record = fc.record({
    writtenMs: fc.integer({ min: 1, max: 60_000 }),
    lateMs: fc.integer({ min: 0, max: overlapMs - 1 }),
  });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), fc.integer({ min: 2, max: 10 }), (written, pageSize) => {
      const records = written.map(({ writtenMs, lateMs }, index) => ({
        at: microInstant(writtenMs),
        id: index + 1,
        visibleAtMs: writtenMs + lateMs,
      }));
      const times = poll(records, 120_000, 2_000, pageSize);
      expect([...times.keys()].toSorted((a, b) => a - b)).toEqual(records.map(({ id }) => id));
    }),
  );
});

test('under steady writing a record is read a few times, not once for each poll', () => {
  const records = Array.from({ length: 600 }, (_, index) => ({
    at: microInstant(1 + index * 100),
    id: index + 1,
    visibleAtMs: 1 + index * 100,
  }));
  const times = poll(records, 60_000, 2_000, 100);
  // The last ones are met again by each sweep until something newer comes; the others are behind it.
  expect(Math.max(...[...times].filter(([id]) => id < 300).map(([, count]) => count))).toBeLessThanOrEqual(4);
});

test('records of one transaction share an instant; a page that ends among them goes on at the next id', () => {
  const records = Array.from({ length: 7 }, (_, index) => ({
    at: microInstant(1_000),
    id: index + 1,
    visibleAtMs: 1_000,
  }));
  const times = poll(records, 4_000, 2_000, 3);
  expect([...times.values()]).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

test('a text that is no cursor is refused', () => {
  expect(() => readCursor('{"at":"yesterday"}')).toThrow(/invalid/i);
});
