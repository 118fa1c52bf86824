import { addDecimals, decimal, decimalSchema, roundDecimal } from '#canonical/decimal.ts';
import type { Json } from '#canonical/json.ts';
import { type Money, moneyToDecimal } from '#canonical/money.ts';
import { UnmappableError } from '#connector-sdk/mapping.ts';

/** A value of a source document, with the way to it: `items[].price` as pattern, `items[2].price` as path. */
export type Leaf = {
  readonly path: string;
  readonly pattern: string;
  readonly keys: readonly (string | number)[];
  readonly value: string | number | boolean;
};

/** Patterns of leaves, each with its reason. A pattern ends in `*` to take everything below it. */
export type Reasons = Readonly<Record<string, string>>;

export type Declared = {
  /** Carried, but in another form: a code that became one of our words, an amount that became part of a sum. */
  readonly transformed: Reasons;
  /** Not carried, for a reason. */
  readonly excluded: Reasons;
};

/**
 * Which values of a source document a mapping loses. Each value is changed in turn and the document mapped again:
 * - the result must change, or the mapping must refuse the value by its path: else the value flows nowhere, and has to be declared as excluded;
 * - the value must stand in the result as it is (text in text, numbers by value): else it has to be declared as transformed.
 * A declaration that fits no value is reported too. Null and empty text say nothing and are not looked at.
 */
export function losses(
  source: Json,
  map: (source: Json) => unknown,
  { transformed, excluded }: Declared,
): readonly string[] {
  const result = map(source);
  const before = JSON.stringify(result);
  const carried = valuesOf(result);
  const used = new Set<string>();
  const declared = (reasons: Reasons, pattern: string) => {
    const key = Object.keys(reasons).find((candidate) =>
      candidate.endsWith('*') ? pattern.startsWith(candidate.slice(0, -1)) : candidate === pattern,
    );
    if (key !== undefined) used.add(key);
    return key !== undefined;
  };
  const problems = leavesOf(source).flatMap((leaf): readonly string[] => {
    const flows = changed(leaf).some((value) => {
      const outcome = attempt(() => JSON.stringify(map(replaced(source, leaf.keys, value))));
      return outcome !== before;
    });
    const isExcluded = declared(excluded, leaf.pattern);
    const isTransformed = declared(transformed, leaf.pattern);
    if (isExcluded) return flows ? [`${leaf.path}: is declared as excluded, but changes the result`] : [];
    if (!flows) return [`${leaf.path}: "${leaf.value}" is lost`];
    const isThere =
      typeof leaf.value === 'boolean' ? carried.has(String(leaf.value)) : holds(carried, String(leaf.value));
    if (isThere) return [];
    return isTransformed ? [] : [`${leaf.path}: "${leaf.value}" stands in another form, undeclared`];
  });
  const idle = [...Object.keys(transformed), ...Object.keys(excluded)].filter((key) => !used.has(key));
  return [...problems, ...idle.map((key) => `${key}: declared, but the document has no such value`)];
}

/** The result, or the way of the refusal. */
function attempt(map: () => string): string {
  try {
    return map();
  } catch (error) {
    if (error instanceof UnmappableError) return `refused: ${error.message}`;
    throw error;
  }
}

export function leavesOf(value: Json, keys: readonly (string | number)[] = []): readonly Leaf[] {
  if (value === null || value === '') return [];
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => leavesOf(item, [...keys, index]));
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...keys, key]));
  const text = (step: (key: string | number) => string) => keys.map(step).join('').replace(/^\./, '');
  const path = text((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`));
  const pattern = text((key) => (typeof key === 'number' ? '[]' : `.${key}`));
  return [{ path, pattern, keys, value }];
}

/** Other values that could stand in the place of a leaf: at least one of them has to make a difference. */
function changed({ value }: Leaf): readonly Json[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1];
  const number = decimalSchema.safeParse(value);
  if (number.success) {
    const digits = value.split('.')[1]?.length ?? 0;
    return [roundDecimal(addDecimals(number.data, decimal('1')), digits), `${value}7`];
  }
  const date = /^(\d{4}-\d{2}-)(\d{2})(.*)$/.exec(value);
  if (date !== null) return [`${date[1]}${date[2] === '01' ? '02' : '01'}${date[3]}`];
  return [`${value}X`, value.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))];
}

function replaced(value: Json, [key, ...rest]: readonly (string | number)[], by: Json): Json {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: Json, index) => (index === key ? replaced(item, rest, by) : item));
  const object = value as { readonly [key: string]: Json };
  return { ...object, [key]: replaced(object[key] ?? null, rest, by) };
}

/** Every text, number and amount of a result, as text. */
function valuesOf(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    found.add(String(value));
  else if (Array.isArray(value)) for (const item of value) valuesOf(item, found);
  else if (typeof value === 'object' && value !== null) {
    if ('amountMinor' in value && 'currency' in value) found.add(moneyToDecimal(value as Money));
    for (const item of Object.values(value)) valuesOf(item, found);
  }
  return found;
}

function holds(values: ReadonlySet<string>, value: string): boolean {
  const text = value.trim();
  if (values.has(text)) return true;
  const plain = withoutZeros(text);
  if (decimalSchema.safeParse(text).success && [...values].some((other) => withoutZeros(other) === plain))
    return true;
  // A text may stand inside another: as one of its words, or long enough to be no accident.
  return [...values].some(
    (other) => (text.length > 3 && other.includes(text)) || other.split(/[^\p{L}\p{N}]+/u).includes(text),
  );
}

const withoutZeros = (text: string): string =>
  (/^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text).replace(/^-(?=0$)/, '');
