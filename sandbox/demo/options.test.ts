import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('without arguments the demo goes on without end, and with --exit it ends after a hundred orders', () => {
  expect(readOptions([])).toMatchObject({ orders: null, rate: 2, seed: 1, exits: false, isChaos: false });
  expect(readOptions(['--exit'])).toMatchObject({ orders: 100, rate: 10, exits: true });
  expect(readOptions(['--orders', '500', '--rate', '50', '--seed', '7', '--chaos', '--keep'])).toMatchObject({
    orders: 500,
    rate: 50,
    seed: 7,
    isChaos: true,
    keeps: true,
  });
});

test.each([
  ['--orders', 'many'],
  ['--rate', '0'],
  ['--seed', '-1'],
  ['--retailers', 'nobody'],
  ['--speed', '3'],
])('%s %s is refused', (...args) => {
  expect(() => readOptions(args)).toThrow(/no retailer|takes a number|Unknown option|ambiguous/);
});
