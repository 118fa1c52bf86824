import { type ChildProcess, fork } from 'node:child_process';
import type { SinkAnswers, SinkQuestion, SinkSettings, SinkUrls } from './sink-messages.ts';

type Waiting = { readonly done: (value: unknown) => void; readonly fail: (error: Error) => void };

/** The sinks in a process of their own, so that their CPU is counted apart. */
export class SinkProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  readonly urls: SinkUrls;

  private constructor(child: ChildProcess, urls: SinkUrls) {
    this.#child = child;
    this.urls = urls;
    child.on('message', ({ id, value }: { id: number; value: unknown }) => {
      this.#waiting.get(id)?.done(value);
      this.#waiting.delete(id);
    });
    child.once('exit', () => {
      for (const { fail } of this.#waiting.values())
        fail(new Error('the sinks ended: see what they printed'));
    });
  }

  static async start(settings: SinkSettings): Promise<SinkProcess> {
    const child = fork(new URL('./main.ts', import.meta.url).pathname, [JSON.stringify(settings)], {
      serialization: 'advanced',
      execArgv: [],
    });
    const urls = await new Promise<SinkUrls>((done, fail) => {
      child.once('message', ({ value }: { value: SinkUrls }) => done(value));
      child.once('exit', () => fail(new Error('the sinks did not start')));
    });
    return new SinkProcess(child, urls);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  ask<Q extends SinkQuestion>(question: Q): Promise<SinkAnswers[Q['ask']]> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done: (value) => done(value as SinkAnswers[Q['ask']]), fail });
      this.#child.send({ id, question });
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((done) => this.#child.once('exit', done));
    this.#child.disconnect();
    await gone;
  }
}
