import pg from 'pg';
import type { Logger } from '#connector-sdk/services.ts';
import type { Database } from '#journal/database.ts';
import { type IncomingMessage, type Receipt, storeMessages } from '#journal/intake-store.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import { DatabaseAwayError, MessageRefusedError, OverloadedError } from './intake-errors.ts';
import { WorkNotifier } from './work-notifier.ts';

/** What one process may hold and send at once. */
export type IntakeLimits = {
  readonly batchMessages: number;
  readonly batchBytes: number;
  readonly waitingMessages: number;
  readonly waitingBytes: number;
};
export const defaultIntakeLimits: IntakeLimits = {
  batchMessages: 128,
  batchBytes: 4 * 1024 * 1024,
  waitingMessages: 4_000,
  waitingBytes: 128 * 1024 * 1024,
};

type Waiting = {
  readonly message: IncomingMessage;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: Error) => void;
};

const flightsLimit = 2;
const retriesOfContention = 3;
/** Overflow, bad encoding, broken constraint, view check, beyond a limit of the server: the message's own fault. */
const dataErrorClasses = new Set(['22', '23', '44', '54']);
/** Deadlock or serialization failure: the same batch may go through a moment later. */
const contentionClass = '40';
/** A lock that was waited for in vain. */
const lockNotAvailable = '55P03';

/**
 * Group commit for incoming messages. An idle batcher sends at once; while a batch is under way, newcomers gather, and a second
 * one leaves only when it is full. A promise resolves after the commit, never before.
 */
export class IntakeBatcher {
  readonly #parts: { readonly database: Database; readonly master: MasterKey };
  readonly #limits: IntakeLimits;
  readonly #notifier: WorkNotifier;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  readonly #flights = new Set<Promise<void>>();

  constructor(
    parts: { readonly database: Database; readonly master: MasterKey; readonly log: Logger },
    limits: Partial<IntakeLimits> = {},
  ) {
    this.#parts = parts;
    this.#limits = { ...defaultIntakeLimits, ...limits };
    this.#notifier = new WorkNotifier(parts.database, (error) =>
      parts.log.warn({ error: String(error) }, 'workers could not be told of new work; they will find it'),
    );
  }

  /** Stores one message durably. @throws OverloadedError, DatabaseAwayError or MessageRefusedError, as a rejection */
  add(message: IncomingMessage): Promise<Receipt> {
    const { waitingMessages, waitingBytes } = this.#limits;
    const isFull =
      this.#waiting.length >= waitingMessages ||
      (this.#waitingBytes > 0 && this.#waitingBytes + message.body.length > waitingBytes);
    if (isFull) return Promise.reject(new OverloadedError('too many messages are waiting to be stored'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject });
      this.#waitingBytes += message.body.length;
      this.#send();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async idle(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights);
    await this.#notifier.idle();
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#flights.size < flightsLimit) {
      const { batchMessages, batchBytes } = this.#limits;
      const isFull = this.#waiting.length >= batchMessages || this.#waitingBytes >= batchBytes;
      if (this.#flights.size > 0 && !isFull) return;
      const flight = this.#fly(this.#nextBatch()).finally(() => {
        this.#flights.delete(flight);
        this.#send();
      });
      this.#flights.add(flight);
    }
  }

  #nextBatch(): readonly Waiting[] {
    let [count, bytes] = [0, 0];
    for (const { message } of this.#waiting) {
      if (count > 0 && bytes + message.body.length > this.#limits.batchBytes) break;
      if (count >= this.#limits.batchMessages) break;
      count += 1;
      bytes += message.body.length;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /** Never rejects: each message of the batch gets its own answer. */
  async #fly(batch: readonly Waiting[], tries = 1): Promise<void> {
    try {
      const receipts = await this.#store(batch);
      batch.forEach(({ resolve }, index) => resolve(receipts[index] as Receipt));
    } catch (error) {
      const sqlClass = error instanceof pg.DatabaseError ? error.code?.slice(0, 2) : undefined;
      if (sqlClass === contentionClass && tries < retriesOfContention) return this.#fly(batch, tries + 1);
      // Somebody holds rows that one of these needs: alone, it is a 503, and the others are stored.
      const isLocked = error instanceof pg.DatabaseError && error.code === lockNotAvailable;
      const isTheirFault = sqlClass !== undefined && dataErrorClasses.has(sqlClass);
      if (!isTheirFault && !(isLocked && batch.length > 1)) {
        const away = new DatabaseAwayError('the database did not confirm the commit', { cause: error });
        for (const { reject } of batch) reject(away);
        return;
      }
      if (batch.length === 1) {
        batch[0]?.reject(new MessageRefusedError('the database refuses this message', { cause: error }));
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.#fly(batch.slice(0, middle));
      await this.#fly(batch.slice(middle));
    }
  }

  async #store(batch: readonly Waiting[]): Promise<readonly Receipt[]> {
    const { database, master } = this.#parts;
    const receipts = await storeMessages(
      database,
      master,
      batch.map(({ message }) => message),
    );
    if (receipts.length !== batch.length)
      throw new Error(`${receipts.length} receipts came for ${batch.length} messages`);
    this.#notifier.tell(
      receipts.flatMap(({ outcome, entity }, index) =>
        outcome === 'accepted' && entity !== null
          ? [[batch[index]?.message.tenant ?? '', entity] as const]
          : [],
      ),
    );
    return receipts;
  }
}
