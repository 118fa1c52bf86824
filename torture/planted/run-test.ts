import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';
import type { Sighting } from './sighting.ts';

const limitMs = 180_000;

type Report = {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

/** Runs one test file of a tree and looks for the failure of one test in it. A file that cannot be loaded has no tests, so it shows nothing. */
export async function runTest(root: string, file: string, test: string): Promise<Sighting> {
  const output = join(root, 'planted-test.json');
  const { code, lastLines } = await runProgram({
    args: ['node_modules/vitest/vitest.mjs', 'run', file, '--reporter=json', `--outputFile=${output}`],
    directory: root,
    limitMs,
  });
  const report = await readFile(output, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => null,
  );
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const named = tests.find(({ fullName }) => fullName.endsWith(test));
  if (named === undefined)
    return {
      violated: [],
      where: null,
      failure: `exit ${code ?? 'none'}, no such test: ${lastLines.slice(-3).join(' | ')}`,
    };
  const violated = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return { violated, where: named.status === 'failed' ? file : null, failure: null };
}
