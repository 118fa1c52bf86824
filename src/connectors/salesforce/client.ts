import { z } from 'zod';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { ConnectorServices, HttpClient, HttpRequest, Logger } from '#connector-sdk/services.ts';
import { type Effect, failed, got, type Reply, withoutAnswer } from './answers/failure.ts';
import { readHttpAnswer } from './answers/http-answer.ts';
import { readLimitInfo } from './answers/limit-info.ts';
import { dailyLimitPauseMs } from './answers/outcome-of-error.ts';
import { readQueryPage } from './answers/query-result.ts';
import { readComposite } from './answers/write-results.ts';
import { CallBudget } from './call-budget.ts';
import { ChangeSource } from './changes/change-source.ts';
import type { ChangesConfig } from './changes/changes-config.ts';
import type { SalesforceConfig } from './config.ts';
import { PriceEntryCache } from './delivery/price-entry-cache.ts';
import { SummaryBatch } from './delivery/summary-batch.ts';
import { toExactJson } from '#connector-sdk/exact-json.ts';
import type { SalesforceJson } from './outbound/salesforce-json.ts';
import { LoginFailedError, readTokenReply, tokenForm } from './session.ts';

/** A part of a composite request. `path` is below `/services/data/vNN.0`; `records` says how many a collection holds. */
export type Subrequest = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly referenceId: string;
  readonly body?: SalesforceJson;
  readonly records?: number;
};

const userInfoPath = '/services/oauth2/userinfo';
const userInfoSchema = z.object({ user_id: z.string().min(15) });

type Ask = {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: SalesforceJson;
  readonly effect: Effect;
};

/** All the I/O of this connector: every answer becomes a value or an outcome, and every reply's allowance is reported. */
export class SalesforceClient {
  readonly config: SalesforceConfig;
  readonly connection: string;
  /** Price book entries change rarely and are looked up for every line. */
  readonly priceEntries = new PriceEntryCache();
  readonly #http: HttpClient;
  readonly #services: ConnectorServices;
  readonly #budget: CallBudget;
  readonly #externalIdFields: readonly string[];
  #changes: ChangeSource | null = null;
  #summaries: SummaryBatch | null = null;
  #userId: string | null = null;
  /** When the event deliveries that are left were last looked at. Milliseconds since the epoch. */
  deliveriesSeenAtMs = 0;

  constructor(config: SalesforceConfig, services: ConnectorServices) {
    this.config = config;
    this.connection = services.connection;
    this.#services = services;
    this.#http = services.http(config.instanceUrl);
    this.#budget = new CallBudget(config.callsPerDay);
    this.#externalIdFields = [...new Set(Object.values(config.org.externalIdFields))];
  }

  get externalIdFields(): readonly string[] {
    return this.#externalIdFields;
  }

  get log(): Logger {
    return this.#services.log;
  }

  now(): number {
    return this.#services.now();
  }

  /** How changes are read. @throws TypeError where they are not */
  get changesConfig(): ChangesConfig {
    if (this.config.changes === null) throw new TypeError('this connection reads no changes');
    return this.config.changes;
  }

  /** The stream of changes; opened when it is first asked for. */
  get changes(): ChangeSource {
    this.#changes ??= new ChangeSource(this);
    return this.#changes;
  }

  /** Orders that are shown as one record each, many a call. */
  get summaries(): SummaryBatch {
    this.#summaries ??= new SummaryBatch(this);
    return this.#summaries;
  }

  /** The session's access token; `refused` is one that the platform just refused. */
  async session(call: Call, refused?: string): Promise<Reply<string>> {
    try {
      return got(await this.#token(call, refused));
    } catch (error) {
      if (error instanceof LoginFailedError) return failed(error.failure);
      throw error;
    }
  }

  /** The id of the user we are logged in as. */
  async userId(call: Call): Promise<Reply<string>> {
    if (this.#userId !== null) return got(this.#userId);
    const answer = await this.#exchange({ method: 'GET', path: userInfoPath, effect: 'read' }, call);
    if (!answer.ok) return answer;
    const read = userInfoSchema.safeParse(answer.value);
    if (!read.success)
      return failed({ kind: 'unavailable', retryAfterMs: null, detail: 'unreadable answer: userinfo' });
    this.#userId = read.data.user_id;
    return got(this.#userId);
  }

  /** `/services/data/vNN.0` and below. */
  dataPath(path: string): string {
    return `/services/data/v${this.config.apiVersion}${path}`;
  }

  /** One REST call below the API version's root. */
  ask(ask: Ask, call: Call): Promise<Reply<Json>> {
    return this.#exchange({ ...ask, path: this.dataPath(ask.path) }, call);
  }

  /** The API versions that the org answers to; needs no session. */
  async versions(call: Call): Promise<Reply<Json>> {
    return this.#exchange({ method: 'GET', path: '/services/data', effect: 'read' }, call);
  }

  /** Every record of a query. */
  async query(soql: string, call: Call): Promise<Reply<readonly JsonObject[]>> {
    const answer = await this.ask({ method: 'GET', path: queryPath(soql), effect: 'read' }, call);
    return answer.ok ? this.recordsOf(answer.value, call) : answer;
  }

  /** Every record of a query whose first page is there already, e.g. in a composite answer. */
  async recordsOf(firstPage: Json, call: Call): Promise<Reply<readonly JsonObject[]>> {
    const records: JsonObject[] = [];
    let body: Json = firstPage;
    for (;;) {
      const page = readQueryPage(body);
      if (!page.ok) return page;
      records.push(...page.value.records);
      if (page.value.next === null) return got(records);
      const answer = await this.#exchange({ method: 'GET', path: page.value.next, effect: 'read' }, call);
      if (!answer.ok) return answer;
      body = answer.value;
    }
  }

  /**
   * Parts in one call and, when they write, in one transaction: all take effect or none. Bodies by reference id.
   * Collation is off, since it would let parts of one kind run before those they rely on.
   */
  async composite(
    parts: readonly Subrequest[],
    effect: Effect,
    call: Call,
  ): Promise<Reply<ReadonlyMap<string, Json>>> {
    const compositeRequest = parts.map(({ method, path, referenceId, body }) => ({
      method,
      url: this.dataPath(path),
      referenceId,
      ...(body !== undefined && { body }),
    }));
    const body = { allOrNone: effect === 'write', collateSubrequests: false, compositeRequest };
    const answer = await this.ask({ method: 'POST', path: '/composite', body, effect }, call);
    if (!answer.ok) return answer;
    const sent = parts.map((part) => ({ referenceId: part.referenceId, records: part.records ?? null }));
    return readComposite(answer.value, sent, effect, this.#externalIdFields);
  }

  /** Sends with the session there is; a session that the platform refuses is renewed once. */
  async #exchange(ask: Ask, call: Call): Promise<Reply<Json>> {
    if (this.#budget.left(this.#services.now()) === 0) {
      return failed({
        kind: 'rate-limited',
        retryAfterMs: this.config.usedUpPauseMs,
        detail: `our ${this.config.callsPerDay} calls of 24 h are used up`,
      });
    }
    try {
      const token = await this.#token(call);
      const first = await this.#send(ask, token, call);
      if (first.ok || first.failure.kind !== 'unauthorized') return first;
      // Of the user's own data an ended session is refused with 403 and a word, not with an error body.
      if (first.status !== 401 && ask.path !== userInfoPath) return first;
      return await this.#send(ask, await this.#token(call, token), call);
    } catch (error) {
      if (error instanceof LoginFailedError) return failed(error.failure);
      throw error;
    }
  }

  async #send(
    ask: Ask,
    token: string,
    call: Call,
  ): Promise<Reply<Json> & { readonly status: number | null }> {
    const result = await this.#http.request({
      method: ask.method,
      path: ask.path,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'sforce-call-options': `client=${this.config.clientName}`,
        'sforce-auto-assign': 'FALSE',
        ...(this.config.duplicateRules === 'allow-save' && {
          'sforce-duplicate-rule-header': 'allowSave=true',
        }),
        ...(ask.body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      },
      ...(ask.body !== undefined && { body: toExactJson(ask.body) }),
      deadlineMs: call.deadlineMs,
      signal: call.signal,
    });
    if (result.kind === 'not-sent')
      return { ...failed({ kind: 'unavailable', retryAfterMs: null, detail: result.detail }), status: null };
    this.#budget.spend(this.#services.now());
    if (result.kind === 'lost') return { ...failed(withoutAnswer(ask.effect, result.detail)), status: null };
    this.#reportLimits(result.headers['sforce-limit-info']);
    const reply = this.#asConfigured(
      readHttpAnswer(result.status, result.body, ask.effect, this.#externalIdFields),
    );
    if (!reply.ok && reply.failure.kind === 'rate-limited' && reply.failure.retryAfterMs !== null) {
      this.#services.limits.report({ pausedForMs: reply.failure.retryAfterMs });
    }
    return { ...reply, status: result.status };
  }

  /** Where an answer means the usual pause of an allocation that is used up, the configured one takes its place. */
  #asConfigured(reply: Reply<Json>): Reply<Json> {
    if (reply.ok || reply.failure.kind !== 'rate-limited') return reply;
    const isUsedUp = reply.failure.retryAfterMs === dailyLimitPauseMs;
    return isUsedUp ? failed({ ...reply.failure, retryAfterMs: this.config.usedUpPauseMs }) : reply;
  }

  #reportLimits(header: string | undefined): void {
    const info = readLimitInfo(header);
    if (info !== null) this.#services.limits.report(this.#budget.observe(info, this.#services.now()));
  }

  /** The session's access token. @throws LoginFailedError */
  async #token(call: Call, refused?: string): Promise<string> {
    const { value } = await this.#services.credentials.get('session', {
      marginMs: 0,
      ...(refused !== undefined && { refused }),
      renew: async () => {
        const form = await tokenForm(this.config.auth, this.#services.now());
        if (!form.ok) throw new LoginFailedError(form.failure);
        const result = await this.#http.request({
          method: 'POST',
          path: '/services/oauth2/token',
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
          body: form.value,
          deadlineMs: call.deadlineMs,
          signal: call.signal,
        });
        const token = readTokenReply(result);
        if (!token.ok) throw new LoginFailedError(token.failure);
        // How long a session lives is a setting of the org, which the reply does not tell.
        return { value: token.value, expiresAtMs: null };
      },
    });
    if (typeof value !== 'string')
      throw new LoginFailedError({ kind: 'unauthorized', detail: 'the stored session is not a token' });
    return value;
  }
}

/** The path of a query. */
export const queryPath = (soql: string): string => `/query?q=${encodeURIComponent(soql)}`;
