import type { LimitReporter, Logger } from '#connector-sdk/services.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import {
  balanceLimit,
  closeBreaker,
  openBreaker,
  reportLimit,
  reportRefusal,
} from '#journal/connection-store.ts';
import type { Database } from '#journal/database.ts';
import type { OpenConnection } from './open-connection.ts';
import { PermitQueue } from './permit-queue.ts';

/** When a connection is taken for dead, and how it is asked whether it lives. */
export const breakerPolicy = { failuresToOpen: 5, probeEveryMs: 1_000 } as const;

/** How long unused permits are kept before other workers may have them. */
const idleMs = 1_000;
/** A platform that asks for more is not believed; its next answer says it again. */
const longestPauseMs = 3_600_000;
/** Beyond this many lanes waiting in memory for each permit, lanes are better given back. */
const waitersPerPermit = 2;

type Observed = Parameters<LimitReporter['report']>[0];

/** What was said in numbers: a header that could not be read must not pause a connection for ever. */
function finiteOf(said: Observed): Observed {
  const { pausedForMs, ...rest } = Object.fromEntries(
    Object.entries(said).filter(([, value]) => Number.isFinite(value)),
  ) as Observed;
  return {
    ...rest,
    ...(pausedForMs !== undefined && { pausedForMs: Math.min(pausedForMs, longestPauseMs) }),
  };
}

/**
 * This worker's share of one account's budget, with the breaker in front of it. Permits and tokens are leased from the database,
 * so that all workers together keep the account's limits; what the platform reports corrects them.
 */
export class Budget {
  readonly connection: OpenConnection;
  readonly #database: Database;
  readonly #log: Logger;
  #session: number | null = null;
  #permits = 0;
  /** What the database last said that we hold; after a question without an answer it may still think so. */
  #leased = 0;
  #inUse = 0;
  #tokens = 0;
  #pausedUntilMs = 0;
  #failures = 0;
  #isOpen = false;
  #balancing: Promise<void> | null = null;
  #lastUseMs = 0;
  /** Lanes may be parked for this connection in the database. */
  #mayHaveParked = true;
  readonly #waiting = new PermitQueue();

  constructor(database: Database, connection: OpenConnection, log: Logger) {
    this.#database = database;
    this.connection = connection;
    this.#log = log;
  }

  /** A new session starts with nothing; calls of the old one return their permits by the reaper. */
  begin(session: number): void {
    this.#session = session;
    this.#permits = 0;
    this.#leased = 0;
    this.#inUse = 0;
    this.#tokens = 0;
    this.#waiting.clear();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }
  get inUse(): number {
    return this.#inUse;
  }
  /** Whether parked lanes, if there are any, could go on now. */
  get isHungry(): boolean {
    return (
      this.#mayHaveParked &&
      !this.#isOpen &&
      this.#pausedUntilMs <= performance.now() &&
      this.#waiting.size < this.#concurrency
    );
  }
  get isWanting(): boolean {
    return this.#waiting.size > 0;
  }
  /** Nothing is parked, as of now; others may park something later, so this is asked again from time to time. */
  sawNothingParked(isParked: boolean): void {
    this.#mayHaveParked = isParked;
  }
  get #concurrency(): number {
    return this.connection.connector.limits(this.connection.config).concurrency;
  }
  get #isMetered(): boolean {
    return this.connection.connector.limits(this.connection.config).bucket !== null;
  }

  /** Takes one permit, or remembers whom to touch, or says that it will take long. */
  take(touch: () => void, isUrgent = false): 'go' | 'wait' | 'park' {
    if (this.#isOpen || this.#pausedUntilMs > performance.now() + 500) return this.#park();
    this.#lastUseMs = performance.now();
    const hasTokens = !this.#isMetered || this.#tokens >= 1;
    if (this.#inUse < this.#permits && hasTokens && this.#pausedUntilMs <= performance.now()) {
      this.#inUse += 1;
      this.#tokens -= 1;
      return 'go';
    }
    // Urgent ones are counted by themselves: the others must not keep them out, nor they fill the memory.
    const waiting = isUrgent ? this.#waiting.urgentSize : this.#waiting.size;
    if (waiting >= waitersPerPermit * this.#concurrency && !this.#waiting.has(touch)) return this.#park();
    this.#waiting.add(touch, isUrgent);
    if (this.#balancing === null && (this.#permits < this.#concurrency || !hasTokens)) void this.balance();
    return 'wait';
  }

  #park(): 'park' {
    this.#mayHaveParked = true;
    return 'park';
  }

  /** Gives a permit back after a call. Recorded outcomes come first, so that a freed permit never overtakes them. */
  give(): void {
    this.#inUse -= 1;
    this.#wake();
  }

  forget(touch: () => void): void {
    this.#waiting.delete(touch);
  }

  #wake(): void {
    for (let free = this.#permits - this.#inUse; free > 0; free -= 1) this.#waiting.shift()?.();
  }

  /** Asks the database for our fair share, and gives back what we do not need. */
  async balance(): Promise<void> {
    this.#balancing ??= this.#share().finally(() => {
      this.#balancing = null;
      this.#wake();
    });
    await this.#balancing;
  }

  async #share(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const limits = this.connection.connector.limits(this.connection.config);
    const isIdle =
      this.#inUse === 0 && this.#waiting.size === 0 && performance.now() - this.#lastUseMs > idleMs;
    if (isIdle && this.#leased === 0) return;
    const wanted = isIdle
      ? 0
      : Math.min(
          limits.concurrency,
          Math.max(this.#inUse + this.#waiting.size, Math.min(this.#permits, this.#inUse + 2), 1),
        );
    const tokens =
      limits.bucket === null || isIdle
        ? 0
        : Math.max(0, 2 * (this.#inUse + this.#waiting.size) + 4 - this.#tokens);
    // Until the answer is there we may keep what we use, and no more: the rest may be given to others in this moment.
    this.#permits = Math.min(this.#permits, this.#inUse);
    try {
      const share = await balanceLimit(this.#database, {
        tenant: this.connection.tenant,
        connection: this.connection.id,
        session,
        limits,
        wanted,
        inUse: this.#inUse,
        tokens,
      });
      if (session !== this.#session) return;
      // Less than is in use: what ends is not begun again until others have their share.
      this.#permits = share.permits;
      this.#leased = share.permits;
      this.#tokens += share.tokens;
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, performance.now() + share.pausedMs);
    } catch (error) {
      this.#log.warn(
        { connection: this.connection.id, error: String(error) },
        'the budget could not be shared',
      );
    }
  }

  /** The connector's way to say what the platform said about its budget. */
  readonly reporter: LimitReporter = {
    report: (said) => {
      const observed = finiteOf(said);
      if (observed.pausedForMs !== undefined)
        this.#pausedUntilMs = Math.max(this.#pausedUntilMs, performance.now() + observed.pausedForMs);
      if (observed.available !== undefined && observed.available < this.#tokens)
        this.#tokens = observed.available;
      reportLimit(this.#database, this.connection.tenant, this.connection.id, observed).catch(
        (error: unknown) =>
          this.#log.warn(
            { connection: this.connection.id, error: String(error) },
            "the platform's limits could not be stored",
          ),
      );
    },
  };

  /** Feeds the breaker. A conflict, a rejection or a full budget says nothing about whether the platform lives. */
  record(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'unavailable':
      case 'outcome-unknown':
        this.#failures += 1;
        if (this.#failures >= breakerPolicy.failuresToOpen) this.#open('unavailable', outcome.detail);
        return;
      case 'unauthorized':
        return this.#open('unauthorized', outcome.detail);
      case 'rate-limited':
        // Others use the account too: what was refused was one call too many, and its slot is given up until there is room again.
        if (outcome.retryAfterMs === null && !this.#isMetered) return this.#refused();
        // Every worker is to wait, not only the one that was told.
        return this.reporter.report({ pausedForMs: outcome.retryAfterMs ?? 1_000 });
      case 'done':
      case 'accepted':
      case 'conflict':
      case 'rejected':
        this.#failures = 0;
        return;
      case 'unmappable':
        return;
    }
  }

  #refused(): void {
    // Until the next balance, which knows the account's new size, no lane tries the refused slot again at once.
    this.#permits = Math.min(this.#permits, this.#inUse - 1);
    reportRefusal(this.#database, this.connection.tenant, this.connection.id).catch((error: unknown) =>
      this.#log.warn(
        { connection: this.connection.id, error: String(error) },
        'that a call was refused could not be stored',
      ),
    );
  }

  #open(cause: string, detail: string): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    // Whoever waits here is to be parked until the connection is back.
    for (let left = this.#waiting.size; left > 0; left -= 1) this.#waiting.shift()?.();
    this.#log.warn({ connection: this.connection.id, cause, detail }, 'connection paused');
    openBreaker(
      this.#database,
      this.connection.tenant,
      this.connection.id,
      cause,
      detail,
      breakerPolicy.probeEveryMs,
    ).catch((error: unknown) =>
      this.#log.warn(
        { connection: this.connection.id, error: String(error) },
        "the breaker's state could not be stored",
      ),
    );
  }

  /** Another worker opened or closed it. */
  seeState(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    if (isOpen) this.#isOpen = true;
    else this.#close();
  }

  #close(): void {
    this.#isOpen = false;
    this.#failures = 0;
    this.#wake();
  }

  /** The probe's answer: closes the breaker for all workers when the platform is there again. */
  async probed(outcome: Outcome): Promise<boolean> {
    if (outcome.kind !== 'done') return false;
    await closeBreaker(this.#database, this.connection.tenant, this.connection.id);
    this.#log.info({ connection: this.connection.id }, 'connection resumed');
    this.#close();
    return true;
  }
}
