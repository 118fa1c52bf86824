import type { Json, JsonObject } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { type Failure, failed, got, type Reply } from '../answers/failure.ts';
import { textAt } from '../answers/query-result.ts';
import { readSaveResult, type SaveResult } from '../answers/write-results.ts';
import { collectionRecords } from '../client-limits.ts';
import type { OrgProfile } from '../org-profile.ts';
import type { OrderUpsertRequest } from '../outbound/request.ts';
import type { SalesforceJson } from '../outbound/salesforce-json.ts';
import { soqlLists } from '../soql.ts';

/** What a batch needs of its connection. */
export type BatchHost = {
  readonly connection: string;
  readonly config: { readonly org: OrgProfile };
  readonly externalIdFields: readonly string[];
  query(soql: string, call: Call): Promise<Reply<readonly JsonObject[]>>;
  ask(
    ask: {
      readonly method: 'POST' | 'PATCH';
      readonly path: string;
      readonly body: SalesforceJson;
      readonly effect: 'write';
    },
    call: Call,
  ): Promise<Reply<Json>>;
};
type Member = {
  readonly request: OrderUpsertRequest;
  readonly call: Call;
  readonly done: (outcome: Outcome) => void;
};

/** Accounts whose id is remembered; the oldest are looked up again. */
const rememberedAccounts = 50_000;
const gone = new Set(['INVALID_CROSS_REFERENCE_KEY', 'ENTITY_IS_DELETED']);

/**
 * Shows orders as one record each, many a call: those that are to be written within a moment go together, each with an outcome of its own.
 * One call writes up to 200 of them; a second looks up accounts that were not met before, a third makes those that are missing.
 */
export class SummaryBatch {
  readonly #host: BatchHost;
  readonly #accounts = new Map<string, string>();
  #waiting: Member[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(host: BatchHost) {
    this.#host = host;
  }

  async deliver(request: OrderUpsertRequest, call: Call): Promise<Outcome> {
    return new Promise((done) => {
      this.#waiting.push({ request, call, done });
      if (this.#waiting.length >= collectionRecords) this.#leave();
      else this.#timer ??= setTimeout(() => this.#leave(), this.#summary.gatherMs);
    });
  }

  get #summary(): NonNullable<OrgProfile['summary']> {
    const { summary } = this.#host.config.org;
    if (summary === null) throw new TypeError('this connection shows no summaries');
    return summary;
  }

  #leave(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const members = this.#waiting;
    this.#waiting = [];
    void this.#sendAll(members);
  }

  /** A defect here must not leave commands waiting for ever. */
  async #sendAll(members: readonly Member[]): Promise<void> {
    try {
      await this.#send(members);
    } catch (error) {
      const detail = `a defect of the batch: ${error instanceof Error ? error.message : String(error)}`;
      for (const { done } of members) done({ kind: 'outcome-unknown', detail });
    }
  }

  async #send(members: readonly Member[]): Promise<void> {
    const [first] = members;
    if (first === undefined) return;
    // The first of them to be over ends the call for all.
    const deadlineMs = Math.min(...members.map(({ call }) => call.deadlineMs));
    const call = {
      ...first.call,
      deadlineMs,
      signal: AbortSignal.any(members.map((member) => member.call.signal)),
    };
    const accounts = await this.#accountsOf(members, call);
    const ready: (Member & { readonly accountId: string })[] = [];
    for (const member of members) {
      const account = accounts.get(member.request.account.key);
      if (account?.ok === true) ready.push({ ...member, accountId: account.value });
      else if (account !== undefined) member.done(account.failure);
    }
    if (ready.length === 0) return;
    const results = await this.#write(ready, call);
    for (const [index, member] of ready.entries()) {
      const result = results[index];
      if (result !== undefined) member.done(this.#outcome(member, result));
    }
  }

  #outcome({ request }: Member, result: Reply<SaveResult>): Outcome {
    if (!result.ok) {
      const { failure } = result;
      if (failure.kind !== 'rejected' || !gone.has(failure.code)) return failure;
      // The account was deleted or merged since we met it: looked up anew, the same bytes go through.
      this.#accounts.delete(request.account.key);
      return { kind: 'conflict', stale: false, detail: failure.detail };
    }
    const { id, created } = result.value;
    return {
      kind: 'done',
      result: { orderId: id, created: created === true },
      refs: [{ connection: this.#host.connection, type: this.#summary.object, id }],
    };
  }

  async #write(
    ready: readonly (Member & { readonly accountId: string })[],
    call: Call,
  ): Promise<readonly Reply<SaveResult>[]> {
    const { object, keyField, nameField, accountField } = this.#summary;
    const records = ready.map(({ request, accountId }) => ({
      attributes: { type: object },
      [keyField]: request.order.key,
      ...(nameField !== null && { [nameField]: request.order.draftFields['Name'] ?? null }),
      ...(accountField !== null && { [accountField]: accountId }),
      ...request.order.fields,
    }));
    const path = `/composite/sobjects/${object}/${keyField}`;
    return this.#collection('PATCH', path, records, call);
  }

  async #accountsOf(members: readonly Member[], call: Call): Promise<ReadonlyMap<string, Reply<string>>> {
    const plans = new Map(members.map(({ request }) => [request.account.key, request.account]));
    const field = this.#host.config.org.externalIdFields.Account;
    const unknown = [...plans.keys()].filter((key) => !this.#accounts.has(key));
    for (const list of soqlLists(unknown)) {
      const found = await this.#host.query(
        `SELECT Id, ${field} FROM Account WHERE ${field} IN (${list})`,
        call,
      );
      if (!found.ok) return new Map([...plans.keys()].map((key) => [key, this.#knownOr(key, found.failure)]));
      for (const row of found.value) {
        const key = unknown.find(
          (candidate) => candidate.toLowerCase() === textAt(row, field)?.toLowerCase(),
        );
        if (key !== undefined) this.#remember(key, textAt(row, 'Id') ?? '');
      }
    }
    const missing = unknown.filter((key) => !this.#accounts.has(key));
    const refused = new Map<string, Failure>();
    if (missing.length > 0) {
      const records = missing.map((key) => ({
        attributes: { type: 'Account' },
        [field]: key,
        ...plans.get(key)?.create,
      }));
      const made = await this.#collection('POST', '/composite/sobjects', records, call);
      for (const [index, key] of missing.entries()) {
        const result = made[index];
        if (result?.ok === true) this.#remember(key, result.value.id);
        else if (result !== undefined) refused.set(key, result.failure);
      }
    }
    const unread: Failure = {
      kind: 'unavailable',
      retryAfterMs: null,
      detail: 'the account is not there yet',
    };
    return new Map([...plans.keys()].map((key) => [key, this.#knownOr(key, refused.get(key) ?? unread)]));
  }

  #knownOr(key: string, failure: Failure): Reply<string> {
    const id = this.#accounts.get(key);
    return id === undefined ? failed(failure) : got(id);
  }

  #remember(key: string, id: string): void {
    this.#accounts.set(key, id);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size > rememberedAccounts && oldest !== undefined) this.#accounts.delete(oldest);
  }

  /** Up to 200 records, one result each; what befell the call befell each of them. */
  async #collection(
    method: 'POST' | 'PATCH',
    path: string,
    records: readonly SalesforceJson[],
    call: Call,
  ): Promise<readonly Reply<SaveResult>[]> {
    const answer = await this.#host.ask(
      { method, path, body: { allOrNone: false, records }, effect: 'write' },
      call,
    );
    const all = (failure: Failure) => records.map(() => failed(failure));
    if (!answer.ok) return all(answer.failure);
    const unreadable: Failure = {
      kind: 'outcome-unknown',
      detail: `unreadable answer: $: expected ${records.length} records`,
    };
    if (!Array.isArray(answer.value) || answer.value.length !== records.length) return all(unreadable);
    return (answer.value as readonly Json[]).map((json) => {
      const result = readSaveResult(json, this.#host.externalIdFields);
      if (!result.ok) return result;
      return result.value === null ? failed(unreadable) : got(result.value);
    });
  }
}
