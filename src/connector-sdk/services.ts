import type { Json } from '#canonical/json.ts';

/**
 * What an HTTP call came to, in terms of what may have happened at the other side.
 * - `response`: a whole answer.
 * - `not-sent`: no byte of the request reached the platform (refused, no route, name unknown, deadline before the start).
 * - `lost`: the request may have arrived; no whole answer came (time-out, reset, cut body).
 */
export type HttpResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'not-sent'; readonly detail: string }
  | { readonly kind: 'lost'; readonly detail: string };

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path and query below the client's base URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
};

/** HTTP to one base URL: keep-alive, no redirects, answers limited in size, addresses checked (SSRF). Never throws for what the network does. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResult>;
}

/** A secret that expires: kept in the database, renewed once for all workers, never lost between renewal and storage. */
export type Credential = { readonly value: Json; readonly expiresAtMs: number | null };
export interface CredentialStore {
  /**
   * The current credential. When there is none, when it expires within `marginMs`, or when `refused` is the value that the
   * platform just refused, exactly one worker runs `renew` while the others wait for its result.
   * A failed renewal is thrown by everybody who waited, and tried again by the next caller.
   */
  get(
    name: string,
    options: {
      readonly marginMs: number;
      readonly refused?: Json;
      renew(current: Credential | null): Promise<Credential>;
    },
  ): Promise<Credential>;
}

/** Tells the account's limiter what the platform said about its budget. */
export interface LimitReporter {
  report(observed: {
    readonly available?: number;
    readonly capacity?: number;
    readonly refillPerSecond?: number;
    readonly concurrency?: number;
    readonly pausedForMs?: number;
  }): void;
}

export interface Logger {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** All that a connector gets from outside; nothing else does I/O for it. */
export type ConnectorServices = {
  readonly connection: string;
  http(baseUrl: string, options?: { readonly maxResponseBytes?: number }): HttpClient;
  readonly credentials: CredentialStore;
  readonly limits: LimitReporter;
  readonly log: Logger;
  now(): number;
};
