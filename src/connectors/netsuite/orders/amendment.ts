import { compareDecimals, type Decimal, decimal } from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import { rejected } from '../answers/failure.ts';
import type { LineRequest, Looked, OrderAmendRequest, RecordName } from '../outbound/request.ts';
import type { AmendableLine, AmendableOrder } from './amendable-order.ts';
import { orderLine } from './order-body.ts';

type Parts = {
  readonly request: OrderAmendRequest;
  readonly record: (looked: Looked) => RecordName;
  readonly lineField: string;
};

/**
 * What has to be changed of a sales order so that it is the wanted one; null when it is that already. Lines are never removed, since
 * documents may hang on them, but closed. @throws NetSuiteFailure `too-late` where a line would shrink below what left or was billed
 */
export function amendment(order: AmendableOrder, parts: Parts): JsonObject | null {
  const items = lineChanges(order, parts);
  const header = Object.entries(parts.request.wanted.header).filter(
    ([name, value]) => amendable.includes(name) && !isSame(order.fields[name], value),
  );
  if (items.length === 0 && header.length === 0) return null;
  return { ...Object.fromEntries(header), ...(items.length > 0 && { item: { items } }) };
}

/** Everything else of the head stays as people in NetSuite have it. */
const amendable = ['billingAddress', 'shippingAddress', 'shipMethod', 'shippingCost', 'shippingTaxCode'];

function lineChanges(order: AmendableOrder, parts: Parts): readonly JsonObject[] {
  const { request, record, lineField } = parts;
  const left = new Set(order.lines);
  const changes: JsonObject[] = [];
  for (const line of request.wanted.lines) {
    const item = record(line.item);
    const known = [...left].find((each) =>
      line.lineId === null ? each.lineId === null && isItem(each, item) : each.lineId === line.lineId,
    );
    if (known === undefined) changes.push(orderLine(line, item, lineField));
    else {
      left.delete(known);
      if (!isAs(known, line)) changes.push(changed(known, line));
    }
  }
  for (const line of left) {
    if (line.isClosed || (line.lineId === null && compareDecimals(line.amount, zero) === 0)) continue;
    assertNotBelow(line, zero);
    changes.push({ line: line.line, isClosed: true });
  }
  return changes;
}

const zero = decimal(0);

const isAs = (known: AmendableLine, wanted: LineRequest): boolean =>
  !known.isClosed &&
  compareDecimals(known.quantity, decimal(wanted.quantity)) === 0 &&
  compareDecimals(known.amount, decimal(wanted.amount)) === 0;

function changed(known: AmendableLine, { quantity, rate, amount }: LineRequest): JsonObject {
  assertNotBelow(known, decimal(quantity));
  return {
    line: known.line,
    quantity: { decimal: quantity },
    rate: { decimal: rate },
    amount: { decimal: amount },
    ...(known.isClosed && { isClosed: false }),
  };
}

/** Goods that are picked count as gone: whoever has them in hand sends them. */
function assertNotBelow({ line, taken }: AmendableLine, quantity: Decimal): void {
  if (compareDecimals(quantity, taken) < 0)
    throw rejected(
      'too-late',
      `of line ${line} ${taken} are picked, shipped or billed, and ${quantity} are wanted`,
    );
}

const isItem = ({ item }: AmendableLine, name: RecordName): boolean => 'id' in name && name.id === item;

/** Whether the record shows every part of what we would write; numbers by their value. */
function isSame(shown: Json | undefined, wanted: Json | undefined): boolean {
  if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)) {
    const exact = (wanted as JsonObject)['decimal'];
    if (typeof exact === 'string') return isNumber(shown, exact);
    const inner = (shown ?? {}) as JsonObject;
    return Object.entries(wanted as JsonObject).every(([name, value]) => isSame(inner[name], value));
  }
  return shown === wanted;
}

function isNumber(shown: Json | undefined, wanted: string): boolean {
  if (typeof shown !== 'number' && typeof shown !== 'string') return false;
  try {
    return compareDecimals(decimal(String(shown)), decimal(wanted)) === 0;
  } catch {
    return false;
  }
}
