const pids = new Set<number>();

/** Names a process that must not outlive this one, however this one ends (but for kill -9). */
export function endsWithUs(pid: number | undefined): void {
  if (pid === undefined) return;
  if (pids.size === 0) {
    process.once('exit', () => {
      for (const each of pids) endNow(each);
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => process.exit(130));
  }
  pids.add(pid);
}

/** It is over, and its number may go to a stranger. */
export function hasEnded(pid: number | undefined): void {
  if (pid !== undefined) pids.delete(pid);
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}
