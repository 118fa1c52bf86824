import { setTimeout as sleep } from 'node:timers/promises';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import type { Json } from '#canonical/json.ts';
import { PlatformFault, RowBusy } from './platform-fault.ts';
import type { OrgOptions } from './org-options.ts';
import type { RecordStore } from './record-store.ts';
import type { EmulatedRecord } from './schema.ts';

export type Touched = {
  readonly object: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly record: Readonly<EmulatedRecord>;
  /** As it was before; null for a new one. */
  readonly before: Readonly<EmulatedRecord> | null;
};

/** Who writes: the client's name of Sforce-Call-Options, the user of the session, and the API version. */
export type Author = { readonly client: string | null; readonly userId: string; readonly version: number };

/** One unit of work: changes that can be taken back, the rows it locked, and what it touched. */
export class Transaction {
  readonly #undo: (() => void)[] = [];
  readonly #rows: RowLocks;
  readonly #lost: ReadonlySet<string>;
  readonly locked = new Set<string>();
  readonly inserted = new Set<string>();
  #touched: (Touched & { readonly at: number })[] = [];
  readonly author: Author;

  constructor(rows: RowLocks, lost: ReadonlySet<string>, author: Author) {
    this.#rows = rows;
    this.#lost = lost;
    this.author = author;
  }

  change(undo: () => void, touched: Touched): void {
    this.#undo.push(undo);
    this.#touched.push({ ...touched, at: this.#undo.length });
  }

  savepoint(): number {
    return this.#undo.length;
  }

  rollback(to = 0): void {
    while (this.#undo.length > to) this.#undo.pop()?.();
    this.#touched = this.#touched.filter((touched) => touched.at <= to);
  }

  /** Locks a row until the transaction ends. @throws RowBusy to wait; PlatformFault when it waited too long */
  lock(id: string): void {
    if (this.locked.has(id)) return;
    if (this.#rows.isHeld(id)) {
      if (!this.#lost.has(id)) throw new RowBusy(id);
      throw new PlatformFault(
        'UNABLE_TO_LOCK_ROW',
        `unable to obtain exclusive access to this record or 1 records: ${id}`,
      );
    }
    this.locked.add(id);
  }

  /** Whether another transaction, not ended yet, inserted this unique value. @throws RowBusy to wait for its end; true once it ended */
  lostRace(uniqueKey: string): boolean {
    if (this.#lost.has(uniqueKey)) return true;
    if (this.#rows.isHeld(uniqueKey)) throw new RowBusy(uniqueKey);
    return false;
  }

  /** Net effects: a record that was made and then changed was made. */
  effects(): readonly Touched[] {
    const net = new Map<string, Touched>();
    for (const touched of this.#touched) {
      const earlier = net.get(touched.record.Id);
      if (earlier?.kind === 'created' && touched.kind === 'deleted') net.delete(touched.record.Id);
      else
        net.set(touched.record.Id, {
          ...touched,
          ...(earlier !== undefined && { before: earlier.before }),
          ...(earlier?.kind === 'created' && { kind: 'created' }),
        });
    }
    return [...net.values()];
  }
}

/** Rows (and unique values being inserted) that a transaction holds while its triggers run. */
class RowLocks {
  readonly #held = new Map<string, Promise<void>>();

  isHeld(key: string): boolean {
    return this.#held.has(key);
  }

  async released(key: string, withinMs: number): Promise<void> {
    await Promise.race([this.#held.get(key), sleep(withinMs, undefined, { ref: false })]);
  }

  async hold(keys: Iterable<string>, ms: number): Promise<void> {
    const until = sleep(ms);
    const all = [...keys];
    for (const key of all) this.#held.set(key, until);
    await until;
    for (const key of all) this.#held.delete(key);
  }
}

/** Runs transactions: each body runs at once or not at all, then holds its rows for as long as its triggers take. */
export class Transactions {
  readonly #rows = new RowLocks();
  readonly #store: RecordStore;
  readonly #options: OrgOptions;
  readonly #journal: EffectJournal;
  readonly #describe: (
    object: string,
    record: Readonly<EmulatedRecord>,
  ) => { readonly key: string; readonly data: Record<string, Json> };

  readonly #committed: (effects: readonly Touched[], author: Author) => void;

  constructor(parts: {
    readonly store: RecordStore;
    readonly options: OrgOptions;
    readonly journal: EffectJournal;
    readonly describe: (
      object: string,
      record: Readonly<EmulatedRecord>,
    ) => { readonly key: string; readonly data: Record<string, Json> };
    /** Told of every transaction that took effect, in the order of their commits. */
    readonly committed: (effects: readonly Touched[], author: Author) => void;
  }) {
    this.#store = parts.store;
    this.#options = parts.options;
    this.#journal = parts.journal;
    this.#describe = parts.describe;
    this.#committed = parts.committed;
  }

  async run<T>(author: Author, body: (transaction: Transaction) => T): Promise<T> {
    const giveUpAt = performance.now() + this.#options.lockWaitMs;
    const lost = new Set<string>();
    for (;;) {
      const transaction = new Transaction(this.#rows, lost, author);
      try {
        const result = body(transaction);
        await this.#commit(transaction);
        return result;
      } catch (error) {
        transaction.rollback();
        if (!(error instanceof RowBusy)) throw error;
        const left = giveUpAt - performance.now();
        // A unique value whose insert was waited for is the other's now; a row that was waited for may be had.
        if (left <= 0 || error.key.startsWith('unique:')) lost.add(error.key);
        if (left > 0) await this.#rows.released(error.key, left);
      }
    }
  }

  async #commit(transaction: Transaction): Promise<void> {
    const effects = transaction.effects();
    for (const { object, kind, record } of effects) {
      // As it stands at the commit: totals include what the same transaction added.
      const { key, data } = this.#describe(object, this.#store.get(object, record.Id) ?? record);
      this.#journal.record(`${object.toLowerCase()}.${kind}`, key, {
        ...data,
        client: transaction.author.client,
      });
    }
    if (effects.length > 0) this.#committed(effects, transaction.author);
    const holdMs = this.#options.lockHoldMs + this.#options.triggerLatencyMs;
    if (effects.length > 0 && holdMs > 0)
      await this.#rows.hold([...transaction.locked, ...transaction.inserted], holdMs);
  }
}
