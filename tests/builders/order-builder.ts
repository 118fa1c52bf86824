import { createHash } from 'node:crypto';
import { minorUnitDigits } from '#canonical/currency.ts';
import { decimal, type Decimal, multiplyDecimals } from '#canonical/decimal.ts';
import { foundedId } from '#canonical/identity.ts';
import { type MoneyBag, money, moneyFromDecimal } from '#canonical/money.ts';
import { type Order, orderSchema } from '#canonical/order.ts';
import { type OrderLine, quantityBuckets } from '#canonical/order-line.ts';
import type { Address } from '#canonical/party.ts';
import type { PaymentState } from '#canonical/payment.ts';

/** A line as a test wants to write it. Quantities and prices are exact decimals as text. */
export type LineSpec = {
  readonly id?: string;
  readonly sku?: string | null;
  readonly quantity?: string;
  readonly current?: string;
  readonly price?: string;
  readonly parentId?: string;
  readonly kind?: OrderLine['kind'];
  readonly charged?: boolean;
  readonly ships?: boolean;
};

export type OrderSpec = {
  readonly connection?: string;
  readonly id?: string;
  readonly currency?: string;
  readonly number?: string;
  /** The instant of the snapshot at its source. */
  readonly at?: string;
  readonly lines?: readonly LineSpec[];
  readonly payment?: PaymentState;
  readonly cancelled?: string | null;
  readonly test?: boolean;
  readonly terms?: string | null;
  readonly address?: Partial<Address>;
  readonly shipping?: string;
  /** Anything else, laid over the result. */
  readonly with?: Partial<Order>;
};

export const testAddress: Address = {
  name: 'Ada Example',
  company: null,
  lines: ['1 Harbour Street'],
  city: 'Portsmouth',
  subdivision: null,
  subdivisionName: null,
  postalCode: 'PO1 2AB',
  country: 'GB',
  phone: null,
};

/**
 * A whole order that satisfies the contract: one line, paid, in pounds, unless told otherwise. The version's hash follows the
 * content, so equal orders have equal versions.
 */
export function buildOrder(spec: OrderSpec = {}): Order {
  const { connection = 'shop', id = '1001', currency = 'GBP', at = '2026-11-24T10:00:00.000Z' } = spec;
  const amount = (text: string): MoneyBag => ({
    shop: moneyFromDecimal('shop', currency, text),
    presentment: moneyFromDecimal('presentment', currency, text),
  });
  const minor = (amountMinor: number): MoneyBag => ({
    shop: money('shop', currency, amountMinor),
    presentment: money('presentment', currency, amountMinor),
  });
  const zero = minor(0);
  const specs = spec.lines ?? [{}];
  const lines = specs.map((line, index) => buildLine(line, index, { connection, currency, amount }));
  const charged = (pick: (line: OrderLine) => Decimal): number =>
    lines
      .filter((line) => line.charged)
      .reduce(
        (sum, line) =>
          sum +
          amount(exact(multiplyDecimals(pick(line), line.unitPrice.presentment), currency)).presentment
            .amountMinor,
        0,
      );
  const shipping = amount(spec.shipping ?? '0');
  const shippingMinor = shipping.presentment.amountMinor;
  const isCancelled = spec.cancelled !== undefined && spec.cancelled !== null;
  const grand = isCancelled ? zero : minor(charged((line) => line.current) + shippingMinor);
  const original = minor(charged((line) => line.ordered) + shippingMinor);
  const payment = spec.payment ?? 'paid';
  const address = { ...testAddress, ...spec.address };
  const party = {
    kind: 'person' as const,
    ref: { connection, type: 'Customer', id: '77' },
    email: 'ada@example.com',
    emailVerified: true,
    phone: null,
    language: 'en-GB',
    givenName: 'Ada',
    familyName: 'Example',
  };
  const ref = { connection, type: 'Order', id };
  const order = {
    schema: 'order/1' as const,
    id: foundedId('order', ref),
    ref,
    number: spec.number ?? `#${id}`,
    version: { at, hash: '' },
    test: spec.test ?? false,
    channel: { kind: 'web' as const, name: null, sourceIdentifier: null },
    orderedAt: '2026-11-24T09:59:00.000Z',
    createdAt: '2026-11-24T09:59:01.000Z',
    businessDate: null,
    taxPointDate: null,
    postingDate: null,
    cancelled: isCancelled ? { at, reason: spec.cancelled ?? '' } : null,
    closedAt: null,
    currencies: { shop: currency, presentment: currency, settlement: null },
    taxesIncluded: true,
    dutiesIncluded: false,
    taxExempt: false,
    soldTo: { party, address: null },
    billTo: { party, address },
    shipTo: { party, address },
    payer: { party, address: null },
    poNumber: null,
    paymentTerms:
      spec.terms === undefined || spec.terms === null
        ? null
        : { code: spec.terms, name: null, dueInDays: 30, dueAt: null },
    lines,
    shipping:
      shippingMinor === 0
        ? []
        : [
            {
              id: 's1',
              code: 'standard',
              title: 'Standard',
              carrier: null,
              price: shipping,
              discounts: [],
              taxes: [],
              extensions: {},
            },
          ],
    discounts: [],
    payment: { state: payment, transactions: [] },
    fulfillmentOrders: [],
    shipments: [],
    refunds: [],
    holds: [],
    totals: {
      lines: minor(charged((line) => line.ordered)),
      discounts: zero,
      shipping,
      tax: zero,
      duties: zero,
      fees: zero,
      tips: zero,
      rounding: zero,
      grand,
      original,
      outstanding: payment === 'paid' ? zero : grand,
    },
    tags: [],
    note: null,
    attributes: [],
    extensions: {},
    ...spec.with,
  };
  const hash = createHash('sha256').update(JSON.stringify(order)).digest('hex');
  return orderSchema.parse({ ...order, version: { at, hash } });
}

type LineSurroundings = {
  readonly connection: string;
  readonly currency: string;
  readonly amount: (text: string) => MoneyBag;
};

function buildLine(
  spec: LineSpec,
  index: number,
  { connection, currency, amount }: LineSurroundings,
): OrderLine {
  const id = spec.id ?? `line-${index + 1}`;
  const ordered = decimal(spec.quantity ?? '1');
  const price = decimal(spec.price ?? '10.00');
  const none = decimal(0);
  return {
    id,
    ref: { connection, type: 'LineItem', id },
    parentId: spec.parentId ?? null,
    kind: spec.kind ?? 'product',
    charged: spec.charged ?? true,
    sku: spec.sku === undefined ? `SKU-${index + 1}` : spec.sku,
    product: null,
    title: `Item ${index + 1}`,
    variantTitle: null,
    unit: 'C62',
    ordered,
    current: decimal(spec.current ?? ordered),
    quantities: {
      ...(Object.fromEntries(quantityBuckets.map((bucket) => [bucket, none])) as OrderLine['quantities']),
      open: ordered,
    },
    promisedAt: null,
    unitPrice: { shop: price, presentment: price, per: decimal(1) },
    subtotal: amount(exact(multiplyDecimals(ordered, price), currency)),
    discounts: [],
    taxes: [],
    duties: [],
    taxable: true,
    requiresShipping: spec.ships ?? true,
    weightGrams: null,
    serialNumbers: [],
    attributes: [],
    extensions: {},
  };
}

/** Test prices have no more decimals than their currency; trailing zeros beyond them are noise of the multiplication. */
const exact = (amount: Decimal, currency: string): string =>
  Number(amount).toFixed(minorUnitDigits(currency));
