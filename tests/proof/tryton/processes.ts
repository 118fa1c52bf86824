import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Whom a program runs as; null: ourselves. */
export type Account = { readonly uid: number; readonly gid: number } | null;

export type ProgramOptions = {
  readonly account?: Account;
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
};

const running = new Set<ChildProcess>();
const others = new Set<() => number | undefined>();

/** util-linux; lets the kernel end our programs with us, even when we are killed. */
const setpriv = '/usr/bin/setpriv';

/**
 * Starts a program that is to live as long as it is needed, and no longer than this process. `log` is a file descriptor;
 * `signal` is what the kernel sends when this process is gone.
 */
export function startProgram(
  file: string,
  parameters: readonly string[],
  { account = null, cwd, environment }: ProgramOptions,
  log: number | 'ignore',
  signal: 'INT' | 'TERM' | 'KILL' = 'KILL',
): ChildProcess {
  const isGuarded = process.platform === 'linux' && existsSync(setpriv);
  const child = spawn(
    isGuarded ? setpriv : file,
    isGuarded ? ['--pdeathsig', signal, '--', file, ...parameters] : [...parameters],
    {
      stdio: ['ignore', log, log],
      ...(cwd !== undefined && { cwd }),
      ...(environment !== undefined && { env: environment }),
      ...account,
    },
  );
  running.add(child);
  const gone = (): void => void running.delete(child);
  child.once('exit', gone).once('error', gone);
  return child;
}

/** Runs a program to its end. @throws Error when it fails or takes longer than `timeoutMs`. */
export async function runProgram(
  file: string,
  parameters: readonly string[],
  timeoutMs: number,
  options: ProgramOptions & { readonly log?: number } = {},
): Promise<void> {
  const child = startProgram(file, parameters, options, options.log ?? 'ignore');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(status ?? signal));
  }).finally(() => clearTimeout(timer));
  if (code !== 0) throw new Error(`${file} ${parameters.join(' ')}: ended with ${code}`);
}

/** Ends a program that we started, and waits for it; kills it after 20 s. */
export async function stopProgram(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(timer);
}

/** Names a program that something else here started, for `killPrograms`. `pid` is undefined while it does not run. */
export function alsoKill(pid: () => number | undefined): void {
  others.add(pid);
}

/** For the end of a run that could not end by itself: kills what is left of the programs we started, and nothing else. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
  for (const other of others) {
    const pid = other();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
}
