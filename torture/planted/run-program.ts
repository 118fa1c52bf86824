import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Program = {
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly limitMs: number;
  /** Sees each line of what it says; `enough` ends it. */
  readonly onLine?: (line: string) => 'enough' | undefined;
};

/** How it ended: by itself with a code, by us because it had said enough, or because its time was over. */
export type Ending = {
  readonly code: number | null;
  readonly isEnough: boolean;
  readonly isOverdue: boolean;
  /** What it said at last, both streams; for people. */
  readonly lastLines: readonly string[];
};

const graceMs = 15_000;
const keptLines = 15;
const running = new Set<ChildProcess>();

/** Runs a program of Node to its end. What it started it has to end itself. */
export async function runProgram(program: Program): Promise<Ending> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...program.args], {
    cwd: program.directory,
    env: { ...process.env, ...program.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const lastLines: string[] = [];
  let [isEnough, isOverdue] = [false, false];
  const keep = (line: string): void => {
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(line);
    if (isEnough || program.onLine?.(line) !== 'enough') return;
    isEnough = true;
    child.kill('SIGTERM');
  });
  createInterface({ input: child.stderr }).on('line', keep);
  const overdue = setTimeout(() => {
    isOverdue = true;
    child.kill('SIGTERM');
  }, program.limitMs);
  const hopeless = setTimeout(() => child.kill('SIGKILL'), program.limitMs + graceMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, isEnough, isOverdue, lastLines };
  } finally {
    clearTimeout(overdue);
    clearTimeout(hopeless);
    running.delete(child);
  }
}

/** For who is being ended himself. */
export function endPrograms(): void {
  for (const child of running) child.kill('SIGTERM');
}
