import { createHmac, createPublicKey, type KeyObject, randomUUID, timingSafeEqual } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { EmulatorRequest, EmulatorResponse } from '#connector-testkit/emulator.ts';
import { Problem } from './problem.ts';

export type LoginOptions = {
  readonly account: string;
  readonly oauth2: {
    readonly clientId: string;
    readonly certificateId: string;
    readonly publicKey: string;
  } | null;
  readonly tba: {
    readonly consumerKey: string;
    readonly consumerSecret: string;
    readonly tokenId: string;
    readonly tokenSecret: string;
  } | null;
};

const refused = (): Problem => new Problem(401, 'INVALID_LOGIN', 'Invalid login attempt.');
const clockSkewS = 300;

/** Who may come in: bearer tokens that it gave out itself, and OAuth 1.0a signatures. */
export class Logins {
  readonly #options: LoginOptions;
  readonly #now: () => number;
  readonly #key: KeyObject | null;
  readonly #tokens = new Map<string, number>();
  readonly #nonces = new Set<string>();

  constructor(options: LoginOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#key = options.oauth2 === null ? null : createPublicKey(options.oauth2.publicKey);
  }

  /** Tokens given out and not expired. */
  get liveTokens(): number {
    return [...this.#tokens.values()].filter((untilMs) => untilMs > this.#now()).length;
  }

  /** Forgets all tokens, as a refresh of the sandbox does: the next request gets 401. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** The token endpoint: a signed assertion for a token of an hour. */
  async token(request: EmulatorRequest): Promise<EmulatorResponse> {
    const { oauth2 } = this.#options;
    const form = new URLSearchParams(request.body);
    const denied = (error: string): EmulatorResponse => ({ status: 400, body: JSON.stringify({ error }) });
    if (oauth2 === null || this.#key === null) return denied('invalid_client');
    if (form.get('grant_type') !== 'client_credentials') return denied('unsupported_grant_type');
    try {
      const { protectedHeader, payload } = await jwtVerify(form.get('client_assertion') ?? '', this.#key, {
        algorithms: ['PS256', 'ES256'],
        issuer: oauth2.clientId,
        audience: `http://${request.headers['host'] ?? ''}${request.path}`,
        requiredClaims: ['iat', 'exp'],
        currentDate: new Date(this.#now()),
        maxTokenAge: 3600,
      });
      const scope = [payload['scope'] ?? []].flat();
      if (protectedHeader.kid !== oauth2.certificateId || !scope.includes('rest_webservices'))
        return denied('invalid_grant');
    } catch {
      return denied('invalid_grant');
    }
    const token = randomUUID();
    this.#tokens.set(token, this.#now() + 3_600_000);
    return {
      status: 200,
      body: JSON.stringify({ access_token: token, expires_in: '3600', token_type: 'bearer' }),
    };
  }

  /** @throws Problem INVALID_LOGIN */
  check(request: EmulatorRequest): void {
    const header = request.headers['authorization'] ?? '';
    const bearer = /^Bearer (.+)$/.exec(header)?.[1];
    if (bearer !== undefined) {
      if ((this.#tokens.get(bearer) ?? 0) > this.#now()) return;
      throw refused();
    }
    if (!header.startsWith('OAuth ') || !this.#isSigned(request, header)) throw refused();
  }

  #isSigned(request: EmulatorRequest, header: string): boolean {
    const { tba, account } = this.#options;
    const field = new Map(
      [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
        name ?? '',
        decodeURIComponent(value ?? ''),
      ]),
    );
    const timestampS = Number(field.get('oauth_timestamp'));
    const nonce = field.get('oauth_nonce') ?? '';
    const isOurs =
      tba !== null &&
      field.get('realm') === account &&
      field.get('oauth_consumer_key') === tba.consumerKey &&
      field.get('oauth_token') === tba.tokenId &&
      field.get('oauth_signature_method') === 'HMAC-SHA256';
    if (!isOurs || Math.abs(timestampS - this.#now() / 1000) > clockSkewS || this.#nonces.has(nonce))
      return false;
    this.#nonces.add(nonce);

    const signed = [
      ...[...field].filter(([name]) => name.startsWith('oauth_') && name !== 'oauth_signature'),
      ...request.query,
    ];
    const parameters = signed
      .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
      .toSorted()
      .join('&');
    const url = `http://${request.headers['host'] ?? ''}${request.path}`;
    const base = [request.method, escaped(url), escaped(parameters)].join('&');
    const wanted = createHmac('sha256', `${escaped(tba.consumerSecret)}&${escaped(tba.tokenSecret)}`)
      .update(base)
      .digest();
    const given = Buffer.from(field.get('oauth_signature') ?? '', 'base64');
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
