import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { incompleteCells, missingProofs, proofsOf } from '../../scripts/reference/cell-proofs.ts';
import { resiliencyMatrixPage } from '../../scripts/reference/resiliency-matrix-page.ts';
import { cell, type Dependency, type Mode, modes } from '../resiliency/matrix/dependency.ts';
import { resiliencyMatrix } from '../resiliency/matrix.ts';

test('every dependency says of every failure what happens, by which test, or why it cannot happen', () => {
  expect(incompleteCells(resiliencyMatrix)).toEqual([]);
});

test(
  'every proof is a test that is there, and one that is not is noticed',
  { timeout: 240_000 },
  async () => {
    const file = 'tests/tooling/resiliency-matrix.test.ts';
    const invented = { file, title: 'a test that nobody wrote' };
    expect(await missingProofs([...proofsOf(resiliencyMatrix), invented])).toEqual([invented]);
  },
);

test('the page is up to date', () => {
  expect(readFileSync('docs/reference/resiliency-matrix.md', 'utf8')).toBe(resiliencyMatrixPage());
});

test('a failure without a cell, a cell without words or tests, and an empty excuse are noticed', () => {
  const proof = { file: 'a.test.ts', title: 'a' };
  const others = (Object.keys(modes) as Mode[]).filter(
    (mode) => !['refuses', 'resets', 'hangs', 'slow'].includes(mode),
  );
  const broken: Dependency = {
    id: 'x',
    title: 'X',
    about: '',
    cells: { resets: cell('it does'), hangs: cell(' ', proof), slow: cell('it is', proof) },
    notApplicable: [
      { modes: others, because: ' ' },
      { modes: ['slow'], because: 'never' },
    ],
  };
  expect(incompleteCells([broken])).toEqual([
    'x, "refuses connections" has neither a cell nor a reason',
    'x, "cuts connections" names no test',
    'x, "hangs" does not say what happens',
    'x, "is slow" has a cell and a reason why there is none',
    `x: no reason is given for ${others.join(', ')}`,
  ]);
});
