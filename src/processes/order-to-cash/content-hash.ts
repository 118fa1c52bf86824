import type { Json } from '#canonical/json.ts';

/**
 * A 64-bit fingerprint of a JSON value as 16 hex digits, from two 32-bit lanes in the manner of FNV-1a. The order of an object's
 * members does not matter. Tells "the same as last time" from "changed"; it is no defence against somebody who wants a collision.
 */
export function contentHash(value: Json): string {
  const lanes: Lanes = { low: 0x811c9dc5, high: 0x9747b28c };
  feed(value, lanes);
  return hex(lanes.low) + hex(lanes.high);
}

type Lanes = { low: number; high: number };

/** Each value is led by its kind and, where it has one, its length, so that no two values feed the same characters. */
function feed(value: Json, lanes: Lanes): void {
  if (typeof value === 'string') {
    feedText(`s${value.length}:`, lanes);
    feedText(value, lanes);
  } else if (value === null || typeof value !== 'object') {
    feedText(`${String(value)};`, lanes);
  } else if (isArray(value)) {
    feedText(`[${value.length}:`, lanes);
    for (const item of value) feed(item, lanes);
  } else {
    const names = Object.keys(value).toSorted();
    feedText(`{${names.length}:`, lanes);
    for (const name of names) {
      feedText(`${name.length}:${name}`, lanes);
      feed(value[name] ?? null, lanes);
    }
  }
}

function feedText(text: string, lanes: Lanes): void {
  let { low, high } = lanes;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high ^= high >>> 15;
  }
  lanes.low = low;
  lanes.high = high;
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
