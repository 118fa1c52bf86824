import { randomBytes } from 'node:crypto';
import type { EmulatorResponse } from '#connector-testkit/emulator.ts';

export type TokenOptions = {
  readonly clientId: string;
  /** A token that does not expire; null where the app has none. */
  readonly fixedToken: string | null;
  /** The refresh token that the installation ended with. */
  readonly refreshToken: string;
  readonly lifetimeMs: number;
  readonly refreshLifetimeMs: number;
};

/** The shop's token endpoint: expiring access tokens, and refresh tokens that are good for one renewal. */
export class AccessTokens {
  readonly #options: TokenOptions;
  readonly #now: () => number;
  readonly #valid = new Map<string, number>();
  #refreshToken: { value: string; expiresAtMs: number };
  /** How often a token was given out. */
  issued = 0;

  constructor(options: TokenOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#refreshToken = { value: options.refreshToken, expiresAtMs: now() + options.refreshLifetimeMs };
    if (options.fixedToken !== null) this.#valid.set(options.fixedToken, Number.POSITIVE_INFINITY);
  }

  accepts(token: string | undefined): boolean {
    return token !== undefined && (this.#valid.get(token) ?? 0) > this.#now();
  }

  /** Every access token stops working at once; refresh tokens stay. */
  revokeAll(): void {
    this.#valid.clear();
  }

  handle(body: string, secret: string): EmulatorResponse {
    const form = new URLSearchParams(body);
    const refuse = (error: string): EmulatorResponse => ({ status: 400, body: JSON.stringify({ error }) });
    if (form.get('client_id') !== this.#options.clientId || form.get('client_secret') !== secret)
      return refuse('invalid_client');
    if (form.get('grant_type') === 'client_credentials') return this.#issue({});
    if (form.get('grant_type') !== 'refresh_token') return refuse('unsupported_grant_type');
    if (
      form.get('refresh_token') !== this.#refreshToken.value ||
      this.#refreshToken.expiresAtMs <= this.#now()
    )
      return refuse('invalid_grant');
    this.#refreshToken = {
      value: secretText('shprt'),
      expiresAtMs: this.#now() + this.#options.refreshLifetimeMs,
    };
    return this.#issue({
      refresh_token: this.#refreshToken.value,
      refresh_token_expires_in: this.#options.refreshLifetimeMs / 1000,
    });
  }

  #issue(more: Record<string, unknown>): EmulatorResponse {
    const token = secretText('shpat');
    this.issued += 1;
    this.#valid.set(token, this.#now() + this.#options.lifetimeMs);
    const expiresIn = this.#options.lifetimeMs / 1000;
    return {
      status: 200,
      body: JSON.stringify({ access_token: token, scope: 'read_orders', expires_in: expiresIn, ...more }),
    };
  }
}

const secretText = (kind: string): string => `${kind}_${randomBytes(16).toString('hex')}`;
