/**
 * Part of `npm run docs`: writes docs/reference/resiliency-matrix.md from tests/resiliency/matrix.ts. Fails, and writes nothing, when a
 * failure has neither a cell nor a reason, or a cell names a test that is not there.
 *
 * `-- --check` writes nothing and fails when the page is stale, too.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { resiliencyMatrix } from '#tests/resiliency/matrix.ts';
import { incompleteCells, missingProofs, proofsOf } from './reference/cell-proofs.ts';
import { resiliencyMatrixPage } from './reference/resiliency-matrix-page.ts';

const page = 'docs/reference/resiliency-matrix.md';
const { values } = parseArgs({ options: { check: { type: 'boolean' } } });

const problems = [
  ...incompleteCells(resiliencyMatrix),
  ...(await missingProofs(proofsOf(resiliencyMatrix))).map(
    ({ file, title }) => `${file} has no test "${title}"`,
  ),
];
for (const problem of problems) console.error(`${page}: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else if (values.check !== true) {
  writeFileSync(page, resiliencyMatrixPage());
  console.log(`${page} written`);
} else if (!existsSync(page) || readFileSync(page, 'utf8') !== resiliencyMatrixPage()) {
  console.error(`${page} is stale: run npm run docs`);
  process.exitCode = 1;
}
