import type { ExternalRef } from '#canonical/primitives.ts';

/**
 * Spells capitals as `^` + small letter: Salesforce compares external ids without regard to case, so that the
 * ids `ABC` and `abc` of two customers would be one record. An id without capitals and `^` is unchanged.
 */
export function caseSafe(id: string): string {
  return id.replace(/[\^\p{Lu}\p{Lt}]/gu, (character) => `^${character.toLowerCase()}`);
}

/** Our name for a record that `ref` is the source of, e.g. `customer:shopify-us:7`. */
export function recordKey(kind: 'customer' | 'company' | 'contact' | 'product', ref: ExternalRef): string {
  return caseSafe(`${kind}:${ref.connection}:${ref.id}`);
}
