import { type Decimal, decimal } from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import { invalidField, Problem } from './problem.ts';

/** `{ "id": "1" }`, or the bare id that older examples have. */
export function refId(value: Json | undefined): string | null {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const id = (value as JsonObject | undefined)?.['id'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

/** @throws Problem for what is no number. */
export function exact(value: Json, path: string): Decimal {
  try {
    return decimal(typeof value === 'number' ? String(value) : textOf(value));
  } catch {
    throw invalidField(path, value);
  }
}

export const unknownField = (path: string): Problem =>
  new Problem(
    400,
    'INVALID_CONTENT',
    `Error while accessing a resource. Unknown reference or field: ${path}.`,
    path,
  );

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
