import type { FieldValue } from './request.ts';

/** ECMAScript "JSON.parse source text access": a literal that is written as it stands. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** Anything that becomes JSON, with exact decimals among it. */
export type SalesforceJson =
  FieldValue | number | readonly SalesforceJson[] | { readonly [key: string]: SalesforceJson };

/** JSON text in which `{ decimal: "12.50" }` is the number `12.50`, digit for digit: no float comes between. */
export function toSalesforceJson(value: SalesforceJson): string {
  return JSON.stringify(value, (_key, part: unknown) => (isDecimal(part) ? rawJSON(part.decimal) : part));
}

const isDecimal = (part: unknown): part is { decimal: string } =>
  typeof part === 'object' &&
  part !== null &&
  'decimal' in part &&
  typeof part.decimal === 'string' &&
  Object.keys(part).length === 1;
