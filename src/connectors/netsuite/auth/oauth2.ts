import { randomUUID, createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Call } from '#connector-sdk/connector.ts';
import type { Credential, HttpClient } from '#connector-sdk/services.ts';
import { readAnswer } from '../answers/answer.ts';
import { clockSkewWord } from '../answers/clock-skew.ts';
import { NetSuiteFailure } from '../answers/failure.ts';
import type { NetSuiteConfig } from '../config.ts';

/** Below the account's host; also the audience of the assertion. */
export const tokenPath = '/services/rest/auth/oauth2/v1/token';
const assertionLifetimeS = 300;

type OAuth2 = Extract<NetSuiteConfig['auth'], { method: 'oauth2' }>;
// NetSuite writes the seconds as text.
const replySchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** Asks for an access token with a signed assertion; it lasts an hour and is not renewed but asked for anew. @throws NetSuiteFailure */
export async function newAccessToken(
  http: HttpClient,
  { auth, audience, nowMs, call }: { auth: OAuth2; audience: string; nowMs: number; call: Call },
): Promise<Credential> {
  const issuedAtS = Math.floor(nowMs / 1000);
  const assertion = await new SignJWT({ scope: ['rest_webservices'] })
    .setProtectedHeader({ alg: auth.algorithm, typ: 'JWT', kid: auth.certificateId })
    .setIssuer(auth.clientId)
    .setAudience(audience)
    .setIssuedAt(issuedAtS)
    .setExpirationTime(issuedAtS + assertionLifetimeS)
    .setJti(randomUUID())
    .sign(signingKey(auth));
  const result = await http.request({
    method: 'POST',
    path: tokenPath,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString(),
    deadlineMs: call.deadlineMs,
    signal: call.signal,
  });
  const answer = readAnswer(result, 'login', false, nowMs);
  if (answer.kind === 'failed' && answer.outcome.kind !== 'rejected')
    throw new NetSuiteFailure(answer.outcome);
  const reply = answer.kind === 'answered' ? replySchema.safeParse(answer.body) : null;
  if (reply?.success !== true)
    throw new NetSuiteFailure({
      kind: 'unauthorized',
      detail: `login: NetSuite gave no access token${result.kind === 'response' ? ` (HTTP ${result.status})` : ''}${clockSkewWord(result, nowMs)}`,
    });
  return { value: reply.data.access_token, expiresAtMs: nowMs + reply.data.expires_in * 1000 };
}

/** @throws NetSuiteFailure `unauthorized`: without a key that fits there is no login. */
function signingKey({ privateKey, algorithm }: OAuth2): KeyObject {
  const wanted = algorithm === 'PS256' ? ['rsa', 'rsa-pss'] : ['ec'];
  try {
    const key = createPrivateKey(privateKey);
    if (wanted.includes(key.asymmetricKeyType ?? '')) return key;
  } catch {
    // What the parser says may quote the key.
  }
  throw new NetSuiteFailure({
    kind: 'unauthorized',
    detail: `login: the private key is no key for ${algorithm}`,
  });
}
