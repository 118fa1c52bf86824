import { z } from 'zod';
import type { Json, JsonObject } from '#canonical/json.ts';
import { pathText } from '#connector-sdk/mapping.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { ConnectorServices, HttpClient, HttpResult } from '#connector-sdk/services.ts';
import { type Answer, type FailureOutcome, readAnswer } from './answers.ts';
import type { TrytonConfig } from './config.ts';
import { LookupCache } from './lookup-cache.ts';

/** A call that did not end in a result. Thrown within one attempt only; `attempt` turns it back into its outcome. */
export class TrytonFailure extends Error {
  override readonly name = 'TrytonFailure';
  readonly outcome: FailureOutcome;
  constructor(outcome: FailureOutcome) {
    super('detail' in outcome ? outcome.detail : outcome.kind);
    this.outcome = outcome;
  }
}

/** One attempt's way to the server. Both methods throw TrytonFailure. */
export type Rpc = {
  /** Changes nothing; without an answer it is `unavailable`. */
  read(method: string, ...params: readonly Json[]): Promise<Json>;
  /** May change something; without an answer it is `outcome-unknown`. */
  write(method: string, ...params: readonly Json[]): Promise<Json>;
  /** As `write`, with values that only this call's context carries (`_timestamp`, the records of a wizard). */
  writeWith(context: JsonObject, method: string, ...params: readonly Json[]): Promise<Json>;
  /** The company that this user books in. @throws TrytonFailure when there is none. */
  company(): Promise<number>;
  userId(): Promise<number>;
  /** What was written so far is no effect of the command: master data, or a record that was taken back. */
  settled(): void;
};

/** A connected Tryton database. */
export type TrytonClient = {
  readonly connection: string;
  readonly config: TrytonConfig;
  /** Ids by code, for a few minutes. */
  readonly lookups: LookupCache;
  now(): number;
  /** Runs `work`; whatever it runs into comes back as an outcome. Once it wrote, nothing counts as "provably without effect". */
  attempt<T>(call: Call, work: (rpc: Rpc) => Promise<T>): Promise<T | FailureOutcome>;
  /** The server's version; asked without a session. */
  serverVersion(call: Call): Promise<string | FailureOutcome>;
};

const sessionSchema = z.strictObject({
  userId: z.int(),
  key: z.string(),
  context: z.record(z.string(), z.json()),
});
type Session = z.infer<typeof sessionSchema>;

/** Opens nothing on the network by itself. */
export function openClient(config: TrytonConfig, services: ConnectorServices): TrytonClient {
  const http = services.http(config.baseUrl);
  const path = `/${config.database}/`;

  const session = async (call: Call, refused?: Json): Promise<Session> => {
    const credential = await services.credentials.get('session', {
      marginMs: 0,
      ...(refused !== undefined && { refused }),
      renew: async () => ({ value: await login(http, path, config, call), expiresAtMs: null }),
    });
    return sessionSchema.parse(credential.value);
  };

  const ask = async (
    call: Call,
    method: string,
    params: readonly Json[],
    extra: JsonObject,
    writes: boolean,
  ): Promise<Json> => {
    let current = await session(call);
    let answer = await post(
      http,
      path,
      { method, params: [...params, { ...current.context, ...extra }] },
      call,
      writes,
      authorization(config.user, current),
    );
    if (answer.kind === 'session-refused') {
      // A session refused is a call not made, so that repeating it is safe: once, with a session of its own.
      current = await session(call, current);
      answer = await post(
        http,
        path,
        { method, params: [...params, { ...current.context, ...extra }] },
        call,
        writes,
        authorization(config.user, current),
      );
    }
    if (answer.kind === 'result') return answer.value;
    throw new TrytonFailure(
      answer.kind === 'failed'
        ? answer.outcome
        : { kind: 'unauthorized', detail: `${method}: the server refused a new session` },
    );
  };

  return {
    connection: services.connection,
    config,
    lookups: new LookupCache(() => services.now()),
    now: () => services.now(),
    async attempt(call, work) {
      let wrote = false;
      const write = async (extra: JsonObject, method: string, params: readonly Json[]): Promise<Json> => {
        const result = await ask(call, method, params, extra, true);
        wrote = true;
        return result;
      };
      try {
        return await work({
          read: (method, ...params) => ask(call, method, params, {}, false),
          write: (method, ...params) => write({}, method, params),
          writeWith: (context, method, ...params) => write(context, method, params),
          company: async () => companyOf((await session(call)).context),
          userId: async () => (await session(call)).userId,
          settled: () => {
            wrote = false;
          },
        });
      } catch (error) {
        const outcome = failureOf(error, wrote);
        // A conflict leaves a sale that stands where it stood: the order has not taken effect.
        if (!wrote || outcome.kind === 'conflict' || outcome.kind === 'unmappable') return outcome;
        return { kind: 'outcome-unknown', detail: outcome.detail };
      }
    },
    async serverVersion(call) {
      const answer = await post(
        http,
        '/',
        { method: 'common.server.version', params: [] },
        call,
        false,
        null,
      );
      if (answer.kind === 'result') return z.string().parse(answer.value);
      return answer.kind === 'failed'
        ? answer.outcome
        : { kind: 'unauthorized', detail: 'common.server.version: HTTP 401' };
    },
  };
}

/** An answer of a shape that we do not know is no crash: it is the server's, and we cannot go on from it. */
function failureOf(error: unknown, wrote: boolean): FailureOutcome {
  if (error instanceof TrytonFailure) return error.outcome;
  if (!(error instanceof z.ZodError)) throw error;
  const detail =
    `unexpected answer: ${error.issues.map(({ path, message }) => `${pathText(path)} ${message}`).join('; ')}`.slice(
      0,
      500,
    );
  return wrote
    ? { kind: 'outcome-unknown', detail }
    : { kind: 'rejected', code: 'unexpected-answer', detail };
}

/** Logs in and asks for the preferences, which are the context of every later call. */
async function login(http: HttpClient, path: string, config: TrytonConfig, call: Call): Promise<Json> {
  const answer = await post(
    http,
    path,
    { method: 'common.db.login', params: [config.user, { password: config.password }, config.language] },
    call,
    false,
    null,
  );
  const pair = z.tuple([z.int(), z.string()]).safeParse(succeeded(answer, 'the server refused the login'));
  if (!pair.success)
    throw new TrytonFailure({ kind: 'unauthorized', detail: 'common.db.login: no session in the answer' });
  const [userId, key] = pair.data;

  const given = { userId, key, context: {} };
  const preferences = await post(
    http,
    path,
    { method: 'model.res.user.get_preferences', params: [true, {}] },
    call,
    false,
    authorization(config.user, given),
  );
  const context = z
    .record(z.string(), z.json())
    .parse(succeeded(preferences, 'the server refused its own session'));
  const company = config.company === null ? {} : { company: config.company };
  return { userId, key, context: { ...context, language: config.language, ...company } as Json };
}

function succeeded(answer: Answer, refused: string): Json {
  if (answer.kind === 'result') return answer.value;
  throw new TrytonFailure(
    answer.kind === 'failed' ? answer.outcome : { kind: 'unauthorized', detail: refused },
  );
}

function companyOf(context: Session['context']): number {
  const company = z.int().safeParse(context['company']);
  if (company.success) return company.data;
  throw new TrytonFailure({
    kind: 'unauthorized',
    detail: 'the Tryton user has no company: set one in its preferences or in this connection',
  });
}

const authorization = (user: string, { userId, key }: Pick<Session, 'userId' | 'key'>): string =>
  `Session ${Buffer.from(`${user}:${userId}:${key}`).toString('base64')}`;

let lastId = 0;

async function post(
  http: HttpClient,
  path: string,
  { method, params }: { method: string; params: readonly Json[] },
  call: Call,
  writes: boolean,
  authorized: string | null,
): Promise<Answer> {
  lastId = (lastId + 1) % 1_000_000_000;
  const result: HttpResult = await http.request({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      ...(authorized !== null && { authorization: authorized }),
    },
    // Exactly these three keys: with any other set Tryton answers without an envelope.
    body: JSON.stringify({ id: lastId, method, params }),
    deadlineMs: call.deadlineMs,
    signal: call.signal,
  });
  return readAnswer(result, method, writes);
}
