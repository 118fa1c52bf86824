import { compareDecimals, decimal, multiplyDecimals } from '#canonical/decimal.ts';
import type { JsonObject } from '#canonical/json.ts';
import type { Account, Line } from './account.ts';
import { minorOf } from './amounts.ts';
import { exact, refId, unknownField } from './field-values.ts';
import { invalidField, userError } from './problem.ts';

const zero = decimal(0);
const lineFields = [
  'line',
  'item',
  'description',
  'quantity',
  'price',
  'rate',
  'amount',
  'units',
  'taxCode',
  'location',
  'isClosed',
];

/** One save of an order. */
export type Saving = {
  readonly account: Account;
  readonly body: JsonObject;
  /** `replace=item` of the URL. */
  readonly replaceLines: boolean;
  readonly beganMs: number;
};

/** Lines with their number change that line; lines without are added, also by a second save of the same bytes. */
export function savedLines(
  before: readonly Line[],
  { account, body, replaceLines, currency }: Saving & { currency: string },
): readonly Line[] {
  const sublist = body['item'];
  if (sublist === undefined) return before;
  const given = ((sublist as JsonObject)['items'] ?? []) as readonly JsonObject[];
  const isTouched = before.some(({ shipped }) => compareDecimals(shipped, zero) > 0);
  if (replaceLines && isTouched) throw userError('You cannot delete a line that has been fulfilled.');
  const lines = new Map((replaceLines ? [] : before).map((line) => [line.line, line]));
  given.forEach((entry, index) => {
    const path = `item.items[${index}]`;
    for (const name of Object.keys(entry))
      if (!lineFields.includes(name) && !account.data.customFields.includes(name))
        throw unknownField(`${path}.${name}`);
    const number = entry['line'];
    const known = typeof number === 'number' ? lines.get(number) : undefined;
    if (known !== undefined) {
      lines.set(known.line, changedLine(known, entry, { currency, path }));
      return;
    }
    const line = newLine(entry, { account, currency, path, number: Math.max(0, ...lines.keys()) + 1 });
    lines.set(line.line, line);
  });
  return [...lines.values()];
}

/** Fields that are not named stay. @throws Problem for less than what left or was billed */
function changedLine(
  known: Line,
  entry: JsonObject,
  { currency, path }: { currency: string; path: string },
): Line {
  const isClosed = entry['isClosed'] === undefined ? known.isClosed : entry['isClosed'] === true;
  if (entry['quantity'] === undefined && entry['amount'] === undefined) return { ...known, isClosed };
  const quantity =
    entry['quantity'] === undefined ? known.quantity : exact(entry['quantity'], `${path}.quantity`);
  const rate = entry['rate'] === undefined ? known.rate : exact(entry['rate'], `${path}.rate`);
  if ([known.shipped, known.billed].some((taken) => compareDecimals(quantity, taken) < 0))
    throw userError('The quantity cannot be less than what has been fulfilled or billed.');
  const amount =
    entry['amount'] === undefined
      ? multiplyDecimals(quantity, decimal(rate))
      : exact(entry['amount'], `${path}.amount`);
  return { ...known, isClosed, quantity, rate, amountMinor: minorOf(amount, currency) };
}

function newLine(
  entry: JsonObject,
  { account, currency, path, number }: { account: Account; currency: string; path: string; number: number },
): Line {
  const named = (entry['item'] as JsonObject | undefined)?.['externalId'];
  // The emulated items carry their name as external id, too.
  const itemId = typeof named === 'string' ? (account.itemByName(named)?.id ?? null) : refId(entry['item']);
  if (itemId === null || account.itemById(itemId) === undefined) throw invalidField(`${path}.item`, itemId);
  const taxCode = entry['taxCode'] === undefined ? null : refId(entry['taxCode']);
  if (taxCode !== null && !account.data.taxCodes.some(({ id }) => id === taxCode))
    throw invalidField(`${path}.taxCode`, taxCode);
  const quantity = exact(entry['quantity'] ?? 1, `${path}.quantity`);
  const rate = exact(entry['rate'] ?? 0, `${path}.rate`);
  const amount =
    entry['amount'] === undefined
      ? multiplyDecimals(quantity, rate)
      : exact(entry['amount'], `${path}.amount`);
  return {
    line: number,
    item: itemId,
    quantity,
    rate,
    amountMinor: minorOf(amount, currency),
    taxCode,
    isClosed: entry['isClosed'] === true,
    isService: account.itemById(itemId)?.isService === true,
    shipped: zero,
    billed: zero,
    custom: Object.fromEntries(
      Object.entries(entry).filter(([name]) => account.data.customFields.includes(name)),
    ),
  };
}
