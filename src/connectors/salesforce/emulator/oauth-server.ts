import { createPublicKey, generateKeyPairSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { EmulatorRequest, EmulatorResponse } from '#connector-testkit/emulator.ts';
import type { OrgAuth, OrgOptions } from './org-options.ts';

/** Seconds ahead that an assertion may expire. */
const longestAssertionS = 300;

const orgId = '00D5e0000000001EAA';
/** The user of the JWT flow, and the one that the app runs as with client credentials. */
const jwtUserId = '0055e0000000001AAA';
const runAsUserId = '0055e0000000002AAA';

type KeyPair = { readonly privateKey: string; readonly publicKey: string };
let madePair: KeyPair | null = null;

/** One key pair serves every emulator of a process: making one takes longer than all the rest of a start. */
function ownKeyPair(): KeyPair {
  madePair ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return madePair;
}

/** Logs in by JWT bearer or client credentials, and knows which sessions still live. */
export class OauthServer {
  readonly #auth: OrgAuth;
  readonly #options: OrgOptions;
  readonly #publicKey;
  readonly #sessions = new Map<string, { readonly untilMs: number; readonly userId: string }>();
  /** The key pair's private half (PEM), where the emulator made the pair. */
  readonly privateKey: string | null;
  /** How often somebody logged in. */
  logins = 0;

  constructor(auth: OrgAuth, options: OrgOptions) {
    this.#auth = auth;
    this.#options = options;
    const own = auth.publicKey === undefined ? ownKeyPair() : null;
    this.privateKey = own?.privateKey ?? null;
    this.#publicKey = createPublicKey(own?.publicKey ?? auth.publicKey ?? '');
  }

  isLive(token: string): boolean {
    return (this.#sessions.get(token)?.untilMs ?? 0) > this.#options.now();
  }

  /** The user of a session; of none that is known, nobody. */
  userOf(token: string): string {
    return this.#sessions.get(token)?.userId ?? '';
  }

  /** Whether this is the org's id, in either length. */
  isOrg(id: string): boolean {
    return id === orgId || id === orgId.slice(0, 15);
  }

  /** `GET /services/oauth2/userinfo` */
  userInfo(token: string): EmulatorResponse {
    const userId = this.userOf(token);
    const body = {
      sub: `https://login.salesforce.com/id/${orgId}/${userId}`,
      user_id: userId,
      organization_id: orgId,
      preferred_username: userId === jwtUserId ? this.#auth.username : `run-as-${this.#auth.username}`,
      name: 'Integration',
      active: true,
    };
    return { status: 200, body: JSON.stringify(body) };
  }

  /** Ends every session, as an administrator or a time-out would. */
  expireSessions(): void {
    this.#sessions.clear();
  }

  async token(request: EmulatorRequest, orgUrl: string): Promise<EmulatorResponse> {
    const form = new URLSearchParams(request.body);
    const grant = form.get('grant_type');
    const problem =
      request.method !== 'POST'
        ? oauthError('invalid_request', 'must use HTTP POST')
        : grant === 'client_credentials'
          ? this.#clientProblem(form)
          : grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer'
            ? await this.#assertionProblem(form, orgUrl)
            : oauthError('unsupported_grant_type', 'grant type not supported');
    if (problem !== null) return problem;
    this.logins += 1;
    const token = `${orgId.slice(0, 15)}!${randomBytes(48).toString('base64url')}`;
    const userId = grant === 'client_credentials' ? runAsUserId : jwtUserId;
    this.#sessions.set(token, { untilMs: this.#options.now() + this.#options.sessionLifetimeMs, userId });
    const body = {
      access_token: token,
      signature: randomBytes(32).toString('base64'),
      scope: 'api',
      instance_url: orgUrl,
      id: `${orgUrl}/id/${orgId}/${userId}`,
      token_type: 'Bearer',
      issued_at: String(this.#options.now()),
    };
    return { status: 200, body: JSON.stringify(body) };
  }

  #clientProblem(form: URLSearchParams): EmulatorResponse | null {
    if (form.get('client_id') !== this.#auth.consumerKey)
      return oauthError('invalid_client_id', 'client identifier invalid');
    const [given, own] = [
      Buffer.from(form.get('client_secret') ?? ''),
      Buffer.from(this.#auth.consumerSecret),
    ];
    return given.length === own.length && timingSafeEqual(given, own)
      ? null
      : oauthError('invalid_client', 'invalid client credentials');
  }

  async #assertionProblem(form: URLSearchParams, orgUrl: string): Promise<EmulatorResponse | null> {
    const currentDate = new Date(this.#options.now());
    try {
      const { payload } = await jwtVerify(form.get('assertion') ?? '', this.#publicKey, {
        algorithms: ['RS256'],
        currentDate,
        requiredClaims: ['iss', 'sub', 'aud', 'exp'],
      });
      if (payload.iss !== this.#auth.consumerKey)
        return oauthError('invalid_client_id', 'client identifier invalid');
      const audiences = [...this.#auth.audiences, orgUrl];
      if (![payload.aud].flat().some((audience) => audiences.includes(audience ?? '')))
        return oauthError('invalid_grant', 'audience is invalid');
      if (payload.sub !== this.#auth.username)
        return oauthError('invalid_grant', "user hasn't approved this consumer");
      if ((payload.exp ?? 0) > currentDate.getTime() / 1000 + longestAssertionS)
        return oauthError('invalid_grant', 'assertion expires too late');
      return null;
    } catch (error) {
      return oauthError(
        'invalid_grant',
        error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED'
          ? 'expired authorization code'
          : 'invalid assertion',
      );
    }
  }
}

const oauthError = (error: string, description: string): EmulatorResponse => ({
  status: 400,
  body: JSON.stringify({ error, error_description: description }),
});
