import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '#canonical/decimal.ts';
import { money } from '#canonical/money.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { documentDifferences, type Keyed, whyNeverLinked } from './keyed-document.ts';

const order = buildOrder({
  lines: [
    { id: 'a', sku: 'MUG', quantity: '2', price: '10.00' },
    { id: 'b', sku: 'TEE', quantity: '1', price: '5.00' },
  ],
});
const total = order.totals.grand.presentment;
const words = { item: { MUG: '4711', rounding: 'ROUND' }, 'ship-method': { standard: 'SHIP' } };
const document: Keyed = {
  isCancelled: false,
  reference: 'phone call',
  total,
  lines: [
    { names: ['4711', '12'], quantity: decimal('2.0') },
    { names: ['TEE', '13'], quantity: decimal(1) },
    { names: ['SHIP'], quantity: decimal(1) },
    { names: ['ROUND'], quantity: decimal(1) },
  ],
};

test('a document with the goods in the platform’s own words, its charges and the same total fits', () => {
  expect(documentDifferences(order, document, words)).toEqual([]);
});

test('the order of lines and a line that was keyed in parts make no difference', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...document.lines], { minLength: 4 }), (lines) => {
      const parts = lines.flatMap((line) =>
        line.names[0] === '4711' ? [1, 1].map((each) => ({ ...line, quantity: decimal(each) })) : [line],
      );
      expect(documentDifferences(order, { ...document, lines: parts }, words)).toEqual([]);
    }),
  );
});

test('each difference is named', () => {
  const keyed = {
    ...document,
    total: money('presentment', total.currency, total.amountMinor - 500),
    lines: [
      { names: ['4711'], quantity: decimal(3) },
      { names: ['HAT'], quantity: decimal(1) },
      { names: [], quantity: decimal(1) },
    ],
  };
  expect(documentDifferences(order, keyed, words)).toEqual([
    expect.stringMatching(/^total: [\d.]+ there, [\d.]+ GBP ordered$/),
    '4711: 3 there, 2 ordered',
    'TEE: 0 there, 1 ordered',
    'HAT: 1 there, none ordered',
    'a line without an item: 1 there, none ordered',
  ]);
});

test('what was cancelled, is another order’s or is in another currency is never linked', () => {
  const entity = 'order:shop:1001';
  expect(whyNeverLinked(order, entity, document)).toBeNull();
  expect(whyNeverLinked(order, entity, { ...document, reference: entity })).toBeNull();
  expect(whyNeverLinked(order, entity, { ...document, isCancelled: true })).toContain('cancelled');
  expect(whyNeverLinked(order, entity, { ...document, reference: 'order:shop:7' })).toContain('order:shop:7');
  expect(whyNeverLinked(order, entity, { ...document, total: money('presentment', 'USD', 1) })).toContain(
    'USD',
  );
});
