import {
  compareDecimals,
  type Decimal,
  decimal,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
} from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import { money, moneyToDecimal } from '#canonical/money.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import type { Account, Line, Transaction, TransactionType } from './account.ts';
import { amountsOf, minorOf, printed } from './amounts.ts';
import { invalidField, nonexistent, userError } from './problem.ts';
import { exact, refId } from './field-values.ts';
import { progressed } from './sales-orders.ts';

/** How a transform is told from another, by the last part of its path. */
const kinds = {
  itemFulfillment: { type: 'ItemShip', column: 'shipped', prefix: 'IF' },
  invoice: { type: 'CustInvc', column: 'billed', prefix: 'INV' },
  cashSale: { type: 'CashSale', column: 'billed', prefix: 'CS' },
} as const;
export type DocumentKind = keyof typeof kinds;

type Taken = { readonly orderLine: number; readonly quantity: Decimal };

/**
 * Makes a document of an order, as `!transform` does: everything that is open unless the body says otherwise. Not
 * idempotent, like the real one: a second call makes a second document of what is left.
 */
export function transformed(
  { account, journal, nowMs }: { account: Account; journal: EffectJournal; nowMs: number },
  { order, kind, body }: { order: Transaction; kind: DocumentKind; body: JsonObject },
): Transaction {
  const { type, column, prefix } = kinds[kind];
  if (!['B', 'D', 'E', 'F'].includes(order.status))
    throw userError(
      `Sales order ${order.tranId} cannot be transformed to ${kind}: its status is ${order.status}.`,
    );
  const taken = takenLines(order, { body, column });
  if (taken.length === 0) throw userError('You must enter at least one line item for this transaction.');

  const document: Transaction = {
    ...order,
    id: account.nextId(),
    type,
    externalId: typeof body['externalId'] === 'string' ? body['externalId'] : null,
    tranId: account.nextNumber(prefix),
    status: firstStatus(type, body),
    createdFrom: order.id,
    tranDate: new Date(nowMs).toISOString().slice(0, 10),
    dueDate: type === 'CustInvc' ? new Date(nowMs).toISOString().slice(0, 10) : null,
    lines: taken.map(({ orderLine, quantity }) => documentLine(account, order, { orderLine, quantity })),
    // Carriage is billed once, with the first document.
    shippingMinor:
      column === 'billed' && !account.documentsOf(order.id).some((other) => other.type !== 'ItemShip')
        ? order.shippingMinor
        : 0,
    tracking: packages(body),
    fields: {},
    modifiedMs: nowMs,
    searchableMs: nowMs,
    version: 1,
  };
  account.put(document);
  account.put({ ...progressed(order, taken, column), modifiedMs: nowMs });
  const key = order.externalId ?? order.tranId;
  const names = {
    ItemShip: 'itemFulfillment.created',
    CustInvc: 'invoice.created',
    CashSale: 'cashSale.created',
    SalesOrd: '',
  };
  journal.record(names[type], key, {
    id: document.id,
    order: order.id,
    status: document.status,
    ...(type !== 'ItemShip' && {
      total: printed(amountsOf(account, document).total, account.currencyOf(order)),
    }),
    lines: document.lines.map((line) => ({ line: line.line, quantity: line.quantity })),
  });
  return document;
}

/** A fulfilment's `shipStatus`, an invoice's payment: saves on the document itself. */
export function moved(account: Account, id: string, status: string, nowMs: number): Transaction {
  const document = account.transactions.get(id);
  if (document === undefined || document.type === 'SalesOrd') throw nonexistent(id);
  const after = { ...document, status, modifiedMs: nowMs, version: document.version + 1 };
  account.put(after);
  return after;
}

function firstStatus(type: TransactionType, body: JsonObject): string {
  if (type === 'CustInvc') return 'A';
  if (type === 'CashSale') return 'B';
  const status = body['shipStatus'] === undefined ? 'C' : refId(body['shipStatus']);
  if (status === null || !['A', 'B', 'C'].includes(status)) throw invalidField('shipStatus', status);
  return status;
}

function takenLines(
  order: Transaction,
  { body, column }: { body: JsonObject; column: 'shipped' | 'billed' },
): readonly Taken[] {
  const given = ((body['item'] as JsonObject | undefined)?.['items'] ?? []) as readonly JsonObject[];
  const open = order.lines
    .filter(({ isClosed, isService }) => !isClosed && !(isService && column === 'shipped'))
    .map((line) => ({ orderLine: line.line, quantity: subtractDecimals(line.quantity, line[column]) }));
  return open.flatMap(({ orderLine, quantity: left }) => {
    const entry = given.find((candidate) => candidate['orderLine'] === orderLine);
    if (entry?.['itemReceive'] === false) return [];
    const quantity =
      entry?.['quantity'] === undefined ? left : exact(entry['quantity'], 'item.items.quantity');
    if (compareDecimals(quantity, left) > 0)
      throw userError(`The quantity ${quantity} is more than what remains of line ${orderLine} (${left}).`);
    return compareDecimals(quantity, decimal(0)) <= 0 ? [] : [{ orderLine, quantity }];
  });
}

/** The line's share of the order line's amount. */
function documentLine(account: Account, order: Transaction, { orderLine, quantity }: Taken): Line {
  const line = order.lines.find((candidate) => candidate.line === orderLine);
  if (line === undefined) throw invalidField('item.items.orderLine', orderLine);
  const currency = account.currencyOf(order);
  const amount = moneyToDecimal(money('presentment', currency, line.amountMinor));
  const share = divideDecimals(multiplyDecimals(amount, quantity), line.quantity, 8);
  return { ...line, quantity, amountMinor: minorOf(share, currency), isClosed: false };
}

function packages(body: JsonObject): readonly string[] {
  const given = ((body['package'] as JsonObject | undefined)?.['items'] ?? []) as readonly JsonObject[];
  return given.flatMap((entry) => {
    const number: Json | undefined = entry['packageTrackingNumber'];
    return typeof number === 'string' ? [number] : [];
  });
}
