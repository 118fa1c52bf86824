import type { Json } from '#canonical/json.ts';
import { normalId } from './record-ids.ts';
import type { FieldDef } from './schema.ts';
import type { Literal, Operator, Period } from './soql-reader.ts';

/** A value with the kind of field it is of. */
export type Typed = { readonly value: Json; readonly type: FieldDef['type'] };

export const isPeriod = (literal: Literal): literal is Period =>
  typeof literal === 'object' && literal !== null;

/** Text is compared without regard to case; ids in either length; dates by their instant. */
export function sameValue({ value, type }: Typed, literal: Literal): boolean {
  if (isPeriod(literal) || isTime(type)) return compares({ value, type }, '=', literal);
  if (typeof value !== 'string' || typeof literal !== 'string') return value === literal;
  if (value === literal || value.toLowerCase() === literal.toLowerCase()) return true;
  return /^[A-Za-z0-9]{15}$/.test(literal) && normalId(literal) === value;
}

/** Whether a value stands so to a literal. Null stands to nothing but to null. */
export function compares(typed: Typed, operator: Operator, literal: Literal): boolean {
  const { value, type } = typed;
  if (value === null || literal === null)
    return operator === '=' ? value === literal : operator === '!=' ? value !== literal : false;
  if (isPeriod(literal)) return within(timeOf(value), operator, literal);
  if (isTime(type)) return holds(operator, timeOf(value) - timeOf(literal));
  if (operator === '=') return sameValue(typed, literal);
  if (operator === '!=') return !sameValue(typed, literal);
  return holds(operator, compareValues(value, literal));
}

/** Nulls first, numbers by size, all else by its letters without regard to case. */
export function compareValues(a: Json, b: Json): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [JSON.stringify(a).toLowerCase(), JSON.stringify(b).toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `%` stands for any letters, `_` for one. */
export function isLike(value: Json, pattern: string): boolean {
  const expression = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return typeof value === 'string' && new RegExp(`^${expression}$`, 'is').test(value);
}

const isTime = (type: FieldDef['type']): boolean => type === 'datetime' || type === 'date';

function timeOf(value: Json): number {
  return typeof value === 'string' ? Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
}

function within(ms: number, operator: Operator, { fromMs, toMs }: Period): boolean {
  switch (operator) {
    case '=':
      return ms >= fromMs && ms < toMs;
    case '!=':
      return ms < fromMs || ms >= toMs;
    case '<':
      return ms < fromMs;
    case '<=':
      return ms < toMs;
    case '>':
      return ms >= toMs;
    case '>=':
      return ms >= fromMs;
  }
}

function holds(operator: Operator, by: number): boolean {
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
