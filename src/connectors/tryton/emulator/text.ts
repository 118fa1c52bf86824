import type { Json, JsonObject } from '#canonical/json.ts';

/** A value of a text, number or Decimal field as text; '' where there is none. @throws TypeError for any other. */
export function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const decimal = (value as JsonObject)['decimal'];
  if (typeof decimal === 'string') return decimal;
  throw new TypeError(`${JSON.stringify(value)} has no text`);
}
