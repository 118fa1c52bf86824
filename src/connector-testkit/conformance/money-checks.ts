import type { Json } from '#canonical/json.ts';
import { type Mapped, pathText } from '#connector-sdk/mapping.ts';
import { type Path, pathsOf, replaceAt, valueAt, without } from '../mutations.ts';

/** What is counted or priced with besides amounts: a missing quantity, price or rate is not 0 either. */
const countedFields = new Set([
  'unitPrice',
  'listPrice',
  'rate',
  'ordered',
  'current',
  'quantity',
  'remaining',
]);

/**
 * Places where a message's money may change without anybody being told.
 *
 * How it is checked: a place holds money when it is a number, or text that reads as one, and another value there (0, or 1 where it
 * is 0) changes an amount, a price, a rate or a quantity of the mapped events. Where that is so, the message without the place, and
 * with null in it, must not map to the same as the message with 0 in it: it is refused, or the value is taken from elsewhere.
 * `zeroWhenAbsent` names the places for which the platform documents that absent is 0.
 * Not seen: a place that is checked against others, so that no other value there maps at all.
 */
export function silentMoneyChanges(
  body: Json,
  map: (body: Json) => Mapped<unknown>,
  zeroWhenAbsent: readonly string[],
  places: readonly Path[] = pathsOf(body),
): string[] {
  const before = moneyOf(map(body));
  if (before === null) return [];
  const silent: string[] = [];
  for (const path of places) {
    const value = valueAt(body, path);
    if (!readsAsNumber(value) || zeroWhenAbsent.includes(withoutPositions(path))) continue;
    const zero = zeroLike(value);
    const asZero = moneyOf(map(replaceAt(body, path, zero)));
    const probe = zero === value ? moneyOf(map(replaceAt(body, path, oneLike(value)))) : before;
    const holdsMoney = asZero !== null && probe !== null && asZero !== probe;
    if (!holdsMoney) continue;
    const gone: readonly [string, Json][] = [['null', replaceAt(body, path, null)]];
    const variants =
      typeof path.at(-1) === 'number' ? gone : [...gone, ['removed', without(body, path)] as const];
    for (const [what, variant] of variants)
      if (moneyOf(map(variant)) === asZero) silent.push(`${pathText(path)} ${what} maps as if it were 0`);
  }
  return silent;
}

const readsAsNumber = (value: Json): value is string | number =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));

/** 0 written as the value was: a number, or text with as many decimals. */
const zeroLike = (value: string | number): string | number =>
  typeof value === 'number'
    ? 0
    : value
        .replace('-', '')
        .replaceAll(/\d/g, '0')
        .replace(/^0+(?=0(\.|$))/, '');

const oneLike = (zero: string | number): string | number =>
  typeof zero === 'number' ? 1 : zero.replace('0', '1');

const withoutPositions = (path: readonly (string | number)[]): string =>
  path.filter((key) => typeof key === 'string').join('.');

/** Everything that is counted in the events, in order, as one text; null when it did not map. */
function moneyOf(result: Mapped<unknown>): string | null {
  if (!result.ok) return null;
  const counted: unknown[] = [];
  collect(result.value, counted);
  return JSON.stringify(counted);
}

function collect(value: unknown, counted: unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  if ('amountMinor' in value) counted.push(value);
  else {
    for (const [key, item] of Object.entries(value)) {
      if (countedFields.has(key)) counted.push(key, item);
      else collect(item, counted);
    }
  }
}
