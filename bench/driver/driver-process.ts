import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { DriverMessage, DriverTask } from './main.ts';
import type { Sent } from './sender.ts';

/** The sender of webhooks in a process of its own, so that its CPU is counted apart. */
export class DriverProcess {
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();

  constructor() {
    this.#child = fork(new URL('./main.ts', import.meta.url).pathname, [], {
      serialization: 'advanced',
      execArgv: [],
    });
    this.#child.once('exit', () => this.#ended.abort(new Error('the driver ended')));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Makes and signs everything. */
  async prepare(task: DriverTask): Promise<void> {
    await this.#ask({ kind: 'prepare', task });
  }

  /** Sends what was prepared. */
  async go(): Promise<Sent> {
    return (await this.#ask({ kind: 'go' })) as Sent;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #ask(message: DriverMessage): Promise<unknown> {
    this.#child.send(message);
    const [answer] = (await once(this.#child, 'message', { signal: this.#ended.signal })) as unknown[];
    return answer;
  }
}
