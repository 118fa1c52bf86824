import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';

const vague = new Set([
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'shared',
  'misc',
  'manager',
  'managers',
]);

test('a file or folder is named after the one thing it holds', () => {
  const paths = globSync('{src,sandbox,simulation,torture,bench,tests,scripts}/**/*');
  const offenders = paths.filter((path) =>
    basename(path)
      .replace(/\..*$/, '')
      .split('-')
      .some((word) => vague.has(word)),
  );
  expect(offenders).toEqual([]);
});
