import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import { pathText } from '#connector-sdk/mapping.ts';
import type { ConnectorServices, HttpRequest } from '#connector-sdk/services.ts';
import { type Answer, type FailureOutcome, readAnswer } from './answers/answer.ts';
import { NetSuiteFailure } from './answers/failure.ts';
import { oauth1Header } from './auth/oauth1.ts';
import { newAccessToken, tokenPath } from './auth/oauth2.ts';
import type { NetSuiteConfig } from './config.ts';
import { LookupCache } from './lookup-cache.ts';

const recordRoot = '/services/rest/record/v1';
const queryPath = '/services/rest/query/v1/suiteql';
/** A token is not used in its last minute: a save may take longer than that. Milliseconds. */
const tokenMarginMs = 60_000;

/** What became of a write that ended: the record's internal id, where NetSuite names it. */
export type Written =
  { readonly id: string | null } | { readonly duplicate: string } | { readonly missing: string };

/** One attempt's way to the account. All methods throw NetSuiteFailure. */
export type Session = {
  /** A record, or null where there is none. `path` is below record/v1. */
  read(path: string): Promise<Json>;
  write(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body: string | null): Promise<Written>;
  /** One page of a query; `limit` rows at most. */
  query(q: string, limit: number): Promise<readonly Json[]>;
  /** What was written so far is no effect of the command: a customer, or an order that was taken back. */
  settled(): void;
};

/** A connected account. */
export type NetSuiteClient = {
  readonly connection: string;
  readonly config: NetSuiteConfig;
  readonly known: LookupCache;
  now(): number;
  /** Runs `work`; whatever it runs into comes back as an outcome. Once it wrote, nothing counts as "provably without effect". */
  attempt<T>(call: Call, work: (session: Session) => Promise<T>): Promise<T | FailureOutcome>;
};

type Sent = { readonly method: HttpRequest['method']; readonly path: string; readonly body: string | null };

/** Opens nothing on the network by itself. */
export function openClient(config: NetSuiteConfig, services: ConnectorServices): NetSuiteClient {
  const http = services.http(config.baseUrl);
  const { auth } = config;

  /** Empty where every request is signed by itself. */
  const token = async (call: Call, refused?: string): Promise<string> => {
    if (auth.method === 'tba') return '';
    const credential = await services.credentials.get('access-token', {
      marginMs: tokenMarginMs,
      ...(refused !== undefined && { refused }),
      renew: () =>
        newAccessToken(http, {
          auth,
          audience: `${config.baseUrl}${tokenPath}`,
          nowMs: services.now(),
          call,
        }),
    });
    return z.string().parse(credential.value);
  };
  const authorization = ({ method, path }: Sent, accessToken: string): string => {
    if (auth.method === 'oauth2') return `Bearer ${accessToken}`;
    return oauth1Header(
      {
        method,
        url: new URL(`${config.baseUrl}${path}`),
        realm: config.account,
        consumerKey: auth.consumerKey,
        tokenId: auth.tokenId,
        nonce: randomUUID(),
        timestampS: Math.floor(services.now() / 1000),
      },
      auth,
    );
  };
  const once = async (sent: Sent, call: Call, writes: boolean, accessToken: string): Promise<Answer> => {
    const result = await http.request({
      method: sent.method,
      path: sent.path,
      headers: {
        authorization: authorization(sent, accessToken),
        accept: 'application/json',
        ...(sent.body !== null && { 'content-type': 'application/json' }),
        // Without it SuiteQL refuses to run.
        ...(sent.path.startsWith(queryPath) && { prefer: 'transient' }),
      },
      ...(sent.body !== null && { body: sent.body }),
      deadlineMs: call.deadlineMs,
      signal: call.signal,
    });
    return readAnswer(result, `${sent.method} ${sent.path.split('?', 1)[0]}`, writes, services.now());
  };
  const ask = async (
    sent: Sent,
    call: Call,
    writes: boolean,
  ): Promise<Exclude<Answer, { kind: 'failed' | 'login-refused' }>> => {
    const accessToken = await token(call);
    let answer = await once(sent, call, writes, accessToken);
    // A login refused is a request not run, so that repeating it is safe: once, with a token of its own.
    if (answer.kind === 'login-refused' && auth.method === 'oauth2')
      answer = await once(sent, call, writes, await token(call, accessToken));
    if (answer.kind === 'login-refused')
      throw new NetSuiteFailure({ kind: 'unauthorized', detail: answer.detail });
    if (answer.kind === 'failed') throw new NetSuiteFailure(answer.outcome);
    return answer;
  };

  return {
    connection: services.connection,
    config,
    known: new LookupCache(() => services.now()),
    now: () => services.now(),
    async attempt(call, work) {
      let wrote = false;
      const session: Session = {
        async read(path) {
          const answer = await ask({ method: 'GET', path: `${recordRoot}${path}`, body: null }, call, false);
          return answer.kind === 'answered' ? answer.body : null;
        },
        async write(method, path, body) {
          const answer = await ask({ method, path: `${recordRoot}${path}`, body }, call, true);
          if (answer.kind === 'duplicate') return { duplicate: answer.detail };
          if (answer.kind === 'missing') return { missing: answer.detail };
          wrote = true;
          return { id: /\/(\d+)$/.exec(answer.location ?? '')?.[1] ?? null };
        },
        async query(q, limit) {
          const sent = {
            method: 'POST' as const,
            path: `${queryPath}?limit=${limit}&offset=0`,
            body: JSON.stringify({ q }),
          };
          const answer = await ask(sent, call, false);
          if (answer.kind === 'answered') return pageSchema.parse(answer.body).items;
          throw new NetSuiteFailure({ kind: 'unavailable', retryAfterMs: null, detail: answer.detail });
        },
        settled() {
          wrote = false;
        },
      };
      try {
        return await work(session);
      } catch (error) {
        const outcome = failureOf(error, wrote);
        if (!wrote || outcome.kind === 'unmappable') return outcome;
        return { kind: 'outcome-unknown', detail: outcome.detail };
      }
    },
  };
}

const pageSchema = z.object({ items: z.array(z.json()) });

/** An answer of a shape that we do not know is no crash: it is NetSuite's, and we cannot go on from it. */
function failureOf(error: unknown, wrote: boolean): FailureOutcome {
  if (error instanceof NetSuiteFailure) return error.outcome;
  if (!(error instanceof z.ZodError)) throw error;
  const problems = error.issues.map(({ path, message }) => `${pathText(path)} ${message}`).join('; ');
  const detail = `unexpected answer: ${problems}`.slice(0, 500);
  return wrote
    ? { kind: 'outcome-unknown', detail }
    : { kind: 'rejected', code: 'unexpected-answer', detail };
}
