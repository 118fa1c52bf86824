import { z } from 'zod';
import { type Decimal, decimal } from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';

/*
 * Tryton's JSON-RPC marks what JSON cannot carry with `__class__`. The readers are zod schemas, so that a mapping validates
 * and decodes in one step; the writers make the same shapes.
 */

/** A Decimal of the server; it prints some with an exponent (`0E-2`, `1E+2`), which ours never has. */
export const trytonDecimal = z
  .object({ __class__: z.literal('Decimal'), decimal: z.string() })
  .transform(({ decimal: text }, context) => {
    const plain = withoutExponent(text);
    if (plain !== null) return plain;
    context.addIssue({ code: 'custom', message: `"${text}" is not a finite decimal` });
    return z.NEVER;
  });

/** A calendar date as `2026-11-24`. */
export const trytonDate = z
  .object({ __class__: z.literal('date'), year: z.int(), month: z.int(), day: z.int() })
  .refine((at) => isCalendarDate(at), 'is no calendar date')
  .transform((at) => dateText(at));

/** An instant in UTC with all six decimals, `2026-11-24T16:25:49.270490Z`: text that sorts as time does. */
export const trytonInstant = z
  .object({
    __class__: z.literal('datetime'),
    year: z.int(),
    month: z.int(),
    day: z.int(),
    hour: z.int(),
    minute: z.int(),
    second: z.int(),
    microsecond: z.int(),
  })
  .refine(
    (at) =>
      isCalendarDate(at) &&
      within(at.hour, 24) &&
      within(at.minute, 60) &&
      within(at.second, 60) &&
      within(at.microsecond, 1_000_000),
    'is no instant',
  )
  .transform(
    (at) =>
      `${dateText(at)}T${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}.${pad(at.microsecond, 6)}Z` as MicroInstant,
  );

/** A span of time, in seconds; the server sends them as a float. */
export const trytonTimedelta = z
  .object({ __class__: z.literal('timedelta'), seconds: z.number() })
  .transform(({ seconds }) => seconds);

/** Bytes; Python breaks base64 into lines of 76. */
export const trytonBytes = z
  .object({ __class__: z.literal('bytes'), base64: z.string() })
  .transform(({ base64 }) => Buffer.from(base64.replaceAll('\n', ''), 'base64'));

/** `2026-11-24T16:25:49.270490Z`. */
export type MicroInstant = string & { readonly __microInstant: unique symbol };

export const encodeDecimal = (value: Decimal): JsonObject => ({ __class__: 'Decimal', decimal: value });

/** @throws RangeError when the text is no calendar date. */
export function encodeDate(text: string): JsonObject {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a calendar date`);
  return { __class__: 'date', year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
}

/** @throws RangeError when the text is no instant in UTC with six decimals. */
export function encodeInstant(text: MicroInstant): JsonObject {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{6})Z$/.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not an instant in UTC with microseconds`);
  const { year, month, day } = encodeDate(match[1] ?? '') as { year: Json; month: Json; day: Json };
  return {
    __class__: 'datetime',
    year,
    month,
    day,
    hour: Number(match[2]),
    minute: Number(match[3]),
    second: Number(match[4]),
    microsecond: Number(match[5]),
  };
}

export const encodeTimedelta = (seconds: number): JsonObject => ({ __class__: 'timedelta', seconds });
export const encodeBytes = (bytes: Uint8Array): JsonObject => ({
  __class__: 'bytes',
  base64: Buffer.from(bytes).toString('base64'),
});

/** Our instants carry milliseconds; the rest is cut, never rounded up into a later one. */
export const toMilliseconds = (at: MicroInstant): string => `${at.slice(0, 23)}Z`;
export const microInstant = (atMs: number): MicroInstant =>
  new Date(atMs).toISOString().replace('Z', '000Z') as MicroInstant;

/**
 * Tryton keeps quantities as floats. A quantity with up to 15 significant digits survives that.
 * @throws RangeError beyond them.
 */
export function encodeQuantity(quantity: Decimal): number {
  const number = Number(quantity);
  if (readQuantity(number) !== trimmed(quantity))
    throw new RangeError(`${quantity} does not survive as a float`);
  return number;
}

/** The exact decimal of a quantity as the server prints it. */
export function readQuantity(number: number): Decimal {
  const plain = withoutExponent(String(number));
  if (plain === null) throw new RangeError(`${number} is not a quantity`);
  return trimmed(plain);
}
export const trytonQuantity = z.number().transform((number, context) => {
  try {
    return readQuantity(number);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is no quantity' });
    return z.NEVER;
  }
});

const trimmed = (value: Decimal): Decimal => {
  const text = value.includes('.') ? value.replace(/\.?0+$/, '') : value;
  return decimal(text === '-0' ? '0' : text);
};

function withoutExponent(text: string): Decimal | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? '';
  const digits = `${match[2] ?? ''}${fraction}`;
  const point = (match[2]?.length ?? 0) + Number(match[4] ?? 0);
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const whole = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(at);
  const plain = `${match[1] === '-' ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`;
  try {
    return decimal(plain);
  } catch {
    return null;
  }
}

const within = (number: number, end: number): boolean => number >= 0 && number < end;
function isCalendarDate({ year, month, day }: { year: number; month: number; day: number }): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return (
    within(year, 10_000) && year >= 1000 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  );
}
const pad = (number: number, digits = 2): string => String(number).padStart(digits, '0');
const dateText = ({ year, month, day }: { year: number; month: number; day: number }): string =>
  `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
