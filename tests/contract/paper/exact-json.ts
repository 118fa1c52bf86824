import type { Json } from '#canonical/json.ts';

type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const keepDigits: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && !/^-?\d{1,15}$/.test(source) ? source : value;

/** `JSON.parse`, but a number with a fraction (or one too large to be exact) comes back as its text: a float never exists. */
export function parseExactJson(text: string): Json {
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as Json;
}
