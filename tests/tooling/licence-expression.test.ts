import { expect, test } from 'vitest';
import { isPermissive } from '../../scripts/licence-expression.ts';

test.each(['MIT', '(MIT OR GPL-3.0-only)', 'MIT AND ISC', '(BSD-2-Clause OR (MIT AND CC0-1.0))'])(
  '%s may be shipped',
  (expression) => {
    expect(isPermissive(expression)).toBe(true);
  },
);

test.each([
  'GPL-3.0-only',
  'MIT AND GPL-3.0-only',
  'SEE LICENSE IN LICENSE',
  'UNLICENSED',
  'Elastic-2.0',
  '(MIT',
  '',
])('"%s" may not be shipped', (expression) => {
  expect(isPermissive(expression)).toBe(false);
});
