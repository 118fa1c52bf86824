import type { Connector, PolledRecord } from '#connector-sdk/connector.ts';
import type { HttpClient } from '#connector-sdk/services.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import type { Installation } from '#dispatch/open-connection.ts';
import { stubConnector } from '../engine/stub-platform.ts';

export const tenant = 'acme';

/** Answers `GET /records/<n>` with `{ ids }`: at most three records, from the n-th on. Null for any other path. */
export function recordsFrom(ids: readonly string[]): (path: string) => string | null {
  return (path) => {
    if (!path.startsWith('/records/')) return null;
    const from = Number(path.slice('/records/'.length));
    return JSON.stringify({ ids: ids.slice(from, from + 3) });
  };
}

/** The stub with a poller `things`: three records a page; its cursor says how many were read. */
export function polledConnector(): Connector<{ baseUrl: string }, HttpClient> {
  return {
    ...stubConnector(),
    pollers: {
      things: {
        everyMs: 200,
        timeoutMs: 1_000,
        async poll(cursor, call, http) {
          const answer = await http.request({
            method: 'GET',
            path: `/records/${cursor ?? '0'}`,
            ...call,
          });
          if (answer.kind === 'not-sent')
            return { kind: 'unavailable', retryAfterMs: 100, detail: answer.detail };
          if (answer.kind === 'lost') return { kind: 'outcome-unknown', detail: answer.detail };
          if (answer.status === 429)
            return { kind: 'rate-limited', retryAfterMs: 1_800_000, detail: 'too many' };
          if (answer.status !== 200)
            return { kind: 'unavailable', retryAfterMs: 100, detail: String(answer.status) };
          const { ids } = JSON.parse(answer.body) as { ids: string[] };
          const records = ids.map((id): PolledRecord => ({
            topic: 'thing/touched',
            sourceEventId: id,
            occurredAt: '2026-11-24T10:00:00.000Z',
            body: { id, reason: 'a' },
          }));
          return {
            kind: 'read',
            records,
            cursor: String(Number(cursor) + ids.length),
            more: ids.length === 3,
          };
        },
      },
    },
  };
}

/** `shop` is polled, and orders go to `erp` and `crm`. */
export function polledInstallation(urls: {
  readonly shop: string;
  readonly erp: string;
  readonly crm: string;
}): Installation {
  const services = testServices();
  const connections = Object.entries(urls).map(([id, baseUrl]) => {
    const connector = id === 'shop' ? polledConnector() : stubConnector();
    return {
      tenant,
      id,
      connector,
      client: connector.open({ baseUrl }, services),
      config: { baseUrl },
    };
  });
  return {
    tenants: [tenant],
    connections,
    connection: (_tenant, id) => connections.find((each) => each.id === id) ?? null,
  };
}
