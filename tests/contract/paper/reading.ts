import { z } from 'zod';
import {
  addDecimals,
  type Decimal,
  decimal,
  decimalSchema,
  multiplyDecimals,
  subtractDecimals,
} from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import { money, type MoneyBag, moneyFromDecimal, type MoneyRole, subtractMoney } from '#canonical/money.ts';
import { type Order, orderSchema } from '#canonical/order.ts';
import { type Quantities, quantityBuckets } from '#canonical/order-line.ts';
import { expectedGrand } from '#canonical/order-totals.ts';
import type { Identifier } from '#canonical/primitives.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';

/** What a mapping on paper is told beside the document. */
export type Paper = {
  readonly connection: string;
  /** SHA-256 of the body in the real thing. */
  readonly hash: string;
  /** Offset of a place that writes local times without a zone, or dates only, e.g. `-05:00`. */
  readonly offset: string;
};
export const paper: Paper = { connection: 'paper', hash: 'h', offset: '+00:00' };

export const zero = decimal('0');
export const sumOf = (numbers: readonly Decimal[]): Decimal =>
  numbers.reduce((a, b) => addDecimals(a, b), zero);

/** A number as exact-json.ts gives it: an integer, or text. */
export const numeric = z.union([z.int().transform((number) => decimal(number)), decimalSchema]);
/** Text that may be missing or empty; both say nothing. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === undefined || text === null || text.trim() === '' ? null : text));
export const idText = z.union([z.int(), z.string().min(1)]).transform(String);
/** Half, percent, per mille: a percentage as a fraction. */
export const fraction = (percent: Decimal): Decimal => multiplyDecimals(percent, decimal('0.01'));

/** @throws UnmappableError when the text has more decimals than the currency, or the currency is none. */
export function amount<R extends MoneyRole>(role: R, currency: string, text: Decimal, path: string) {
  try {
    return moneyFromDecimal(role, currency, text);
  } catch (error) {
    if (error instanceof RangeError) throw unmappable(path, error.message);
    throw error;
  }
}

/** Both amounts of an order that has one currency. */
export const same = (currency: string, text: Decimal, path: string): MoneyBag => ({
  shop: amount('shop', currency, text, path),
  presentment: amount('presentment', currency, text, path),
});

export const nothing = (currencies: Order['currencies']): MoneyBag => ({
  shop: money('shop', currencies.shop, 0),
  presentment: money('presentment', currencies.presentment, 0),
});

/** Buckets of a line: what is not told to be elsewhere is open. */
export function standing(whole: Decimal, told: Partial<Quantities>): Quantities {
  const elsewhere = sumOf(
    Object.entries(told).map(([bucket, quantity]) => (bucket === 'returned' ? zero : quantity)),
  );
  const quantities = Object.fromEntries(quantityBuckets.map((bucket) => [bucket, zero])) as Quantities;
  return { ...quantities, ...told, open: subtractDecimals(whole, elsewhere) };
}

/** What a mapping does not read goes along as it is, below the platform's namespace. Null and empty text say nothing. */
export function rest(source: object, read: readonly string[]): { readonly [key: string]: Json } {
  const kept = Object.entries(source as JsonObject).filter(
    ([key, value]) => !read.includes(key) && value !== undefined && value !== null && value !== '',
  );
  return Object.fromEntries(kept);
}

export const identifiers = (entries: Readonly<Record<string, string | null | undefined>>): Identifier[] =>
  Object.entries(entries).flatMap(([scheme, value]) =>
    value === null || value === undefined ? [] : [{ scheme, value }],
  );

/** A local time or a date without zone, as an instant. @throws UnmappableError */
export function instantOf(text: string, offset: string, path: string): string {
  const local = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T');
  const at = new Date(/(Z|[+-]\d{2}:\d{2})$/.test(local) ? local : `${local}${offset}`);
  if (Number.isNaN(at.getTime())) throw unmappable(path, `"${text}" is no date or time`);
  return at.toISOString();
}

/** Looks a code up. @throws UnmappableError naming the path when the table has none. */
export function oneOf<T>(table: Readonly<Record<string, T>>, code: string, path: string): T {
  if (!Object.hasOwn(table, code))
    throw unmappable(path, `"${code}" is none of ${Object.keys(table).join(', ')}`);
  return table[code] as T;
}

/** X12, SAP and Business Central names of units, as UN/CEFACT Rec 20. */
export const units: Readonly<Record<string, string>> = {
  EA: 'EA',
  PCE: 'H87',
  PCS: 'H87',
  ST: 'H87',
  CA: 'XCS',
  CS: 'XCS',
  LB: 'LBR',
  KG: 'KGM',
  KGM: 'KGM',
  YD: 'YRD',
  KI: 'KT',
};

type Needed = 'ref' | 'number' | 'version' | 'channel' | 'orderedAt' | 'currencies' | 'totals' | 'lines';

/** An order with nothing said beyond what is given. Totals come without `rounding`, which is what is left. */
export function orderOf(
  given: Omit<Partial<Order>, 'totals'> & Pick<Order, Exclude<Needed, 'totals'>>,
  totals: Omit<Order['totals'], 'rounding'>,
): Order {
  const nobody = { party: null, address: null };
  const order: Order = {
    schema: 'order/1',
    id: `order:${given.ref.connection}:${given.ref.id}`,
    test: false,
    createdAt: given.orderedAt,
    businessDate: null,
    taxPointDate: null,
    postingDate: null,
    cancelled: null,
    closedAt: null,
    taxesIncluded: false,
    dutiesIncluded: false,
    taxExempt: false,
    soldTo: nobody,
    billTo: nobody,
    shipTo: nobody,
    payer: nobody,
    poNumber: null,
    paymentTerms: null,
    shipping: [],
    discounts: [],
    payment: { state: 'pending', transactions: [] },
    fulfillmentOrders: [],
    shipments: [],
    refunds: [],
    holds: [],
    tags: [],
    note: null,
    attributes: [],
    extensions: {},
    ...given,
    totals: { ...totals, rounding: nothing(given.currencies) },
  };
  const left = {
    shop: subtractMoney(totals.grand.shop, expectedGrand(order, 'shop')),
    presentment: subtractMoney(totals.grand.presentment, expectedGrand(order, 'presentment')),
  };
  return parseWith(orderSchema, { ...order, totals: { ...order.totals, rounding: left } });
}
