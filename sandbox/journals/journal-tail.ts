import { closeSync, openSync, readSync } from 'node:fs';
import type { Effect } from '#connector-testkit/effect-journal.ts';

/** Follows a journal file: each look reads what was added, as whole lines, so that a long run is not read again and again. */
export class JournalTail {
  readonly #file: string;
  readonly #effects: Effect[] = [];
  #position = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string) {
    this.#file = file;
  }

  /** Everything up to now, oldest first; nothing while there is no file. @throws SyntaxError for a line that is no JSON */
  look(): readonly Effect[] {
    let descriptor: number;
    try {
      descriptor = openSync(this.#file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return this.#effects;
      throw error;
    }
    try {
      const chunks: Buffer[] = [];
      for (;;) {
        const chunk = Buffer.alloc(262_144);
        const size = readSync(descriptor, chunk, 0, chunk.length, this.#position);
        if (size === 0) break;
        this.#position += size;
        chunks.push(chunk.subarray(0, size));
      }
      // By bytes: a line may be cut where a character is.
      const bytes = Buffer.concat([this.#rest, ...chunks]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      this.#rest = bytes.subarray(end);
      for (const line of bytes.toString('utf8', 0, end).split('\n'))
        if (line !== '') this.#effects.push(JSON.parse(line) as Effect);
    } finally {
      closeSync(descriptor);
    }
    return this.#effects;
  }
}
