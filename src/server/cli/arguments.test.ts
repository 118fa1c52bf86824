import { expect, test } from 'vitest';
import { instantText, wholeNumber, wholeNumbers } from './arguments.ts';

test('a number is whole, positive and exact', () => {
  expect([wholeNumber('1'), wholeNumber('9007199254740991')]).toEqual([1, 9_007_199_254_740_991]);
  expect(wholeNumbers('3', [2])).toEqual([2, 3]);
  for (const text of ['', '0', '-1', '1.5', '1e3', '1x', ' 1', '9007199254740992'])
    expect(() => wholeNumber(text)).toThrow('It is no whole number from 1 on.');
});

test('an instant names its day, time and zone', () => {
  for (const text of ['2026-11-27T06:00:00Z', '2026-11-27T06:00+01:00', '2026-11-27T06:00:00.123Z'])
    expect(instantText(text)).toBe(text);
  for (const text of ['yesterday', '2026-11-27', '2026-11-27T06:00:00', '2026-13-27T06:00:00Z'])
    expect(() => instantText(text)).toThrow('It is no instant such as');
});
