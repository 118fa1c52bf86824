import type { Json } from '#canonical/json.ts';

/** V8 passes the literal's text as a third argument (ECMAScript "JSON.parse source text access"). */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const keepBigIntegers: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? source
    : value;

/** Below 2^53 there is no integer of more than 16 digits, and most bodies have none of 16: those need no look at each value. */
const mayHoldBigInteger = /\d{16}/;

/**
 * `JSON.parse`, but an integer beyond 2^53 comes back as its text, so that no id is ever rounded.
 * @throws SyntaxError
 */
export function parseJsonLossless(text: string): Json {
  if (!mayHoldBigInteger.test(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, keepBigIntegers as (key: string, value: unknown) => unknown) as Json;
}
