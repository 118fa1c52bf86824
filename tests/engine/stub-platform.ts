import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import type { CommandHandler, Connector, Safety } from '#connector-sdk/connector.ts';
import { createHttpClient } from '#connector-sdk/http-client.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { HttpClient, HttpResult } from '#connector-sdk/services.ts';
import { type Emulator, startEmulator, type EmulatorOptions } from '#connector-testkit/emulator.ts';

/** The least platform there is: it takes writes by key and can be asked for them. For tests of the engine, which needs no more. */
export type StubPlatform = {
  handle(request: {
    method: string;
    path: string;
    body: string;
    headers: Readonly<Record<string, string>>;
  }): StubAnswer | Promise<StubAnswer>;
};
type StubAnswer = { status: number; body: string };

export function startStubPlatform(options: EmulatorOptions = {}): Promise<Emulator<StubPlatform>> {
  return startEmulator<StubPlatform>(
    (journal) => ({
      handle({ method, path, body }) {
        const key = decodeURIComponent(path.slice('/effects/'.length));
        if (path === '/ping') return { status: 200, body: '{}' };
        if (method === 'GET')
          return journal.counts('effect').has(key)
            ? { status: 200, body: JSON.stringify({ key }) }
            : { status: 404, body: '{}' };
        journal.record('effect', key, JSON.parse(body) as Json);
        return { status: 201, body: JSON.stringify({ key }) };
      },
    }),
    options,
  );
}

type Request = { readonly key: string; readonly body: string; readonly conflictKeys: readonly string[] };

/** A connector to it: `erp.order.cancel` is looked up first, `storefront.order.read` is an upsert. */
export function stubConnector(
  times: {
    readonly timeoutMs?: number;
    readonly settleMs?: number;
    readonly searchLagMs?: number;
    readonly concurrency?: number;
    readonly safety?: Safety;
  } = {},
): Connector<{ baseUrl: string }, HttpClient> {
  const {
    timeoutMs = 1_000,
    settleMs = 200,
    searchLagMs = 0,
    concurrency = 20,
    safety = { kind: 'lookup-first' },
  } = times;
  const send = async (
    request: Request,
    http: HttpClient,
    call: { deadlineMs: number; signal: AbortSignal },
  ): Promise<Outcome> =>
    outcomeOf(
      await http.request({
        method: 'POST',
        path: `/effects/${encodeURIComponent(request.key)}`,
        body: request.body,
        headers: { 'content-type': 'application/json' },
        ...call,
      }),
    );
  const find = async (
    request: Request,
    http: HttpClient,
    call: { deadlineMs: number; signal: AbortSignal },
  ): Promise<Found> => {
    const answer = await http.request({
      method: 'GET',
      path: `/effects/${encodeURIComponent(request.key)}`,
      ...call,
    });
    if (answer.kind !== 'response') return { kind: 'unavailable', retryAfterMs: null, detail: answer.detail };
    if (answer.status === 404) return { kind: 'absent' };
    const outcome = outcomeOf(answer);
    if (outcome.kind === 'done') return { kind: 'found', outcome };
    return outcome.kind === 'outcome-unknown'
      ? { kind: 'unavailable', retryAfterMs: null, detail: outcome.detail }
      : (outcome as Found);
  };
  const cancel: CommandHandler<'erp.order.cancel', Request, HttpClient> = {
    name: 'erp.order.cancel',
    safety,
    timeoutMs,
    settleMs,
    searchLagMs,
    render(payload, context) {
      const word = payload.reason.startsWith('mapped:')
        ? context.crosswalk('reason', payload.reason, 'reason', 'a guess')
        : payload.reason;
      return {
        key: payload.number,
        body: JSON.stringify({ word }),
        conflictKeys: payload.reason.startsWith('parent:') ? [payload.reason] : [],
      };
    },
    conflictKeys: (request) => request.conflictKeys,
    send: (request, call, http) => send(request, http, call),
    find: (request, call, http) => find(request, http, call),
  };
  const read: CommandHandler<'storefront.order.read', Request, HttpClient> = {
    name: 'storefront.order.read',
    safety: { kind: 'upsert' },
    timeoutMs,
    settleMs,
    searchLagMs,
    render: (payload) => ({ key: payload.order.id, body: '{}', conflictKeys: [] }),
    send: (request, call, http) => send(request, http, call),
  };
  return {
    id: 'stub',
    title: 'Stub',
    apiVersion: '1',
    roles: ['erp', 'crm'],
    config: z.strictObject({ baseUrl: z.string().describe('where it is') }),
    limits: () => ({ concurrency, bucket: null }),
    open: (config) => createHttpClient(config.baseUrl, { allowPrivateAddresses: true }),
    inbound: {
      'thing/touched': {
        subject: (body, connection) => ({
          entity: 'order',
          ref: { connection, type: 'Thing', id: (body as { id: string }).id },
          founds: true,
        }),
        map: ({ body, connection, occurredAt, bodyHash }) => {
          const { id, reason } = z.object({ id: z.string(), reason: z.string() }).parse(body);
          return [
            {
              type: 'order.touched',
              subject: { entity: 'order', ref: { connection, type: 'Thing', id }, founds: true },
              version: { at: occurredAt, hash: bodyHash },
              data: { reason, listed: false },
            },
          ];
        },
      },
    },
    pollers: {},
    commands: { 'erp.order.cancel': cancel, 'storefront.order.read': read },
    async probe(call, http) {
      return outcomeOf(
        await http.request({
          method: 'GET',
          path: '/ping',
          deadlineMs: call.deadlineMs,
          signal: call.signal,
        }),
      );
    },
    doctor: () => Promise.resolve([]),
  };
}

function outcomeOf(answer: HttpResult): Outcome {
  if (answer.kind === 'not-sent') return { kind: 'unavailable', retryAfterMs: null, detail: answer.detail };
  if (answer.kind === 'lost') return { kind: 'outcome-unknown', detail: answer.detail };
  if (answer.status === 429) return { kind: 'rate-limited', retryAfterMs: 100, detail: 'too many' };
  if (answer.status === 401) return { kind: 'unauthorized', detail: 'who are you' };
  if (answer.status === 409) return { kind: 'conflict', stale: false, detail: 'locked' };
  if (answer.status === 503) return { kind: 'unavailable', retryAfterMs: null, detail: 'away' };
  if (answer.status >= 400) return { kind: 'rejected', code: `http-${answer.status}`, detail: 'no' };
  return { kind: 'done', result: { status: answer.status } };
}
