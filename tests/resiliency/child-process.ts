import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Processes of ours that a test starts, to be killed or stopped; what is left of them ends with `endAll`. */
export class Children {
  readonly #children = new Set<ChildProcess>();

  /** Runs a file of this repository with this Node. Resolves with it when its output matches `ready`. */
  async start(
    args: readonly string[],
    ready: RegExp,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly child: ChildProcess; readonly said: RegExpExecArray }> {
    const child = spawn(process.execPath, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', ...variables },
    });
    this.#children.add(child);
    let text = '';
    const said = await new Promise<RegExpExecArray>((resolve, reject) => {
      const hear = (bytes: Buffer): void => {
        text += bytes.toString();
        const found = ready.exec(text);
        if (found !== null) resolve(found);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${text}`)));
    });
    return { child, said };
  }

  /** Sends the signal; after SIGKILL the process is gone when this resolves. */
  async signal(child: ChildProcess, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): Promise<void> {
    const gone = once(child, 'exit');
    child.kill(name);
    if (name === 'SIGKILL' || name === 'SIGTERM') await gone;
  }

  async endAll(): Promise<void> {
    for (const child of this.#children)
      if (child.exitCode === null && child.signalCode === null) await this.signal(child, 'SIGKILL');
    this.#children.clear();
  }
}
