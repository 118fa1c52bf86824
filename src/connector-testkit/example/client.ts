import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { retryAfterMs } from '#connector-sdk/rate-limit-headers.ts';
import type { ConnectorServices, HttpClient, HttpRequest, HttpResult } from '#connector-sdk/services.ts';
import type { ExampleConfig } from './config.ts';

/** What an answer came to: its body, or the outcome that says what happens next. */
export type Reply =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly failure: Failure };
export type Failure = Exclude<Outcome, { kind: 'done' | 'accepted' | 'unmappable' }>;

const errorSchema = z.object({ code: z.string(), message: z.string() });

/** All the I/O of this connector. */
export class ExampleClient {
  readonly #http: HttpClient;
  readonly #services: ConnectorServices;
  readonly #config: ExampleConfig;

  constructor(config: ExampleConfig, services: ConnectorServices) {
    this.#config = config;
    this.#services = services;
    this.#http = services.http(config.baseUrl);
  }

  get connection(): string {
    return this.#services.connection;
  }

  /** Changes nothing: without an answer it is `unavailable`. */
  read(path: string, call: Call): Promise<Reply> {
    return this.#exchange({ method: 'GET', path }, 'read', call);
  }

  /** May change something: without an answer it is `outcome-unknown`. */
  write(path: string, body: Json, call: Call): Promise<Reply> {
    return this.#exchange({ method: 'POST', path, body: JSON.stringify(body) }, 'write', call);
  }

  async #exchange(
    ask: Pick<HttpRequest, 'method' | 'path' | 'body'>,
    effect: 'read' | 'write',
    call: Call,
  ): Promise<Reply> {
    const result = await this.#http.request({
      ...ask,
      headers: { authorization: `Bearer ${this.#config.apiKey}`, 'content-type': 'application/json' },
      deadlineMs: call.deadlineMs,
      signal: call.signal,
    });
    const reply = readAnswer(result, effect, this.#services.now());
    if (!reply.ok && reply.failure.kind === 'rate-limited' && reply.failure.retryAfterMs !== null) {
      this.#services.limits.report({ pausedForMs: reply.failure.retryAfterMs });
    }
    return reply;
  }
}

/** Every answer of the platform, as what happens next. */
export function readAnswer(result: HttpResult, effect: 'read' | 'write', nowMs: number): Reply {
  if (result.kind === 'not-sent')
    return failed({ kind: 'unavailable', retryAfterMs: null, detail: result.detail });
  if (result.kind === 'lost') return failed(unknown(effect, result.detail));
  const { status, headers } = result;
  const body = parsed(result.body);
  if (status === 200)
    return body === undefined ? failed(unknown(effect, 'HTTP 200: not JSON')) : { ok: true, value: body };

  const error = errorSchema.safeParse(body);
  const detail = error.success ? `${error.data.code}: ${error.data.message}`.slice(0, 300) : `HTTP ${status}`;
  if (status === 401 || status === 403) return failed({ kind: 'unauthorized', detail });
  if (status === 429)
    return failed({ kind: 'rate-limited', retryAfterMs: retryAfterMs(headers, nowMs), detail });
  if (status === 503)
    return failed({ kind: 'unavailable', retryAfterMs: retryAfterMs(headers, nowMs), detail });
  if (status >= 500) return failed(unknown(effect, detail));
  return failed({ kind: 'rejected', code: error.success ? error.data.code : `http-${status}`, detail });
}

const failed = (failure: Failure): Reply => ({ ok: false, failure });

const unknown = (effect: 'read' | 'write', detail: string): Failure =>
  effect === 'write'
    ? { kind: 'outcome-unknown', detail }
    : { kind: 'unavailable', retryAfterMs: null, detail };

function parsed(text: string): Json | undefined {
  try {
    return parseJsonLossless(text);
  } catch {
    return undefined;
  }
}
