import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { HttpResult } from '#connector-sdk/services.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import { failed, type Failure, got, type Reply } from './answers/failure.ts';
import { readErrorBody } from './answers/platform-error.ts';
import type { SalesforceConfig } from './config.ts';

/** Seconds a JWT is good for; Salesforce takes up to about five minutes. */
const assertionLifetimeS = 180;

/** The form that asks for an access token; signed, where the flow needs it. */
export async function tokenForm(auth: SalesforceConfig['auth'], nowMs: number): Promise<Reply<string>> {
  if (auth.flow === 'client-credentials') {
    const form = {
      grant_type: 'client_credentials',
      client_id: auth.clientId,
      client_secret: auth.clientSecret,
    };
    return got(new URLSearchParams(form).toString());
  }
  const key = rsaKey(auth.privateKey);
  if (key === null)
    return failed({
      kind: 'unauthorized',
      detail: 'login: the private key is no unencrypted RSA key in PEM form',
    });
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(auth.consumerKey)
    .setSubject(auth.username)
    .setAudience(auth.audience)
    .setExpirationTime(Math.floor(nowMs / 1000) + assertionLifetimeS)
    .sign(key);
  return got(
    new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
  );
}

/** Reads PKCS #8 as well as the older PKCS #1 that openssl writes. EC keys are refused by Salesforce. */
function rsaKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : null;
  } catch {
    return null;
  }
}

const tokenReply = z.object({ access_token: z.string().min(1), token_type: z.string().optional() });

/** The access token of a token reply. A failed login never had an effect on records. */
export function readTokenReply(result: HttpResult): Reply<string> {
  if (result.kind !== 'response') return failed(loginUnavailable(result.detail));
  let body;
  try {
    body = parseJsonLossless(result.body);
  } catch {
    return failed(loginUnavailable(`HTTP ${result.status}: not JSON`));
  }
  if (result.status === 200) {
    const token = tokenReply.safeParse(body);
    return token.success
      ? got(token.data.access_token)
      : failed(loginUnavailable('a reply without access_token'));
  }
  const error = readErrorBody(body)?.[0] ?? { code: `HTTP ${result.status}`, message: 'no reason given' };
  if (result.status >= 500 || result.status === 429) return failed(loginUnavailable(`HTTP ${result.status}`));
  return failed({
    kind: 'unauthorized',
    detail: `login refused: ${error.code}: ${error.message}`.slice(0, 300),
  });
}

const loginUnavailable = (detail: string): Failure => ({
  kind: 'unavailable',
  retryAfterMs: null,
  detail: `login: ${detail}`,
});

/** Carries a failed login through the credential store to everybody who waited for it. */
export class LoginFailedError extends Error {
  override readonly name = 'LoginFailedError';
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.detail);
    this.failure = failure;
  }
}
