import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';

const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path)) ?? null;
const alive = new Set<ChildProcess>();

/** Starts a program that does not outlive us: where setpriv is there, the kernel ends it with us even when we are killed. */
export function startChild(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child =
    setpriv === null
      ? spawn(command, [...args], options)
      : spawn(setpriv, ['--pdeathsig', 'KILL', '--', command, ...args], options);
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  child.once('error', () => alive.delete(child));
  return child;
}

/** kill -9 of all that still runs, stopped ones too. */
export function killChildren(): void {
  for (const child of alive) child.kill('SIGKILL');
}

/** Asks a child to end, and after `patienceMs` no longer asks. Answers whether it went by itself. */
export async function endChild(
  child: ChildProcess,
  signal: NodeJS.Signals,
  patienceMs: number,
): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let isPatient = true;
  child.kill(signal);
  const late = setTimeout(() => {
    isPatient = false;
    child.kill('SIGKILL');
  }, patienceMs);
  await gone;
  clearTimeout(late);
  return isPatient;
}
