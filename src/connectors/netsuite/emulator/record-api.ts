import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import type { EmulatorRequest, EmulatorResponse } from '#connector-testkit/emulator.ts';
import type { Account, Transaction } from './account.ts';
import { amountsOf, printed } from './amounts.ts';
import { savedDeposit } from './deposits.ts';
import { type DocumentKind, transformed } from './documents.ts';
import { changed, invalidField, nonexistent, Problem, userError } from './problem.ts';
import { savedOrder, shownOrder } from './sales-orders.ts';

const root = '/services/rest/record/v1';
const eidPattern = /^eid:[A-Za-z0-9_-]+$/;

export type Timing = {
  now(): number;
  /** How long a save takes. Milliseconds. */
  saveMs(): number;
  /** How long a new record stays out of searches. Milliseconds. */
  searchLagMs(): number;
};

/** Records over REST: what GET, PUT, POST, PATCH, DELETE and `!transform` do, for customers and sales orders. */
export class RecordApi {
  readonly #account: Account;
  readonly #journal: EffectJournal;
  readonly #timing: Timing;

  constructor(account: Account, journal: EffectJournal, timing: Timing) {
    this.#account = account;
    this.#journal = journal;
    this.#timing = timing;
  }

  /** @throws Problem */
  async handle(request: EmulatorRequest): Promise<EmulatorResponse> {
    const [type, key, action, target] = request.path.slice(root.length + 1).split('/');
    if (request.method === 'GET') return this.#get(type, key, request);
    if (key?.startsWith('eid:') === true && !eidPattern.test(key)) throw invalidField('externalId', key);
    // An external id is taken by PUT alone, and PUT takes nothing else.
    if ((request.method === 'PUT') !== (key?.startsWith('eid:') === true) && request.method !== 'POST')
      throw new Problem(405, 'METHOD_NOT_ALLOWED', 'Method not allowed.');
    if (type === 'customer') return this.#saveCustomer(key ?? null, request);
    if (type === 'customerDeposit') return this.#saveDeposit(key ?? '', request);
    if (type !== 'salesOrder') throw nonexistent(`Record type ${type ?? ''}`);
    if (action === '!transform') return this.#transform(key ?? '', target ?? '', request);
    return request.method === 'DELETE' ? this.#delete(key ?? '') : this.#saveOrder(key ?? null, request);
  }

  #get(type: string | undefined, key: string | undefined, request: EmulatorRequest): EmulatorResponse {
    if (type === 'customerDeposit') {
      const deposit = this.#account.deposits.get((key ?? '').slice(4));
      if (deposit === undefined) throw nonexistent(key ?? '');
      return found({ ...deposit });
    }
    if (type !== 'salesOrder' && type !== 'customer') throw nonexistent(`Record type ${type ?? ''}`);
    if (key === undefined)
      return found({ links: [], count: 0, hasMore: false, offset: 0, totalResults: 0, items: [] });
    if (type === 'customer') {
      const customer = this.#account.customer(key);
      if (customer === undefined) throw nonexistent(key);
      return found({ id: customer.id, ...customer.fields });
    }
    const order = this.#order(key);
    if (order === undefined) throw nonexistent(key);
    const shown = shownOrder(this.#account, order);
    return found(
      request.query.get('expandSubResources') === 'true' ? shown : { ...shown, item: { links: [] } },
    );
  }

  async #saveCustomer(key: string | null, request: EmulatorRequest): Promise<EmulatorResponse> {
    const body = bodyOf(request);
    const find = () => (key === null ? undefined : this.#account.customer(key));
    const before = find();
    await this.#save();
    const current = find();
    if (current?.version !== before?.version) throw changed();
    const names = ['companyName', 'lastName'].some((name) => typeof body[name] === 'string');
    if (before === undefined && !names) throw userError('Please enter value(s) for: Company Name');
    const customer = {
      id: before?.id ?? this.#account.nextId(),
      externalId: key?.slice(4) ?? null,
      fields: { ...before?.fields, ...body },
      creditHold: before?.creditHold ?? ('AUTO' as const),
      version: (before?.version ?? 0) + 1,
    };
    this.#account.putCustomer(customer);
    if (before === undefined)
      this.#journal.record('customer.created', customer.externalId ?? customer.id, { id: customer.id });
    return saved(request, `customer/${customer.id}`);
  }

  async #saveDeposit(key: string, request: EmulatorRequest): Promise<EmulatorResponse> {
    await this.#save();
    const deposit = savedDeposit(this.#account, this.#journal, key.slice(4), bodyOf(request));
    return saved(request, `customerDeposit/${deposit.id}`);
  }

  async #saveOrder(key: string | null, request: EmulatorRequest): Promise<EmulatorResponse> {
    const body = bodyOf(request);
    const now = this.#timing.now();
    const taken = key?.startsWith('eid:') === true ? this.#account.transaction(key) : undefined;
    // Transactions of all types share one space of external ids.
    if (taken !== undefined && taken.type !== 'SalesOrd')
      throw new Problem(400, 'DUP_RCRD', 'This record already exists.');
    const before = key === null ? undefined : this.#order(key);
    if (before === undefined && key !== null && !key.startsWith('eid:')) throw nonexistent(key);
    const order = savedOrder(before, {
      account: this.#account,
      body,
      replaceLines: request.query.get('replace') === 'item',
      externalId: key?.startsWith('eid:') === true ? key.slice(4) : null,
      beganMs: now,
      searchableMs: now + this.#timing.saveMs() + this.#timing.searchLagMs(),
    });
    await this.#save();
    const current = this.#account.transactions.get(order.id) ?? (key === null ? undefined : this.#order(key));
    // Two saves of one new external id: the one that ends later finds the record there.
    if (before === undefined && current !== undefined)
      throw new Problem(400, 'DUP_RCRD', 'This record already exists.');
    if (before !== undefined && current?.version !== before.version) throw changed();
    this.#account.put(order);
    this.#recordSave(before, order);
    return saved(request, `salesOrder/${order.id}`);
  }

  #recordSave(before: Transaction | undefined, order: Transaction): void {
    const key = keyText(order);
    const total = printed(amountsOf(this.#account, order).total, this.#account.currencyOf(order));
    if (before === undefined)
      this.#journal.record('salesOrder.created', key, { id: order.id, status: order.status, total });
    else if (order.status === 'H' && before.status !== 'H')
      this.#journal.record('salesOrder.closed', key, { id: order.id });
    else this.#journal.record('salesOrder.changed', key, { id: order.id, status: order.status, total });
  }

  async #delete(key: string): Promise<EmulatorResponse> {
    const before = this.#order(key);
    if (before === undefined) throw nonexistent(key);
    if (this.#account.documentsOf(before.id).length > 0)
      throw userError(
        'This transaction cannot be deleted because it is linked to by one or more transactions.',
      );
    await this.#save();
    const current = this.#order(key);
    if (current === undefined) throw nonexistent(key);
    if (current.version !== before.version) throw changed();
    this.#account.remove(before, this.#timing.now());
    this.#journal.record('salesOrder.deleted', keyText(before), { id: before.id });
    return { status: 204, body: '' };
  }

  async #transform(key: string, target: string, request: EmulatorRequest): Promise<EmulatorResponse> {
    if (!['itemFulfillment', 'invoice', 'cashSale'].includes(target))
      throw nonexistent(`Transform to ${target}`);
    const before = this.#order(key);
    if (before === undefined) throw nonexistent(key);
    await this.#save();
    const order = this.#order(key);
    if (order?.version !== before.version) throw changed();
    const at = { account: this.#account, journal: this.#journal, nowMs: this.#timing.now() };
    const document = transformed(at, { order: before, kind: target as DocumentKind, body: bodyOf(request) });
    return saved(request, `${target}/${document.id}`);
  }

  #order(key: string): Transaction | undefined {
    const record = this.#account.transaction(key);
    return record?.type === 'SalesOrd' ? record : undefined;
  }

  async #save(): Promise<void> {
    const ms = this.#timing.saveMs();
    if (ms > 0) await sleep(ms);
  }
}

const found = (body: JsonObject): EmulatorResponse => ({ status: 200, body: JSON.stringify(body) });
const saved = (request: EmulatorRequest, record: string): EmulatorResponse => ({
  status: 204,
  headers: { location: `http://${request.headers['host'] ?? ''}${root}/${record}` },
  body: '',
});

/** The key under which the journal counts: ours, wherever it stands. */
const keyText = ({ externalId, fields, tranId }: Transaction): string => {
  const own = Object.entries(fields).find(
    ([name, value]) => name.startsWith('custbody_') && typeof value === 'string',
  )?.[1];
  return externalId ?? (typeof own === 'string' ? own : tranId);
};

function bodyOf({ body }: EmulatorRequest): JsonObject {
  try {
    const value = body === '' ? {} : (JSON.parse(body) as unknown);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Said below, as for any other body that is none.
  }
  throw new Problem(400, 'INVALID_CONTENT', 'Invalid content in the request body.');
}
