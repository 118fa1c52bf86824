import { createHash } from 'node:crypto';

/** External ids longer than this are replaced by a hash. */
const mostCharacters = 80;

/**
 * An external id of the letters that NetSuite takes there (letters, digits, `-`, `_`). Every other byte becomes `_` and two
 * hex digits, so that no two of our ids ever become one; letter case is not told apart by every part of NetSuite, so capitals
 * are written that way, too. The prefix keeps types apart: transactions of all types share one space of external ids.
 */
export function externalKey(prefix: 'SO' | 'CUS' | 'CD', id: string): string {
  const written = [...Buffer.from(id, 'utf8')]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[a-z0-9-]/.test(letter) ? letter : `_${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (written.length <= mostCharacters) return `${prefix}-${written}`;
  return `${prefix}-h-${createHash('sha256').update(id).digest('hex')}`;
}

/** The order's key: of the canonical id, whose first word says nothing here. */
export const orderKey = (orderId: string): string => externalKey('SO', orderId.replace(/^order:/, ''));
