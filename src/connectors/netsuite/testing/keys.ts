import { generateKeyPairSync } from 'node:crypto';

type Pair = { readonly privateKey: string; readonly publicKey: string };

/** Key pairs of this run; the emulator knows the public halves, as NetSuite knows a certificate. */
export const ecKeys: Pair = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export const rsaKeys = (): Pair =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
