import type { Json } from '#canonical/json.ts';

/** ECMAScript "JSON.parse source text access": a literal that is written as it stands. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** JSON text in which `{ "decimal": "12.50" }` is the number `12.50`, digit for digit: no float comes between. */
export const toExactJson = (value: Json): string =>
  JSON.stringify(value, (_key, part: unknown) => (isDecimal(part) ? rawJSON(part.decimal) : part));

const isDecimal = (part: unknown): part is { decimal: string } =>
  typeof part === 'object' &&
  part !== null &&
  'decimal' in part &&
  typeof part.decimal === 'string' &&
  Object.keys(part).length === 1;
