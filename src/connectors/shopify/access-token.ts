import { z } from 'zod';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { Credential, HttpResult } from '#connector-sdk/services.ts';
import type { ShopifyConfig } from './config.ts';

/** A token is renewed this long before it expires, so that none expires in flight. */
export const tokenMarginMs = 5 * 60_000;

/** What the credential store keeps for us. */
export const storedToken = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  refreshExpiresAtMs: z.number().nullable(),
});
export type StoredToken = z.output<typeof storedToken>;

/** Why no token could be had, as the outcome of the call that needed it. Carries no secret. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly outcome: Extract<Outcome, { kind: 'unauthorized' | 'unavailable' | 'rate-limited' }>;
  constructor(outcome: TokenError['outcome']) {
    super(outcome.detail);
    this.outcome = outcome;
  }
}

/** The body of the token request: the refresh token that is stored, or for the first time the configured one. */
export function tokenRequest(config: ShopifyConfig, current: Credential | null): string {
  const { auth } = config;
  if (auth.kind === 'access-token') throw new TypeError('a fixed access token is not renewed');
  const grant =
    auth.kind === 'client-credentials'
      ? { grant_type: 'client_credentials' }
      : { grant_type: 'refresh_token', refresh_token: refreshTokenOf(current) ?? auth.refreshToken };
  return new URLSearchParams({
    client_id: auth.clientId,
    client_secret: config.clientSecret,
    ...grant,
  }).toString();
}

const refreshTokenOf = (current: Credential | null): string | null =>
  current === null ? null : (storedToken.safeParse(current.value).data?.refreshToken ?? null);

const answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
  refresh_token_expires_in: z.number().positive().optional(),
});

/** The new credential. @throws TokenError */
export function tokenAnswer(result: HttpResult, nowMs: number): Credential {
  if (result.kind !== 'response') {
    throw new TokenError({
      kind: 'unavailable',
      retryAfterMs: null,
      detail: `token endpoint: ${result.detail}`,
    });
  }
  const { status } = result;
  if (status === 429 || status >= 500) {
    throw new TokenError({
      kind: 'unavailable',
      retryAfterMs: null,
      detail: `token endpoint answered ${status}`,
    });
  }
  const read = status === 200 ? answer.safeParse(jsonOrNull(result.body)).data : undefined;
  if (read === undefined) {
    const detail = `the shop gave no access token (HTTP ${status}): check client id and secret, or install the app again`;
    throw new TokenError({ kind: 'unauthorized', detail });
  }
  const after = (seconds: number | undefined) => (seconds === undefined ? null : nowMs + seconds * 1000);
  const value: StoredToken = {
    accessToken: read.access_token,
    refreshToken: read.refresh_token ?? null,
    refreshExpiresAtMs: after(read.refresh_token_expires_in),
  };
  return { value, expiresAtMs: after(read.expires_in) };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
