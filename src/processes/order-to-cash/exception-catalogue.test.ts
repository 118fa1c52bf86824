import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { orderExceptions } from './exception-catalogue.ts';
import { orderActions } from './operator.ts';

const page = readFileSync(new URL('../../../docs/concepts/order-to-cash.md', import.meta.url), 'utf8');

test('the documentation names every exception with its meaning, and no other', () => {
  const rows = [...page.slice(page.indexOf('## Exceptions')).matchAll(/^\| `([a-z-]+)` *\| (.+?) *\|$/gm)];
  const documented = Object.fromEntries(rows.map(([, cause = '', means = '']) => [cause, means]));
  expect(documented).toEqual(
    Object.fromEntries(Object.entries(orderExceptions).map(([cause, { means }]) => [cause, means])),
  );
});

test('every action of an operator is documented, and every action that a remedy names exists', () => {
  for (const action of Object.keys(orderActions)) expect(page).toContain(`\`${action}\``);
  const named = Object.values(orderExceptions).flatMap(({ remedy }) =>
    [...remedy.matchAll(/"([a-z-]+)"/g)].map(([, action]) => action),
  );
  expect(named.filter((action) => action === undefined || !(action in orderActions))).toEqual([]);
});
