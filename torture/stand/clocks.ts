import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu', ''].map((system) =>
  join('/usr/lib', system, 'faketime/libfaketime.so.1'),
);

/** A wall clock for each process that can be stepped (libfaketime); monotonic clocks go on as they are. */
export class Clocks {
  readonly #library: string;
  readonly #directory: string;
  readonly #offsets = new Map<string, number[]>();

  private constructor(library: string, directory: string) {
    this.#library = library;
    this.#directory = directory;
  }

  /** Null where libfaketime is not installed. */
  static find(directory: string): Clocks | null {
    const library = libraries.find((path) => existsSync(path));
    return library === undefined ? null : new Clocks(library, directory);
  }

  /** What makes a process live by its clock. */
  environment(process: string): Readonly<Record<string, string>> {
    this.#set(process);
    return {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#file(process),
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Steps the clock of a process, within a second; the answer steps it back. Several steps add up. */
  step(process: string, offsetS: number): () => void {
    const offsets = this.#offsets.get(process) ?? [];
    this.#offsets.set(process, offsets);
    offsets.push(offsetS);
    this.#set(process);
    return () => {
      offsets.splice(offsets.indexOf(offsetS), 1);
      this.#set(process);
    };
  }

  #set(process: string): void {
    const offsetS = (this.#offsets.get(process) ?? []).reduce((sum, each) => sum + each, 0);
    writeFileSync(this.#file(process), `${offsetS < 0 ? '' : '+'}${offsetS}\n`);
  }

  #file(process: string): string {
    return join(this.#directory, `clock-${process}`);
  }
}
