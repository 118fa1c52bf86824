import type { Database } from '#journal/database.ts';
import { openSession, renewSession } from '#journal/session-store.ts';

/**
 * One worker's life in the database: a row that is renewed while the worker makes progress. Its end is judged by this
 * process's monotonic clock, read before the renewal was sent, so that we never believe in a lease longer than the database does.
 */
export class Session {
  readonly id: number;
  readonly #database: Database;
  readonly #leaseMs: number;
  readonly #abandoned = new AbortController();
  #leaseEndMs: number;
  #clockOffsetMs = 0;

  private constructor(database: Database, id: number, leaseMs: number, leaseEndMs: number) {
    this.#database = database;
    this.id = id;
    this.#leaseMs = leaseMs;
    this.#leaseEndMs = leaseEndMs;
  }

  static async open(database: Database, node: string, leaseMs: number): Promise<Session> {
    const sentAtMs = performance.now();
    const session = new Session(
      database,
      await openSession(database, node, leaseMs),
      leaseMs,
      sentAtMs + leaseMs,
    );
    await session.renew();
    return session;
  }

  /** False when the database has given our lanes to others. */
  async renew(): Promise<boolean> {
    const sentAtMs = performance.now();
    const { isAlive, nowMs } = await renewSession(this.#database, this.id, this.#leaseMs);
    if (!isAlive) return false;
    this.#leaseEndMs = sentAtMs + this.#leaseMs;
    this.#clockOffsetMs = nowMs - (sentAtMs + performance.now()) / 2;
    return true;
  }

  get isAlive(): boolean {
    return !this.#abandoned.signal.aborted && performance.now() < this.#leaseEndMs;
  }
  /** Long enough over for the database to agree. */
  get isOver(): boolean {
    return this.#abandoned.signal.aborted || performance.now() > this.#leaseEndMs + this.#leaseMs;
  }
  get abandoned(): AbortSignal {
    return this.#abandoned.signal;
  }
  /** The database's clock, milliseconds since the epoch; a step of this machine's own clock does not move it. */
  nowMs(): number {
    return performance.now() + this.#clockOffsetMs;
  }
  abandon(): void {
    this.#abandoned.abort(new Error('the session is over'));
  }
}
