const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const checksumLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 18-character form of a 15-character id: three letters that say which characters are capitals. */
export function withChecksum(id15: string): string {
  let suffix = '';
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let index = 0; index < 5; index += 1) {
      const character = id15.charAt(block + index);
      if (character >= 'A' && character <= 'Z') bits |= 1 << index;
    }
    suffix += checksumLetters.charAt(bits);
  }
  return id15 + suffix;
}

/** An 18-character id with its key prefix; the same number gives the same id. */
export function recordId(keyPrefix: string, number: number): string {
  let digits = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) digits = base62.charAt(rest % 62) + digits;
  return withChecksum(`${keyPrefix}5e0${digits.padStart(9, '0')}`);
}

/** An id in its 18-character form; null for what is no id. A wrong checksum is no id. */
export function normalId(text: string): string | null {
  if (/^[A-Za-z0-9]{15}$/.test(text)) return withChecksum(text);
  if (!/^[A-Za-z0-9]{18}$/.test(text)) return null;
  return withChecksum(text.slice(0, 15)) === text ? text : null;
}
