import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endsWithUs, hasEnded } from './ends-with-us.ts';

export type NodeProcessOptions = {
  readonly name: string;
  /** Flags of Node.js, the script, its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Answers 200 once the process can work. */
  readonly readyUrl: string;
};

/** A process of the system under test, started as its users start it. It is not started again when it dies: a scenario does that. */
export class NodeProcess {
  readonly #options: NodeProcessOptions;
  #child: ChildProcess | null = null;

  constructor(options: NodeProcessOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }
  get pid(): number {
    return this.#child?.pid ?? 0;
  }
  get isAlive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws Error when it dies, or is not ready within a minute */
  async start(): Promise<void> {
    const { command, environment, logFile, name, readyUrl } = this.#options;
    const log = openSync(logFile, 'a');
    this.#child = spawn(process.execPath, [...command], {
      env: { PATH: ownPath(), ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const { pid } = this.#child;
    endsWithUs(pid);
    this.#child.once('exit', () => hasEnded(pid));
    for (const until = Date.now() + 60_000; Date.now() < until && this.isAlive; await sleep(25)) {
      const response = await fetch(readyUrl).catch(() => null);
      await response?.arrayBuffer();
      if (response?.ok) return;
    }
    await this.kill();
    throw new Error(`${name} did not come up: see ${logFile}`);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isAlive) return;
    const gone = new Promise<void>((done) => child.once('exit', () => done()));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 40_000);
    await gone;
    clearTimeout(late);
  }
}

/** So that children find the programs that we would. */
const ownPath = (): string => process.env['PATH'] ?? '';

/** A TCP port of loopback that was free just now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
