import { setTimeout as sleep } from 'node:timers/promises';
import { balanceLimit, returnPermits } from '#journal/connection-store.ts';
import type { Database } from '#journal/database.ts';
import type { OpenConnection } from './open-connection.ts';

/** Between two questions for a permit: workers give one up as soon as a call of theirs ends. Milliseconds. */
const askEveryMs = 25;
/** Whoever got none for so long reads all the same: one request too many is refused without harm, a source that is not read is blind. */
const defaultPatienceMs = 10_000;

/**
 * Permits for what is read without a lane asking for it: polls, and the upkeep of subscriptions. They come out of the same
 * budget as commands, so that an account of N slots never sees more than N of ours. A permit is held for one request's work and
 * handed back at once, since every slot that idles is one that an order waits for.
 */
export class ReadPermits {
  readonly #database: Database;
  readonly #patienceMs: number;
  readonly #accounts = new Map<string, AccountReads>();

  constructor(database: Database, patienceMs: number = defaultPatienceMs) {
    this.#database = database;
    this.#patienceMs = patienceMs;
  }

  /** Runs `work` under one permit of the connection, leased by that session. @throws whatever `work` or the database throws */
  async during<T>(connection: OpenConnection, session: number, work: () => Promise<T>): Promise<T> {
    const key = `${connection.tenant} ${connection.id}`;
    const account = this.#accounts.get(key) ?? new AccountReads(this.#database, connection);
    this.#accounts.set(key, account);
    await account.enter(session, performance.now() + this.#patienceMs);
    try {
      return await work();
    } finally {
      await account.leave(session);
    }
  }
}

/** The reads of one account: a lease belongs to a session, so that they are counted together. */
class AccountReads {
  readonly #database: Database;
  readonly #connection: OpenConnection;
  #permits = 0;
  #inUse = 0;
  #waiting = 0;
  /** Questions to the database, one after the other: each says how things stand when its turn comes. */
  #asked: Promise<void> = Promise.resolve();

  constructor(database: Database, connection: OpenConnection) {
    this.#database = database;
    this.#connection = connection;
  }

  /** Waits for a permit until `untilMs` (`performance.now()`) at most. */
  async enter(session: number, untilMs: number): Promise<void> {
    this.#waiting += 1;
    try {
      while (this.#permits <= this.#inUse) {
        await this.#ask(session);
        if (this.#permits > this.#inUse || performance.now() > untilMs) break;
        await sleep(askEveryMs);
      }
    } finally {
      this.#waiting -= 1;
    }
    this.#inUse += 1;
  }

  async leave(session: number): Promise<void> {
    this.#inUse -= 1;
    if (this.#waiting === 0) await this.#ask(session); // else it is the next one's
  }

  async #ask(session: number): Promise<void> {
    const turn = this.#asked.then(() => this.#balance(session));
    this.#asked = turn.catch(() => undefined);
    await turn;
  }

  async #balance(session: number): Promise<void> {
    const { tenant, id, connector, config } = this.#connection;
    const wanted = this.#inUse + this.#waiting;
    // Until the answer is there we keep what we use, and no more: the rest may be given to others in this moment.
    this.#permits = Math.min(this.#permits, this.#inUse);
    if (wanted === 0) return returnPermits(this.#database, { tenant, connection: id, session });
    const { permits } = await balanceLimit(this.#database, {
      tenant,
      connection: id,
      session,
      limits: connector.limits(config),
      wanted,
      inUse: this.#inUse,
      tokens: 0,
    });
    this.#permits = permits;
  }
}
