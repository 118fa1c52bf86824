import type { Logger } from '#connector-sdk/services.ts';

const everyMs = 60_000;

/** Warns of one thing (by its key) at most once a minute, and says how often it was not said: strangers must not fill the log. */
export class RareLog {
  readonly #log: Pick<Logger, 'warn'>;
  readonly #said = new Map<string, { atMs: number; unsaid: number }>();

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  /** `key` comes from a small set that no sender can enlarge. */
  warn(key: string, fields: Record<string, unknown>, message: string): void {
    const said = this.#said.get(key);
    if (said !== undefined && performance.now() - said.atMs < everyMs) {
      said.unsaid += 1;
      return;
    }
    this.#said.set(key, { atMs: performance.now(), unsaid: 0 });
    this.#log.warn({ ...fields, unsaid: said?.unsaid ?? 0 }, message);
  }
}
