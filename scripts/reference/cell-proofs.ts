import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { type Dependency, type Mode, modes, type Proof } from '#tests/resiliency/matrix/dependency.ts';

/** What is wrong with the matrix by itself: a failure without cell or reason, or with both, or a cell without words or proof. */
export function incompleteCells(matrix: readonly Dependency[]): readonly string[] {
  return matrix.flatMap(({ id, cells, notApplicable }) => {
    const reasons = notApplicable.flatMap(({ modes: those }) => those);
    const problemOf = (mode: Mode): string | null => {
      const [cell, isExcused] = [cells[mode], reasons.includes(mode)];
      if (cell === undefined) return isExcused ? null : 'has neither a cell nor a reason';
      if (isExcused) return 'has a cell and a reason why there is none';
      if (cell.happens.trim() === '') return 'does not say what happens';
      return cell.proof.length === 0 ? 'names no test' : null;
    };
    const twice = reasons.filter((mode, at) => reasons.indexOf(mode) !== at);
    const silent = notApplicable.filter(({ because }) => because.trim() === '');
    return [
      ...(Object.keys(modes) as Mode[]).flatMap((mode) => {
        const problem = problemOf(mode);
        return problem === null ? [] : [`${id}, "${modes[mode]}" ${problem}`];
      }),
      ...twice.map((mode) => `${id}, "${modes[mode]}" is excused twice`),
      ...silent.map(({ modes: those }) => `${id}: no reason is given for ${those.join(', ')}`),
    ];
  });
}

export const proofsOf = (matrix: readonly Dependency[]): readonly Proof[] =>
  matrix.flatMap(({ cells }) => Object.values(cells).flatMap(({ proof }) => proof));

/**
 * The proofs that are no tests: vitest collects the files they name, so that also titles that a loop or the conformance suite makes
 * are known, and tests that are skipped are not. Runs no test.
 */
export async function missingProofs(proofs: readonly Proof[]): Promise<readonly Proof[]> {
  const directory = await mkdtemp(join(tmpdir(), 'tallyport-matrix-'));
  try {
    const output = join(directory, 'tests.json');
    const files = [...new Set(proofs.map(({ file }) => file))];
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    await promisify(execFile)(
      process.execPath,
      [vitest, 'list', ...files, '--no-staticParse', `--json=${output}`],
      {
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    const tests = JSON.parse(await readFile(output, 'utf8')) as {
      readonly name: string;
      readonly file: string;
    }[];
    const known = new Set(
      tests.map(({ file, name }) => JSON.stringify([relative(process.cwd(), file), name])),
    );
    return proofs.filter(({ file, title }) => !known.has(JSON.stringify([file, title])));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
