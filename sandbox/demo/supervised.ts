import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export type SupervisedOptions = {
  readonly name: string;
  /** Script and arguments, run by the Node.js that runs us. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Gets everything that it prints; its first line too, where somebody waits for that. */
  readonly logFile: string;
  /** How long a process that died stays dead. */
  readonly restartAfterMs: number;
};

/** A process that is started again when it dies before its time. */
export class Supervised {
  readonly #options: SupervisedOptions;
  #child: ChildProcess | null = null;
  #isStopping = false;
  restarts = 0;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }
  get isAlive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start(): void {
    const { command, environment, logFile } = this.#options;
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, [...command], {
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    child.once('exit', () => void this.#ended());
  }

  /** kill -9: no handler runs, nothing is handed back. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child === null || !this.isAlive) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
  }

  async #ended(): Promise<void> {
    if (this.#isStopping) return;
    await sleep(this.#options.restartAfterMs, undefined, { ref: false });
    if (this.#isStopping) return;
    this.restarts += 1;
    this.start();
  }
}
