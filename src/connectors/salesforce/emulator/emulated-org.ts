import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import type { EmulatorRequest, EmulatorResponse } from '#connector-testkit/emulator.ts';
import type { Json } from '#canonical/json.ts';
import { type Answer, answering, faultAnswer } from './answer.ts';
import { ApiAllowance } from './api-allowance.ts';
import { effectOf } from './effect-data.ts';
import { OauthServer } from './oauth-server.ts';
import { computed } from './object-rules.ts';
import type { OrgAuth, OrgOptions, PubSubOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import { BulkJobs, csvResponse } from './bulk-jobs.ts';
import { ChangeFeed } from './pubsub/change-feed.ts';
import { DeliveryAllowance } from './pubsub/delivery-allowance.ts';
import { PubSubServer } from './pubsub/pubsub-server.ts';
import { QueryPages } from './query-pages.ts';
import { Records } from './records.ts';
import { RecordStore } from './record-store.ts';
import { restAnswer } from './rest-api.ts';
import type { EmulatedRecord } from './schema.ts';
import { SoqlEngine } from './soql-query.ts';
import { standardObjects } from './standard-objects.ts';
import { type Author, Transactions } from './transaction.ts';

/** An org in memory: logs in, answers REST, keeps its rules, and writes what took effect to the journal. */
export class EmulatedOrg {
  readonly oauth: OauthServer;
  readonly allowance: ApiAllowance;
  readonly options: OrgOptions;
  readonly auth: OrgAuth;
  /** The change events that real writes made. */
  readonly changes: ChangeFeed;
  readonly deliveries: DeliveryAllowance;
  /** Where the Pub/Sub API is served; null when it is not. */
  pubSub: PubSubServer | null = null;
  readonly scheme: 'http' | 'https';
  readonly #store: RecordStore;
  readonly #records: Records;
  readonly #queries: QueryPages;
  readonly #bulk: BulkJobs;
  readonly #transactions: Transactions;
  /** Ids of the price books and record types that the org begins with, by name. */
  readonly ids = new Map<string, string>();

  constructor(options: OrgOptions, auth: OrgAuth, journal: EffectJournal, scheme: 'http' | 'https' = 'http') {
    this.options = options;
    this.scheme = scheme;
    this.auth = auth;
    this.oauth = new OauthServer(auth, options);
    this.allowance = new ApiAllowance(options);
    this.#store = new RecordStore(standardObjects(options));
    this.#records = new Records(this.#store, options);
    const engine = new SoqlEngine(
      this.#store,
      options,
      () => `/services/data/v${options.apiVersions.newest}.0`,
    );
    this.#queries = new QueryPages(engine);
    this.#bulk = new BulkJobs(this.#records, engine, options);
    this.changes = new ChangeFeed(this.#store, options);
    this.deliveries = new DeliveryAllowance(options.dailyEventDeliveries, options.now);
    this.#transactions = new Transactions({
      store: this.#store,
      options,
      journal,
      describe: (object, record) => effectOf(this.#store, options, object, record),
      committed: (effects, author) => this.changes.committed(effects, author),
    });
    this.#seed();
  }

  /** Serves the Pub/Sub API from now on. */
  async servePubSub(options: PubSubOptions): Promise<PubSubServer> {
    this.changes.isKept = true;
    const { changes: feed, oauth, options: org, deliveries: allowance } = this;
    this.pubSub = await PubSubServer.start({ feed, oauth, options: org, allowance }, options);
    return this.pubSub;
  }

  async handle(request: EmulatorRequest): Promise<EmulatorResponse> {
    const orgUrl = `${this.scheme}://${request.headers['host'] ?? 'org'}`;
    if (request.path === '/services/oauth2/token') return this.oauth.token(request, orgUrl);
    if (request.path === '/services/oauth2/userinfo') {
      const token = sessionToken(request);
      return this.oauth.isLive(token)
        ? this.oauth.userInfo(token)
        : { status: 403, headers: { 'content-type': 'text/plain' }, body: 'Bad_OAuth_Token' };
    }
    if (/^\/services\/data\/?$/.test(request.path))
      return this.#reply({ status: 200, body: this.#versions() });
    const path = /^\/services\/data\/v(\d+)\.0(\/.*)?$/.exec(request.path);
    if (path === null)
      return this.#reply(
        faultAnswer(new PlatformFault('NOT_FOUND', 'The requested resource does not exist', { status: 404 })),
      );
    const refusal = this.#refusal(request, Number(path[1]));
    if (refusal !== null) return this.#reply(faultAnswer(refusal));
    const done = this.allowance.begin();
    try {
      if (path[2]?.startsWith('/jobs/') === true) return await this.#bulkJob(request, path[1] ?? '', path[2]);
      return this.#reply(await this.#answer(request, `/services/data/v${path[1]}.0`, path[2] ?? ''));
    } finally {
      done();
    }
  }

  /** Records as they stand, with computed fields: for tests and checkers. */
  records(object: string): readonly Readonly<EmulatedRecord>[] {
    const fields = [...(this.#store.object(object)?.fields.values() ?? [])];
    return this.#store.all(object).map((record) => ({
      ...record,
      ...Object.fromEntries(
        fields.flatMap((field) => {
          const value = computed(this.#store, this.options, object, field.name, record);
          return value === undefined ? [] : [[field.name, value]];
        }),
      ),
    }));
  }

  /** The record with this external id; undefined when there is none. */
  find(object: string, externalId: string): Readonly<EmulatedRecord> | undefined {
    const field = this.options.externalIdField;
    const id = field === null ? undefined : this.#store.by(object, field, externalId)[0]?.Id;
    return id === undefined ? undefined : this.records(object).find((record) => record.Id === id);
  }

  /** Changes a record behind everybody's back, as an agent in the CRM does: no rules, no locks, no journal. */
  tamper(object: string, id: string, fields: Readonly<Record<string, Json>>): void {
    const record = this.#store.get(object, id);
    if (record !== undefined) this.#store.put(object, { ...record, ...fields });
  }

  /** Takes a record away without rules, e.g. a price book entry behind a client's cache. */
  erase(object: string, id: string): void {
    this.#store.remove(object, id);
  }

  /** Adds a record without rules. */
  seed(object: string, fields: Readonly<Record<string, Json>>): string {
    const { id } = this.#store.nextId(object);
    this.#store.put(object, { ...fields, Id: id });
    return id;
  }

  async #answer(request: EmulatorRequest, dataPath: string, path: string): Promise<Answer> {
    const parsed = answering(() => ({ status: 0, body: parseBody(request.body) }));
    if (parsed.status !== 0) return parsed;
    const parts = {
      records: this.#records,
      queries: this.#queries,
      options: this.options,
      limits: () => ({ ...this.allowance.limits(), ...this.#eventLimits() }),
      dataPath,
    };
    const author = this.#author(request, Number(/\/v(\d+)\./.exec(dataPath)?.[1] ?? 0));
    return this.#transactions.run(author, (transaction) => {
      const answer = restAnswer(parts, transaction, {
        method: request.method,
        path,
        query: request.query,
        body: parsed.body,
        headers: request.headers,
        allOrNone: false,
      });
      if (answer.status >= 300) transaction.rollback();
      return answer;
    });
  }

  #author(request: EmulatorRequest, version: number): Author {
    const client = /client=([^,\s]+)/.exec(request.headers['sforce-call-options'] ?? '')?.[1] ?? null;
    return { client, userId: this.oauth.userOf(sessionToken(request)), version };
  }

  async #bulkJob(request: EmulatorRequest, version: string, path: string): Promise<EmulatorResponse> {
    const { method, query, body: text } = request;
    const steps = path
      .split('/')
      .filter((step) => step !== '')
      .slice(1);
    return this.#transactions.run(this.#author(request, Number(version)), (transaction) => {
      try {
        const answer = this.#bulk.handle(transaction, { method, steps, text, query });
        return 'csv' in answer ? csvResponse(answer) : this.#reply(answer);
      } catch (error) {
        if (!(error instanceof PlatformFault)) throw error;
        return this.#reply(faultAnswer(error));
      }
    });
  }

  #eventLimits(): Record<string, Json> {
    const { max, left } = this.deliveries;
    return {
      DailyDeliveredPlatformEvents: { Max: max, Remaining: left },
      HourlyPublishedPlatformEvents: { Max: 250_000, Remaining: 250_000 },
    };
  }

  #refusal(request: EmulatorRequest, version: number): PlatformFault | null {
    const { oldest, newest } = this.options.apiVersions;
    if (version < oldest)
      return new PlatformFault('UNSUPPORTED_API_VERSION', 'The requested API version is retired.', {
        status: 410,
      });
    if (version > newest)
      return new PlatformFault('NOT_FOUND', 'The requested resource does not exist', { status: 404 });
    if (!this.oauth.isLive(sessionToken(request)))
      return new PlatformFault('INVALID_SESSION_ID', 'Session expired or invalid', { status: 401 });
    if (!this.options.apiEnabled)
      return new PlatformFault(
        'API_DISABLED_FOR_ORG',
        'API is not enabled for this Organization or Partner',
        { status: 403 },
      );
    return this.allowance.refusal();
  }

  #reply(answer: Answer): EmulatorResponse {
    return {
      status: answer.status,
      headers: {
        'content-type': 'application/json;charset=UTF-8',
        'sforce-limit-info': this.allowance.header(),
      },
      body: answer.body === null ? '' : JSON.stringify(answer.body),
    };
  }

  #versions(): Json {
    const { oldest, newest } = this.options.apiVersions;
    return Array.from({ length: newest - oldest + 1 }, (_, index) => ({
      label: `v${oldest + index}`,
      url: `/services/data/v${oldest + index}.0`,
      version: `${oldest + index}.0`,
    }));
  }

  #seed(): void {
    const book = (name: string, IsStandard: boolean, IsActive: boolean) =>
      this.ids.set(name, this.seed('Pricebook2', { Name: name, IsStandard, IsActive }));
    book('Standard', true, this.options.standardPriceBookActive);
    for (const name of this.options.priceBooks) book(name, false, true);
    for (const [DeveloperName, SobjectType, IsPersonType] of [
      ['Business', 'Account', false],
      ['Household', 'Account', false],
      ...(this.options.personAccounts ? [['PersonAccount', 'Account', true] as const] : []),
    ] as const) {
      this.ids.set(DeveloperName, this.seed('RecordType', { DeveloperName, SobjectType, IsPersonType }));
    }
    for (const rule of this.options.duplicateRules)
      this.seed('DuplicateRule', { DeveloperName: rule.name, SobjectType: rule.object, IsActive: true });
    for (const SelectedEntity of this.options.changeDataCapture)
      this.seed('PlatformEventChannelMember', { EventChannel: 'ChangeEvents', SelectedEntity });
    this.seed('UserPermissionAccess', {
      PermissionsApiEnabled: this.options.apiEnabled,
      PermissionsActivateOrder: this.options.activateOrders,
    });
  }
}

const sessionToken = ({ headers }: EmulatorRequest): string =>
  /^(?:Bearer|OAuth) (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';

function parseBody(body: string): Json {
  if (body === '') return null;
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw new PlatformFault('JSON_PARSER_ERROR', 'unexpected character in the body');
  }
}
