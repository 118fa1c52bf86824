import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

/**
 * Encryption at rest, AES-256-GCM. Each message body has a key of its own; that key is sealed under the installation's master key.
 * Who deletes a message's key makes its body unreadable everywhere, backups included.
 */
export type MasterKey = { readonly key: Buffer };

/** @throws Error unless the text is 32 bytes in base64. */
export function masterKeyFrom(base64: string): MasterKey {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== 32) throw new Error('the master key must be 32 random bytes in base64');
  return { key };
}

/** nonce (12) | tag (16) | ciphertext */
function seal(key: Buffer, plain: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws Error when the bytes were changed or the key is another. */
function unseal(key: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

export function sealBody(
  master: MasterKey,
  body: Buffer,
): { readonly sealed: Buffer; readonly sealedKey: Buffer } {
  const key = randomBytes(32);
  return { sealed: seal(key, body), sealedKey: seal(master.key, key) };
}

export function openBody(master: MasterKey, sealed: Buffer, sealedKey: Buffer): Buffer {
  return unseal(unseal(master.key, sealedKey), sealed);
}

export const sealSecret = (master: MasterKey, text: string): Buffer =>
  seal(master.key, Buffer.from(text, 'utf8'));
export const openSecret = (master: MasterKey, sealed: Buffer): string =>
  unseal(master.key, sealed).toString('utf8');

export const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** A personal identifier (an e-mail address) as a look-up key that does not give it away. */
export const blindIndex = (master: MasterKey, kind: string, value: string): string =>
  `${kind}:${createHmac('sha256', master.key).update(`${kind}:${value.trim().toLowerCase()}`).digest('base64url')}`;

/** Seals a further text under the key of a message's body, so that it is forgotten together with it. */
export const sealBeside = (master: MasterKey, sealedKey: Buffer, plain: Buffer): Buffer =>
  seal(unseal(master.key, sealedKey), plain);
