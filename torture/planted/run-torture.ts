import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TortureRun } from './planted-bug.ts';
import { runProgram } from './run-program.ts';
import type { Sighting } from './sighting.ts';
import { repository } from './tree-copy.ts';

/** Beyond the load itself: start, coming to rest, the checker. */
const moreMs = 240_000;

type Verdict = {
  readonly accepted: number;
  readonly invariants: Readonly<Record<string, { readonly violations: number | readonly unknown[] }>>;
};

/** Tortures the product of a tree with this repository's torture; the emulators and the checker are never the copy's. */
export async function runTorture(
  root: string,
  { seed, minutes, faults }: TortureRun,
  lookedFor: readonly string[],
): Promise<Sighting> {
  const directory = await mkdtemp(join(tmpdir(), 'tallyport-planted-run-'));
  await chmod(directory, 0o755);
  const startedMs = performance.now();
  try {
    const { code, isOverdue, lastLines } = await runProgram({
      args: [
        'torture/main.ts',
        '--seed',
        String(seed),
        '--minutes',
        String(minutes),
        '--directory',
        join(directory, 'run'),
        ...(faults.length === 0 ? [] : ['--faults', faults.join(',')]),
      ],
      directory: repository,
      environment: { TALLYPORT_TORTURE_TREE: root },
      limitMs: minutes * 60_000 + moreMs,
    });
    const verdict = isOverdue ? null : verdictIn(lastLines);
    if (verdict === null || verdict.accepted === 0)
      return {
        violated: [],
        where: null,
        failure: `exit ${code ?? 'none'}${isOverdue ? ', overdue' : ''}: ${lastLines.slice(-3).join(' | ')}`,
      };
    const violated = Object.entries(verdict.invariants).flatMap(([name, { violations }]) =>
      (typeof violations === 'number' ? violations : violations.length) > 0 ? [name] : [],
    );
    const isSeen = violated.some((name) => lookedFor.includes(name));
    const tookS = Math.round((performance.now() - startedMs) / 1_000);
    return { violated, where: isSeen ? `${tookS} s` : null, failure: null };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function verdictIn(lines: readonly string[]): Verdict | null {
  const line = lines.findLast((candidate) => candidate.startsWith('{') && candidate.includes('"invariants"'));
  return line === undefined ? null : (JSON.parse(line) as Verdict);
}
