import type { Database } from '#journal/database.ts';
import { encodeLanes, type LaneHint, workChannel } from '#journal/work-signal.ts';

/**
 * Tells workers which lanes have work, after the commit. A hint only: at most one statement is under way, what came meanwhile
 * goes with the next, and one that fails is forgotten, since workers also look by themselves.
 */
export class WorkNotifier {
  readonly #database: Database;
  readonly #onError: (error: unknown) => void;
  #waiting = new Map<string, LaneHint>();
  #running: Promise<void> | null = null;

  constructor(database: Database, onError: (error: unknown) => void) {
    this.#database = database;
    this.#onError = onError;
  }

  tell(lanes: readonly LaneHint[]): void {
    for (const lane of lanes) this.#waiting.set(lane.join(' '), lane);
    if (this.#waiting.size > 0) this.#running ??= this.#run();
  }

  /** Resolves when nothing is left to tell. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const payload = encodeLanes([...this.#waiting.values()]);
      this.#waiting = new Map();
      try {
        await this.#database.query({
          name: 'work_notify',
          // Nothing here needs to survive a crash, so this commit does not wait for the disk.
          text: `select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`,
          values: [workChannel, payload],
        });
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#running = null;
  }
}
