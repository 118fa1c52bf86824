import { expect, test } from 'vitest';
import { faultNames } from './nemesis/schedule.ts';
import { readOptions } from './options.ts';

test('without a word, all faults for five minutes', () => {
  expect(readOptions([])).toMatchObject({ seed: 1, minutes: 5, faults: faultNames, directory: null });
});

test('chosen faults come in their own order, and one that there is not is named', () => {
  expect(readOptions(['--faults', 'F9, F1']).faults).toEqual(['F1', 'F9']);
  expect(() => readOptions(['--faults', 'F13'])).toThrow('there is no fault F13');
});

test.each([
  [['--seed', 'x'], '--seed'],
  [['--minutes', '0'], '--minutes'],
  [['--nonsense'], '--nonsense'],
])('%s is refused', (args, named) => {
  expect(() => readOptions(args)).toThrow(named);
});
