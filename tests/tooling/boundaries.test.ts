import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { boundaryRules } from '../../scripts/boundary-rules.ts';

const root = join(import.meta.dirname, '../..');
const trees: string[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

/** Lays out a small repository with this repository's manifest, packages and rules. */
function repositoryWith(files: Files): string {
  const tree = mkdtempSync(join(tmpdir(), 'boundaries-'));
  trees.push(tree);
  for (const name of ['package.json', 'layers.ts', '.dependency-cruiser.mjs', 'scripts/boundary-rules.ts']) {
    cpSync(join(root, name), join(tree, name));
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), source);
  }
  return tree;
}

/** Runs the real check, and answers with its exit code and the names of the rules that were broken. */
function check(files: Files): { passed: boolean; broken: string[] } {
  const run = spawnSync(process.execPath, ['scripts/boundaries.ts', '--output-type', 'json'], {
    cwd: repositoryWith({ ...files, ...boundariesScript }),
    encoding: 'utf8',
  });
  const report = JSON.parse(run.stdout) as { summary: { violations: { rule: { name: string } }[] } };
  const broken = report.summary.violations.map((violation) => violation.rule.name);
  return { passed: broken.length === 0, broken: [...new Set(broken)] };
}
const boundariesScript = {};

test('placeholder', () => {
  expect(boundaryRules().length).toBeGreaterThan(10);
  expect(check).toBeTypeOf('function');
});
