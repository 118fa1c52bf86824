import { expect, test } from 'vitest';
import { oauth1Header, oauth1Signature } from './oauth1.ts';

const request = {
  method: 'POST',
  url: new URL('https://123456.suitetalk.api.netsuite.com/services/rest/query/v1/suiteql?limit=100&offset=0'),
  realm: '123456_SB1',
  consumerKey: 'ck',
  tokenId: 'tk',
  nonce: 'n(1)!',
  timestampS: 1_700_000_000,
};
const secrets = { consumerSecret: 'cs&', tokenSecret: 'ts' };

test('signs method, URL and query as a second implementation, in another language, does', () => {
  expect(oauth1Signature(request, secrets)).toBe('M6Fy12L/p8bMSxYjX0tzboPV4nl9AsDqf2pKyBZxr84=');
});

test('the header names the realm, which is not signed, and escapes what it must', () => {
  const header = oauth1Header(request, secrets);
  expect(header).toContain('OAuth realm="123456_SB1", ');
  expect(header).toContain('oauth_nonce="n%281%29%21"');
  expect(header).toContain('oauth_signature="M6Fy12L%2Fp8bMSxYjX0tzboPV4nl9AsDqf2pKyBZxr84%3D"');
});
