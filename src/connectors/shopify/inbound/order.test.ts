import { describe, expect, test } from 'vitest';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Order } from '#canonical/order.ts';
import { loadInboundFixtures } from '#connector-testkit/fixtures.ts';
import { eventsOf } from '../testing/heard.ts';

const fixtures = loadInboundFixtures(new URL('../fixtures/', import.meta.url));
const eventOf = (name: string): CanonicalEvent => {
  const fixture = fixtures.find((candidate) => candidate.name === `inbound/${name}`);
  const [event] = fixture ? eventsOf(fixture.message) : [];
  if (event === undefined) throw new Error(`no event from ${name}`);
  return event;
};
const orderOf = (name: string): Order => {
  const event = eventOf(name);
  if (event.type !== 'order.observed') throw new Error(`${name} gave ${event.type}`);
  return event.data;
};
const minor = (bags: Readonly<Record<string, { readonly shop: { readonly amountMinor: number } }>>) =>
  Object.fromEntries(Object.entries(bags).map(([name, { shop }]) => [name, shop.amountMinor]));

// The figures are worked out by hand from what the buyer put into the basket, not taken from the mapping.
describe('an order from a webhook', () => {
  test('2 shirts at 19.99 and 3 socks at 4.50 with 8.25 % tax and 5.00 shipping come to 63.30', () => {
    const { totals, lines, shipping, payment } = orderOf('order-paid-usd');
    expect(minor(totals)).toEqual({
      lines: 5348,
      discounts: 0,
      shipping: 500,
      tax: 482,
      duties: 0,
      fees: 0,
      tips: 0,
      rounding: 0,
      grand: 6330,
      original: 6330,
      outstanding: 0,
    });
    expect(
      lines.map(({ subtotal, taxes: [tax] }) => [
        subtotal.shop.amountMinor,
        tax?.amount.shop.amountMinor,
        tax?.rate,
      ]),
    ).toEqual([
      [3998, 330, '0.0825'],
      [1350, 111, '0.0825'],
    ]);
    expect(shipping.map(({ code, price }) => [code, price.shop.amountMinor])).toEqual([['STD', 500]]);
    expect(payment.state).toBe('paid');
  });

  test("an instant in the shop's offset becomes UTC", () => {
    expect(orderOf('order-paid-usd')).toMatchObject({
      orderedAt: '2026-11-23T14:30:00.000Z',
      version: { at: '2026-11-23T14:30:00.000Z' },
    });
  });

  test('tax rounded per line and per document never changes the tax', () => {
    const included = orderOf('order-vat-included-rounded-on-document');
    expect(included.taxesIncluded).toBe(true);
    expect(included.lines.map(({ taxes: [tax] }) => tax?.amount.shop.amountMinor)).toEqual([167, 167, 167]);
    expect(minor(included.totals)).toMatchObject({ lines: 2997, tax: 500, rounding: 0, grand: 2997 });
    const added = orderOf('order-rounding-line');
    expect(added.lines.map(({ taxes: [tax] }) => tax?.amount.shop.amountMinor)).toEqual([167, 167, 167]);
    expect(minor(added.totals)).toMatchObject({ lines: 2499, tax: 500, rounding: 1, grand: 3000 });
  });

  test('shop and presentment currency are never mixed', () => {
    const order = orderOf('order-eur-buyer-usd-shop-discount');
    expect(order.currencies).toEqual({ shop: 'USD', presentment: 'EUR', settlement: null });
    const seen = new Set<string>();
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('role' in value && 'currency' in value) seen.add(`${String(value.role)} ${String(value.currency)}`);
      else for (const child of Object.values(value)) walk(child);
    };
    walk(order);
    expect([...seen].toSorted()).toEqual(['presentment EUR', 'shop USD']);
    expect(order.totals.discounts).toMatchObject({
      shop: { amountMinor: 535 },
      presentment: { amountMinor: 494 },
    });
    expect(order.totals.rounding).toMatchObject({
      shop: { amountMinor: 0 },
      presentment: { amountMinor: 0 },
    });
    expect(order.lines[0]?.unitPrice).toEqual({ shop: '19.99', presentment: '18.45', per: '1' });
  });

  test('currencies without decimals and with three keep their own minor units', () => {
    expect(minor(orderOf('order-jpy').totals)).toMatchObject({
      lines: 3750,
      shipping: 800,
      tax: 375,
      grand: 4925,
    });
    expect(orderOf('order-jpy').lines[0]?.unitPrice.shop).toBe('1250');
    expect(minor(orderOf('order-kwd').totals)).toMatchObject({ lines: 24_690, grand: 24_690 });
    expect(orderOf('order-kwd').lines[0]?.unitPrice.shop).toBe('12.345');
  });

  test('what a refund took off leaves the total, and what was ordered stays to be seen', () => {
    const order = orderOf('order-partially-fulfilled-and-refunded');
    expect(minor(order.totals)).toMatchObject({
      lines: 2899,
      tax: 280,
      shipping: 500,
      grand: 3679,
      original: 6330,
      rounding: 0,
    });
    expect(
      order.lines.map(({ ordered, current, quantities }) => [
        ordered,
        current,
        quantities.delivered,
        quantities.returned,
        quantities.cancelled,
        quantities.open,
      ]),
    ).toEqual([
      ['2', '1', '2', '1', '0', '0'],
      ['3', '2', '0', '0', '1', '2'],
    ]);
    expect(
      order.refunds.map(({ lines }) =>
        lines.map(({ restock, subtotal, tax }) => [restock, subtotal.shop.amountMinor, tax.shop.amountMinor]),
      ),
    ).toEqual([[['returned', 1999, 165]], [['cancelled', 450, 37]]]);
  });

  test('the buckets of every line sum to what was ordered', () => {
    const orders = fixtures.flatMap(({ message, then }) =>
      'events' in then && message.topic.startsWith('orders/') ? eventsOf(message) : [],
    );
    const lines = orders.flatMap((event) => (event.type === 'order.observed' ? event.data.lines : []));
    expect(lines.length).toBeGreaterThan(20);
    for (const { quantities, ordered } of lines) {
      const sum = Object.entries(quantities).reduce(
        (total, [bucket, units]) => (bucket === 'returned' ? total : total + Number(units)),
        0,
      );
      expect(sum).toBe(Number(ordered));
    }
  });

  test('a gift card that is sold is a line, one that is used is a payment', () => {
    expect(orderOf('order-gift-card-sold-and-used').lines[0]).toMatchObject({
      kind: 'gift-card',
      requiresShipping: false,
    });
    expect(eventOf('transaction-gift-card')).toMatchObject({
      data: { method: 'gift_card', instrument: 'gift-card', kind: 'sale' },
    });
  });

  test('a tip and a custom line are told apart, and a tip is counted once', () => {
    const { lines, totals } = orderOf('order-duties-custom-line-and-tip');
    expect(lines.map(({ title, kind, product }) => [title, kind, product?.type ?? null])).toEqual([
      ['Bag', 'product', 'ProductVariant'],
      ['Engraving', 'custom', null],
      ['Tip', 'tip', null],
    ]);
    expect(minor(totals)).toMatchObject({
      lines: 8700,
      tips: 300,
      duties: 640,
      shipping: 500,
      tax: 99,
      grand: 10_239,
      rounding: 0,
    });
  });

  test('a test order says so, a guest has no customer, and a channel that pays the tax is named', () => {
    expect(orderOf('order-test').test).toBe(true);
    expect(orderOf('order-pos-guest-cash-rounded')).toMatchObject({
      channel: { kind: 'pos' },
      soldTo: { party: null, address: null },
      shipTo: { address: null },
      extensions: { shopify: { cashRoundingOfPayments: { shop: { amountMinor: -1 } } } },
    });
    expect(orderOf('order-marketplace-pays-tax')).toMatchObject({
      channel: { kind: 'other', name: '3890849', sourceIdentifier: '111-222-333' },
      lines: [{ taxes: [{ liable: 'channel' }] }],
    });
  });

  test('a bundle that the body describes stands above its parts', () => {
    const [bundle, top, trousers] = orderOf('order-bundle').lines;
    expect(bundle).toMatchObject({ kind: 'bundle', charged: false, sku: 'PYJAMAS' });
    expect([top?.parentId, trousers?.parentId]).toEqual([bundle?.id, bundle?.id]);
  });

  test('terms of payment and a purchase order number are kept', () => {
    expect(orderOf('order-net-30-with-po-number')).toMatchObject({
      poNumber: 'PO-78',
      paymentTerms: { code: 'net-30', dueInDays: 30, dueAt: '2026-12-23T14:30:00.000Z' },
      payment: { state: 'pending' },
      totals: { outstanding: { shop: { amountMinor: 6330 } } },
    });
  });

  test('only a settled payment has succeeded, and a suggested refund is none', () => {
    expect(eventOf('transaction-pending')).toMatchObject({
      type: 'payment.observed',
      data: { status: 'pending' },
    });
    expect(eventOf('transaction-refund-suggested')).toMatchObject({
      type: 'order.touched',
      data: { reason: 'refund-suggested' },
    });
    expect(eventOf('transaction-authorization')).toMatchObject({
      data: { kind: 'authorization', expiresAt: '2026-11-30T14:30:00.000Z' },
    });
  });
});
