import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { endChild, startChild } from './child-processes.ts';

export type SupervisedOptions = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Gets everything that it prints. */
  readonly logFile: string;
  /** How long a process that died stays dead. */
  readonly restartAfterMs: number;
  readonly identity?: { readonly uid: number; readonly gid: number };
  readonly directory?: string;
};

/** A process that is started again when it dies before its time, as an init system does. */
export class Supervised {
  readonly #options: SupervisedOptions;
  #child: ChildProcess | null = null;
  #isStopping = false;
  #restartAfterMs: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  restarts = 0;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }
  get pid(): number | null {
    return this.isAlive ? (this.#child?.pid ?? null) : null;
  }
  get isAlive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start(): void {
    const { command, args, environment, logFile, identity = {}, directory } = this.#options;
    const log = openSync(logFile, 'a');
    const child = startChild(command, args, {
      env: environment,
      stdio: ['ignore', log, log],
      ...identity,
      ...(directory !== undefined && { cwd: directory }),
    });
    closeSync(log);
    this.#child = child;
    child.once('exit', () => this.#ended());
    child.once('error', () => this.#ended());
  }

  /** kill -9: no handler runs, nothing is handed back. It comes again after `downMs`, by default after the usual pause. */
  kill(downMs: number | null = null): void {
    this.#restartAfterMs = downMs;
    this.#child?.kill('SIGKILL');
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.isAlive) this.#child?.kill(signal);
  }

  /** Ends it for good. Answers whether it went by itself. */
  async stop(signal: NodeJS.Signals, patienceMs: number): Promise<boolean> {
    this.#isStopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    return this.#child === null || endChild(this.#child, signal, patienceMs);
  }

  #ended(): void {
    if (this.#isStopping) return;
    this.#timer = setTimeout(() => {
      this.restarts += 1;
      this.start();
    }, this.#restartAfterMs ?? this.#options.restartAfterMs);
    this.#restartAfterMs = null;
  }
}
