import { createHmac } from 'node:crypto';

/** What one signature covers (RFC 5849, 3.4.1). `url` is absolute; its query is part of what is signed. */
export type SignedRequest = {
  readonly method: string;
  readonly url: URL;
  readonly realm: string;
  readonly consumerKey: string;
  readonly tokenId: string;
  readonly nonce: string;
  readonly timestampS: number;
};
export type SigningSecrets = { readonly consumerSecret: string; readonly tokenSecret: string };

/** The `Authorization` header of OAuth 1.0a with HMAC-SHA256, as NetSuite's token-based authentication wants it. */
export function oauth1Header(request: SignedRequest, secrets: SigningSecrets): string {
  const fields = { ...protocolFields(request), oauth_signature: oauth1Signature(request, secrets) };
  const pairs = Object.entries(fields).map(([name, value]) => `${name}="${encoded(value)}"`);
  return `OAuth ${[`realm="${encoded(request.realm)}"`, ...pairs].join(', ')}`;
}

/** Base64 of the HMAC over method, URL and sorted parameters; the realm is not signed. */
export function oauth1Signature(request: SignedRequest, secrets: SigningSecrets): string {
  const { method, url } = request;
  const parameters = [...Object.entries(protocolFields(request)), ...url.searchParams.entries()]
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const base = [method.toUpperCase(), encoded(`${url.origin}${url.pathname}`), encoded(parameters)].join('&');
  const key = `${encoded(secrets.consumerSecret)}&${encoded(secrets.tokenSecret)}`;
  return createHmac('sha256', key).update(base).digest('base64');
}

const protocolFields = ({
  consumerKey,
  tokenId,
  nonce,
  timestampS,
}: SignedRequest): Record<string, string> => ({
  oauth_consumer_key: consumerKey,
  oauth_token: tokenId,
  oauth_nonce: nonce,
  oauth_timestamp: String(timestampS),
  oauth_signature_method: 'HMAC-SHA256',
  oauth_version: '1.0',
});

/** RFC 3986: also `!*'()` are escaped. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
