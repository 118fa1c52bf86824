import { runProgram } from './run-program.ts';
import type { Sighting } from './sighting.ts';

/** A seed takes some 60 ms, and the first two that fail are shrunk. */
const limitMs = 180_000;
const violation = /^seed (\d+) violates "([^"]+)"/;

/** Simulates `seeds` lives in a tree, until one violates one of the invariants that are looked for. */
export async function runSimulation(
  root: string,
  seeds: number,
  lookedFor: readonly string[],
): Promise<Sighting> {
  const violated: string[] = [];
  let where: string | null = null;
  const { code, isOverdue, lastLines } = await runProgram({
    args: ['simulation/main.ts', '--seeds', String(seeds)],
    directory: root,
    limitMs,
    onLine(line) {
      const [, seed, invariant] = violation.exec(line) ?? [];
      if (seed === undefined || invariant === undefined) return undefined;
      violated.push(invariant);
      if (!lookedFor.includes(invariant)) return undefined;
      where ??= `seed ${seed}`;
      return 'enough';
    },
  });
  const hasEnded = where !== null || (!isOverdue && lastLines.some((line) => line.startsWith('{"seeds"')));
  return {
    violated,
    where,
    failure: hasEnded ? null : `exit ${code ?? 'none'}: ${lastLines.slice(-3).join(' | ')}`,
  };
}
