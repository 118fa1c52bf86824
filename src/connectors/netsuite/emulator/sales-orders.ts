import { addDecimals, compareDecimals, type Decimal, decimal, multiplyDecimals } from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import { amountsOf, minorOf, printed } from './amounts.ts';
import type { Account, Line, Transaction } from './account.ts';
import { invalidField, Problem, userError } from './problem.ts';

const zero = decimal(0);
const headerFields = [
  'entity',
  'tranDate',
  'orderStatus',
  'otherRefNum',
  'memo',
  'subsidiary',
  'location',
  'currency',
  'shipMethod',
  'shippingCost',
  'shippingTaxCode',
  'terms',
  'paymentMethod',
  'billingAddress',
  'shippingAddress',
  'item',
  'externalId',
];
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

type Saving = {
  readonly account: Account;
  readonly body: JsonObject;
  /** `replace=item` of the URL. */
  readonly replaceLines: boolean;
  readonly beganMs: number;
};

/** The order after a save: a new one where `before` is undefined. @throws Problem where NetSuite refuses. */
export function savedOrder(
  before: Transaction | undefined,
  saving: Saving & { readonly externalId: string | null; readonly searchableMs: number },
): Transaction {
  const { account, body, beganMs } = saving;
  for (const name of Object.keys(body))
    if (!headerFields.includes(name) && !account.data.customFields.includes(name)) throw unknownField(name);

  const entity = body['entity'] === undefined ? before?.entity : customerId(account, body['entity']);
  if (entity === undefined) throw userError('Please enter value(s) for: Customer');
  const { data } = account;
  const listed = (name: string, known: readonly string[]): string | null => {
    const value = body[name];
    if (value === undefined) return null;
    const id = refId(value);
    if (id === null || !known.includes(id)) throw invalidField(name, id);
    return id;
  };
  listed('subsidiary', data.subsidiaries);
  listed('shipMethod', data.shipMethods);
  listed('terms', data.terms);
  listed('paymentMethod', data.paymentMethods);
  const location = listed('location', data.locations) ?? before?.location ?? null;
  const shippingTaxCode =
    listed(
      'shippingTaxCode',
      data.taxCodes.map(({ id }) => id),
    ) ??
    before?.shippingTaxCode ??
    null;
  const currency =
    listed(
      'currency',
      data.currencies.map(({ id }) => id),
    ) ??
    before?.currency ??
    '1';
  const symbol = account.currencyOf({ currency });
  const lines = savedLines(before?.lines ?? [], { ...saving, currency: symbol });
  if (lines.length === 0) throw userError('You must enter at least one line item for this transaction.');

  const shippingMinor =
    body['shippingCost'] === undefined
      ? (before?.shippingMinor ?? 0)
      : minorOf(exact(body['shippingCost'], 'shippingCost'), symbol);
  const asked =
    body['orderStatus'] === undefined ? (before?.status ?? 'A') : (refId(body['orderStatus']) ?? '');
  if (!['A', 'B', 'C'].includes(asked) && asked !== before?.status) throw invalidField('orderStatus', asked);
  const order: Transaction = {
    id: before?.id ?? account.nextId(),
    type: 'SalesOrd',
    externalId: before?.externalId ?? saving.externalId,
    tranId: before?.tranId ?? account.nextNumber('SO'),
    status: asked,
    entity,
    currency,
    createdFrom: null,
    tranDate: typeof body['tranDate'] === 'string' ? body['tranDate'] : (before?.tranDate ?? ''),
    dueDate: null,
    location,
    lines,
    shippingMinor,
    shippingTaxCode,
    tracking: [],
    fields: {
      ...before?.fields,
      ...Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'item')),
    },
    modifiedMs: beganMs,
    searchableMs: before?.searchableMs ?? saving.searchableMs,
    version: (before?.version ?? 0) + 1,
  };
  return { ...order, status: orderStatus(order) };
}

/** What the quantities make of the status. */
export function orderStatus({ status, lines }: Transaction): string {
  if (status === 'A' || status === 'C') return lines.every(({ isClosed }) => isClosed) ? 'H' : status;
  if (lines.every(({ isClosed }) => isClosed)) return 'H';
  const open = lines.filter(({ isClosed }) => !isClosed);
  const all = (pick: (line: Line) => Decimal): boolean =>
    open.every((line) => compareDecimals(pick(line), line.quantity) >= 0);
  const some = (pick: (line: Line) => Decimal): boolean =>
    lines.some((line) => compareDecimals(pick(line), zero) > 0);
  if (all(({ billed }) => billed)) return 'G';
  // What is never shipped waits for its bill alone.
  if (open.every((line) => line.isService || compareDecimals(line.shipped, line.quantity) >= 0)) return 'F';
  if (!some(({ shipped }) => shipped)) return 'B';
  return some(({ billed }) => billed) ? 'D' : 'E';
}

/** The order as GET with expandSubResources shows it. Amounts are JSON numbers there. */
export function shownOrder(account: Account, order: Transaction): JsonObject {
  const symbol = account.currencyOf(order);
  const { tax, total } = amountsOf(account, order);
  const amount = (minor: number): number => Number(printed(minor, symbol));
  return {
    links: [],
    id: order.id,
    ...(order.externalId !== null && { externalId: order.externalId }),
    tranId: order.tranId,
    orderStatus: { id: order.status },
    entity: { id: order.entity },
    currency: { id: order.currency },
    tranDate: order.tranDate,
    ...Object.fromEntries(
      ['billingAddress', 'shippingAddress', 'shipMethod', 'shippingCost', 'shippingTaxCode'].flatMap(
        (name) => (order.fields[name] === undefined ? [] : [[name, order.fields[name]]]),
      ),
    ),
    taxTotal: amount(tax.reduce((sum, part) => sum + part, 0)),
    total: amount(total),
    item: {
      items: order.lines.map((line) => ({
        line: line.line,
        item: { id: line.item },
        quantity: Number(line.quantity),
        quantityFulfilled: Number(line.shipped),
        quantityBilled: Number(line.billed),
        amount: amount(line.amountMinor),
        isClosed: line.isClosed,
        ...line.custom,
      })),
    },
  };
}

/** Lines with their number change that line; lines without are added, also by a second save of the same bytes. */
function savedLines(
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

/** Adds what a document took of the order's lines. */
export function progressed(
  order: Transaction,
  taken: readonly { readonly orderLine: number; readonly quantity: Decimal }[],
  column: 'shipped' | 'billed',
): Transaction {
  const lines = order.lines.map((line) => {
    const part = taken.find(({ orderLine }) => orderLine === line.line);
    return part === undefined ? line : { ...line, [column]: addDecimals(line[column], part.quantity) };
  });
  const after = { ...order, lines, version: order.version + 1 };
  return { ...after, status: orderStatus(after) };
}

function customerId(account: Account, value: Json): string {
  const { id, externalId } = value as { id?: string; externalId?: string };
  const customer = account.customer(externalId === undefined ? String(id) : `eid:${externalId}`);
  if (customer === undefined) throw invalidField('entity', externalId ?? id ?? null);
  return customer.id;
}

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

const unknownField = (path: string): Problem =>
  new Problem(
    400,
    'INVALID_CONTENT',
    `Error while accessing a resource. Unknown reference or field: ${path}.`,
    path,
  );

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
