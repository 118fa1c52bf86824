import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const documents = [
  ...['ARCHITECTURE.md', 'README.md', 'CONTRIBUTING.md'].map((name) => join(root, name)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs', name)),
];
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

/** A path in the text is one when its first part is a folder or file of this repository. */
const beginnings = new Set(readdirSync(root).filter((name) => name !== 'node_modules'));
/** Names that stand for any, such as `retailers/<name>/` or `src/connectors/acme/`. */
const isExample = (path: string): boolean => /[<*{]|\.\.\.|\bacme\b/.test(path);
/** Layers that are planned: `layers.ts` has their rules before they have a file. */
const planned = /^(src\/(ownership|reconcile|api)|torture|bench|console)(\/|$)/;

const isThere = (path: string): boolean => existsSync(join(root, path.replace(/:\d+$/, '')));

function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\s]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => /^[\w.-]+\/[\w./<>*{}-]*$/.test(code) && beginnings.has(code.split('/', 1)[0] ?? ''))
    .filter((code) => !isExample(code) && !planned.test(code));
}

function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.split('#', 1)[0] ?? '')
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

const scriptsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);

describe.each(documents.map((file) => ({ name: relative(root, file), file })))('$name', ({ file }) => {
  const text = readFileSync(file, 'utf8');

  test('names only files that are there', () => {
    expect(pathsIn(text).filter((path) => !isThere(path))).toEqual([]);
  });

  test('links only to what is there', () => {
    expect(linksIn(text).filter((target) => !existsSync(join(dirname(file), target)))).toEqual([]);
  });

  test('names only npm scripts that there are', () => {
    expect(scriptsIn(text).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

test('the check sees paths, links and scripts', () => {
  const text =
    '`src/no/such.ts` `retailers/<name>/x` `origin/main` [a](b/c.md#d) [e](https://f.g) `npm run none -- x`';
  expect([pathsIn(text), linksIn(text), scriptsIn(text)]).toEqual([['src/no/such.ts'], ['b/c.md'], ['none']]);
});
