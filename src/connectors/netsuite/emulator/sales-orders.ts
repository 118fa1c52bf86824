import { addDecimals, compareDecimals, type Decimal, decimal } from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import { amountsOf, minorOf, printed } from './amounts.ts';
import type { Account, Line, Transaction } from './account.ts';
import { exact, refId, unknownField } from './field-values.ts';
import { type Saving, savedLines } from './order-lines.ts';
import { invalidField, userError } from './problem.ts';

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
  const empty = data.mandatory.find((name) => body[name] === undefined && before === undefined);
  if (empty !== undefined) throw userError(`Please enter value(s) for: ${empty}`);
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
