import { expect, test } from 'vitest';
import { accountInstant, accountText, setBackMs } from './account-time.ts';

const zone = 'America/New_York';
const instant = (text: string, readAt: string): string =>
  new Date(accountInstant(text, zone, Date.parse(readAt))).toISOString();

test("the account's clock shows its own zone, summer and winter", () => {
  expect(accountText(Date.parse('2026-07-01T12:00:00Z'), zone)).toBe('2026-07-01 08:00:00');
  expect(accountText(Date.parse('2026-12-01T12:00:00Z'), zone)).toBe('2026-12-01 07:00:00');
});

test('a reading becomes the instant it was', () => {
  expect(instant('2026-07-01 08:00:00', '2026-07-01T12:00:05Z')).toBe('2026-07-01T12:00:00.000Z');
  expect(instant('2026-12-01 07:00:00', '2026-12-01T12:00:05Z')).toBe('2026-12-01T12:00:00.000Z');
});

test('in the repeated hour it is the later one that we can have seen', () => {
  expect(instant('2026-11-01 01:30:00', '2026-11-01T05:30:05Z')).toBe('2026-11-01T05:30:00.000Z');
  expect(instant('2026-11-01 01:30:00', '2026-11-01T06:30:05Z')).toBe('2026-11-01T06:30:00.000Z');
});

test('a reading that the clock skipped in spring has an instant all the same', () => {
  expect(instant('2026-03-08 02:30:00', '2026-03-08T08:00:00Z')).toBe('2026-03-08T07:30:00.000Z');
});

test('the clock counts as set back for three hours in autumn, and never in spring', () => {
  expect(setBackMs(Date.parse('2026-11-01T06:30:00Z'), zone)).toBe(3_600_000);
  expect(setBackMs(Date.parse('2026-11-01T09:30:00Z'), zone)).toBe(0);
  expect(setBackMs(Date.parse('2026-03-08T08:00:00Z'), zone)).toBe(0);
});

test('what is no reading is not a number', () => {
  expect(accountInstant('11/24/2026 2:00 pm', zone, 0)).toBeNaN();
});
