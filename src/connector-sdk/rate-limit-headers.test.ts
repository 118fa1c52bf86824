import { describe, expect, test } from 'vitest';
import { rateLimitState, retryAfterMs } from './rate-limit-headers.ts';

const nowMs = Date.parse('2026-11-24T16:00:00Z');

describe('Retry-After', () => {
  const cases: readonly [string, number | null][] = [
    ['30', 30_000],
    ['0', 0],
    ['2.0', 2_000],
    ['Tue, 24 Nov 2026 16:01:00 GMT', 60_000],
    ['Tue, 24 Nov 2026 15:59:00 GMT', 0],
    ['soon', null],
    ['', null],
    ['-5', null],
  ];
  for (const [text, expected] of cases) {
    test(`"${text}" is ${expected} ms`, () => {
      const read = retryAfterMs({ 'retry-after': text }, nowMs);
      // JavaScript reads "-5" as a year; whatever it is, it never lies in the future.
      if (text === '-5') expect(read === null || read === 0).toBe(true);
      else expect(read).toBe(expected);
    });
  }
  test('absent is null', () => expect(retryAfterMs({}, nowMs)).toBeNull());
});

describe('the tightest budget is reported', () => {
  const cases: readonly [string, Record<string, string>, unknown][] = [
    [
      'draft 08 and later',
      {
        ratelimit: '"burst";r=37;t=12, "daily";r=9000',
        'ratelimit-policy': '"burst";q=100;w=60, "daily";q=10000;w=86400',
      },
      { available: 37, capacity: 100, resetAfterMs: 12_000 },
    ],
    [
      'a name with comma and semicolon',
      { ratelimit: '"a,b;c";r=1' },
      { available: 1, capacity: null, resetAfterMs: null },
    ],
    [
      'draft 07 and earlier',
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '5', 'ratelimit-reset': '50' },
      { available: 5, capacity: 100, resetAfterMs: 50_000 },
    ],
    [
      'X- with an instant',
      {
        'x-ratelimit-limit': '40',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(nowMs / 1000 + 7),
      },
      { available: 0, capacity: 40, resetAfterMs: 7_000 },
    ],
    ['none', { 'content-type': 'text/plain' }, null],
    ['nonsense', { ratelimit: 'x;r=many', 'x-ratelimit-remaining': 'some' }, null],
  ];
  for (const [title, headers, expected] of cases)
    test(title, () => expect(rateLimitState(headers, nowMs)).toEqual(expected));
});
