import type { Json } from '#canonical/json.ts';
import { normalId } from './record-ids.ts';
import type { Comparison, Literal } from './soql-parser.ts';

/** Text is compared without regard to case; ids in either length. */
export function sameValue(value: Json, literal: Literal): boolean {
  if (typeof value !== 'string' || typeof literal !== 'string') return value === literal;
  if (value === literal || value.toLowerCase() === literal.toLowerCase()) return true;
  return /^[A-Za-z0-9]{15}$/.test(literal) && normalId(literal) === value;
}

/** A date and time in milliseconds, however it is written. */
export const instant = (value: Json): Json =>
  typeof value === 'string' ? Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : value;

/** What a comparison's order means for an operator. */
export function compared(operator: Comparison['operator'], by: number): boolean {
  switch (operator) {
    case '=':
      return by === 0;
    case '!=':
      return by !== 0;
    case '<':
      return by < 0;
    case '<=':
      return by <= 0;
    case '>':
      return by > 0;
    case '>=':
      return by >= 0;
  }
}

/** Nulls first, numbers by size, all else by its letters without regard to case. */
export function compareValues(a: Json, b: Json | Literal): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [JSON.stringify(a).toLowerCase(), JSON.stringify(b).toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
