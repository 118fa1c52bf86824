import { spawn, spawnSync } from 'node:child_process';

/** Own network, mounts and processes; the kernel takes everything away when the first process in it ends. */
const unshare = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'] as const;

/** Whether namespaces of our own are to be had here. */
export function canIsolate(): boolean {
  if (process.getuid?.() !== 0) return false;
  return (
    spawnSync('unshare', [...unshare, 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0
  );
}

/** Runs this program again inside, to its end. Answers its exit code. */
export async function runIsolated(args: readonly string[]): Promise<number> {
  const script = 'ip link set lo up && exec "$@"';
  const inner = [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...args, '--isolated'];
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', 'unshare', ...unshare, 'sh', '-c', script, 'sh', ...inner],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  // Ctrl-C reaches the inner process by the terminal; a signal for us alone has to be handed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.connected && child.send('stop'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
