import { createHash } from 'node:crypto';

const kept = 160;

/** What happened, line by line: all of it goes into the hash, the last lines (or, on demand, all) stay readable. */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #keepsAll: boolean;
  #lines: string[] = [];
  #pending = '';

  constructor(keepsAll: boolean) {
    this.#keepsAll = keepsAll;
  }

  add(line: string): void {
    this.#pending += line;
    this.#pending += '\n';
    if (this.#pending.length > 16_384) this.#flush();
    this.#lines.push(line);
    if (!this.#keepsAll && this.#lines.length >= 2 * kept) this.#lines = this.#lines.slice(-kept);
  }

  get lines(): readonly string[] {
    return this.#keepsAll ? this.#lines : this.#lines.slice(-kept);
  }

  /** SHA-256 over all lines, hex. Ends the trace. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#pending);
    this.#pending = '';
  }
}
