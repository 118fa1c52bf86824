import { Pool, buildConnector } from 'undici';
import {
  type AddressRules,
  AddressRefusedError,
  guardedLookup,
  hostRefusal,
  type Resolve,
} from './address-guard.ts';
import { exchange } from './http-exchange.ts';
import type { HttpClient, HttpRequest, HttpResult } from './services.ts';

export type HttpClientOptions = {
  /** Longer answers count as lost. Bytes. */
  readonly maxResponseBytes?: number;
  readonly allowPrivateAddresses?: boolean;
  /** Default: the base URL's own host. A base URL outside these hosts is refused on every call. */
  readonly allowedHosts?: readonly string[];
  /** TCP and TLS together; the request's deadline counts anyway. */
  readonly connectTimeoutMs?: number;
  /** Sockets to this origin; further calls queue, and a deadline that passes in the queue is `not-sent`. */
  readonly maxConnections?: number;
  /** TLS: certificates (PEM) trusted instead of the system's, for an ERP with a private authority. */
  readonly ca?: string;
  /** For tests of the guard. */
  readonly resolve?: Resolve;
};

export type ClosableHttpClient = HttpClient & { close(): Promise<void> };

const defaultMaxResponseBytes = 16 * 1024 * 1024;

/**
 * An HTTP/1.1 client of one base URL on keep-alive sockets. Opens nothing before the first request.
 * Ignores proxy variables of the environment: the address guard must see the real destination.
 * @throws TypeError when the base URL is not an http or https URL, or for a request that cannot be written as HTTP.
 */
export function createHttpClient(baseUrl: string, options: HttpClientOptions = {}): ClosableHttpClient {
  const base = parseBase(baseUrl);
  const rules: AddressRules = {
    allowedHosts: options.allowedHosts ?? [base.hostname],
    allowPrivateAddresses: options.allowPrivateAddresses ?? false,
  };
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = new Pool(base.origin, {
    connections: options.maxConnections ?? 64,
    pipelining: 1, // with two requests on a socket nobody could say which of them arrived
    allowH2: false,
    headersTimeout: 0, // the absolute deadline is the only clock
    bodyTimeout: 0,
    connect: guardedConnector(rules, options),
  });
  const limit = options.maxResponseBytes ?? defaultMaxResponseBytes;
  const refusal = hostRefusal(base.hostname, rules);

  return {
    async request(request: HttpRequest): Promise<HttpResult> {
      const path = checkedPath(prefix, request.path);
      if (refusal !== null)
        return { kind: 'not-sent', detail: `address refused: ${base.hostname} is ${refusal}` };
      return exchange(pool, base.origin, { ...request, path }, limit);
    },
    close: () => pool.destroy(),
  };
}

/** Connects as undici does, but through the guard, for names as well as for IP literals. */
function guardedConnector(rules: AddressRules, options: HttpClientOptions): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    timeout: options.connectTimeoutMs ?? 10_000,
    lookup: guardedLookup(rules, options.resolve),
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  return (target, callback) => {
    const refusal = hostRefusal(target.hostname, rules);
    if (refusal !== null) callback(new AddressRefusedError(`${target.hostname} is ${refusal}`), null);
    else connect(target, callback);
  };
}

function parseBase(baseUrl: string): URL {
  const base = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new TypeError('the base URL must be an absolute http or https URL');
  if (base.username !== '' || base.password !== '' || base.search !== '' || base.hash !== '') {
    throw new TypeError('the base URL must hold neither credentials nor a query');
  }
  return base;
}

/** An id that contains `..` must not climb out of the base URL. */
function checkedPath(prefix: string, path: string): string {
  const isBelow = /^\/(?!\/)/.test(path) || path === '/';
  const climbs = (path.split(/[?#]/, 1)[0] ?? '')
    .split(/[/\\]/)
    .some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  if (!isBelow || climbs || path.includes('#'))
    throw new TypeError('a request path must start with one "/" and have no dot segments or fragment');
  return `${prefix}${path}`;
}
