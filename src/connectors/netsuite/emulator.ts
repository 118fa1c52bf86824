import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import {
  type Emulator,
  type EmulatorOptions,
  type EmulatorRequest,
  type EmulatorResponse,
  startEmulator,
} from '#connector-testkit/emulator.ts';
import {
  Account,
  type AccountData,
  type Customer,
  defaultData,
  type Transaction,
} from './emulator/account.ts';
import { amountsOf, printed } from './emulator/amounts.ts';
import { type DocumentKind, moved, transformed } from './emulator/documents.ts';
import { type LoginOptions, Logins } from './emulator/logins.ts';
import { Problem } from './emulator/problem.ts';
import { RecordApi } from './emulator/record-api.ts';
import { RequestSlots } from '#connector-testkit/request-slots.ts';
import { suiteqlRows } from './emulator/suiteql.ts';

export type NetSuiteEmulatorOptions = EmulatorOptions &
  LoginOptions & {
    /** Master data in place of (parts of) the default. */
    readonly data?: Partial<AccountData>;
    readonly timeZone?: string;
    /** How long each save takes; real ones take 1 to 6 s. Milliseconds. */
    readonly saveMs?: number;
    /** How long each query takes. Milliseconds. */
    readonly queryMs?: number;
    /** What the role may not see or write: record types, or `suiteql`. */
    readonly denied?: readonly string[];
    /** How long a new order stays out of SuiteQL (reading it by id works at once). Milliseconds. */
    readonly searchLagMs?: number;
    /** Requests at the same time that the account allows; null: any number. */
    readonly requestLimit?: number | null;
    /** The error code of a request too many: it is not published for REST, only the status 429 is. */
    readonly limitCode?: string;
    readonly now?: () => number;
  };

const queryPath = '/services/rest/query/v1/suiteql';
const tokenPath = '/services/rest/auth/oauth2/v1/token';

/** An emulated account: SuiteTalk REST records, SuiteQL and both logins over one store, with its warehouse and its accountant. */
export class NetSuitePlatform {
  readonly account: Account;
  readonly slots: RequestSlots;
  readonly logins: Logins;
  readonly #journal: EffectJournal;
  readonly #records: RecordApi;
  readonly #options: NetSuiteEmulatorOptions;
  readonly #now: () => number;
  #saveMs: number;
  #searchLagMs: number;

  constructor(journal: EffectJournal, options: NetSuiteEmulatorOptions) {
    this.#journal = journal;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#saveMs = options.saveMs ?? 0;
    this.#searchLagMs = options.searchLagMs ?? 0;
    this.account = new Account({ ...defaultData, ...options.data });
    this.slots = new RequestSlots(options.requestLimit ?? null);
    this.logins = new Logins(options, this.#now);
    this.#records = new RecordApi(this.account, journal, {
      now: this.#now,
      saveMs: () => this.#saveMs,
      searchLagMs: () => this.#searchLagMs,
    });
  }

  /** From now on each save takes so long. Milliseconds. */
  slowSaves(saveMs: number): void {
    this.#saveMs = saveMs;
  }

  /** From now on a new order stays out of SuiteQL for so long. Milliseconds. */
  delaySearches(lagMs: number): void {
    this.#searchLagMs = lagMs;
  }

  /** The sales orders under a key, wherever it stands, oldest first. */
  ordersUnder(key: string): readonly Transaction[] {
    return [...this.account.transactions.values()].filter(
      ({ type, externalId, fields }) =>
        type === 'SalesOrd' && (externalId === key || Object.values(fields).includes(key)),
    );
  }

  /** What an order amounts to, as printed. */
  totalOf(order: Transaction): string {
    return printed(amountsOf(this.account, order).total, this.account.currencyOf(order));
  }

  /** The warehouse or the accountant makes a document of an order: all that is open, unless `body` says otherwise. */
  transform(order: string, kind: DocumentKind, body: JsonObject = {}): Transaction {
    const before = this.account.transactions.get(order);
    if (before === undefined) throw new RangeError(`there is no sales order ${order}`);
    const at = { account: this.account, journal: this.#journal, nowMs: this.#now() };
    return transformed(at, { order: before, kind, body });
  }

  /** A fulfilment goes on (A picked, B packed, C shipped), an invoice is paid (B). */
  move(document: string, status: string): Transaction {
    return moved(this.account, document, status, this.#now());
  }

  /** A user-event script, or a person, saves the order: who read it before finds it changed. */
  resave(order: string, change: Partial<Transaction> = {}): void {
    const before = this.account.transactions.get(order);
    if (before === undefined) throw new RangeError(`there is no sales order ${order}`);
    this.account.put({ ...before, ...change, modifiedMs: this.#now(), version: before.version + 1 });
  }

  /** A person deletes the order. */
  deleteOrder(order: string): void {
    const before = this.account.transactions.get(order);
    if (before === undefined) throw new RangeError(`there is no sales order ${order}`);
    this.account.remove(before, this.#now());
  }

  holdCredit(customer: Customer, creditHold: Customer['creditHold']): void {
    this.account.putCustomer({ ...customer, creditHold, version: customer.version + 1 });
  }

  async handle(request: EmulatorRequest): Promise<EmulatorResponse> {
    try {
      if (request.path === tokenPath) return await this.logins.token(request);
      this.logins.check(request);
      if (!this.slots.enter())
        throw new Problem(
          429,
          this.#options.limitCode ?? 'CONCURRENCY_LIMIT_EXCEEDED',
          'The request could not be processed because your integration reached a concurrency limit.',
        );
      try {
        this.#assertPermitted(request.path);
        return request.path === queryPath ? await this.#query(request) : await this.#records.handle(request);
      } finally {
        this.slots.leave();
      }
    } catch (error) {
      if (error instanceof Problem) return error.response;
      throw error;
    }
  }

  #assertPermitted(path: string): void {
    const what = path === queryPath ? 'suiteql' : (path.split('/')[5] ?? '');
    if (this.#options.denied?.includes(what) === true)
      throw new Problem(
        403,
        'INSUFFICIENT_PERMISSION',
        `Permission Violation: You need a higher level of the '${what}' permission to access this page.`,
      );
  }

  async #query(request: EmulatorRequest): Promise<EmulatorResponse> {
    const { queryMs = 0 } = this.#options;
    if (queryMs > 0) await sleep(queryMs);
    if (request.headers['prefer'] !== 'transient')
      throw new Problem(400, 'INVALID_HEADER', 'The Prefer: transient header is required.');
    const limit = Number(request.query.get('limit') ?? 1000);
    const offset = Number(request.query.get('offset') ?? 0);
    if (!(limit >= 1 && limit <= 1000) || offset % limit !== 0)
      throw new Problem(400, 'INVALID_PARAMETER', 'Invalid value for limit or offset.');
    const { q } = JSON.parse(request.body) as { q: string };
    const rows = suiteqlRows(q, {
      account: this.account,
      nowMs: this.#now(),
      timeZone: this.#options.timeZone ?? 'America/Los_Angeles',
    });
    const items = rows.slice(offset, offset + limit);
    return {
      status: 200,
      body: JSON.stringify({
        links: [],
        count: items.length,
        hasMore: offset + limit < rows.length,
        items,
        offset,
        totalResults: rows.length,
      }),
    };
  }
}

export const netsuiteEmulator = (options: NetSuiteEmulatorOptions): Promise<Emulator<NetSuitePlatform>> =>
  startEmulator((journal) => new NetSuitePlatform(journal, options), options);
