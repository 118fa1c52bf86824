import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { orderProblems } from '#canonical/order-invariants.ts';
import { parseExactJson } from '../exact-json.ts';
import { losses } from '../loss-check.ts';
import { paper } from '../reading.ts';
import { mapAdobeOrder } from './map-order.ts';

const source = parseExactJson(readFileSync(new URL('fixtures/bundle-order.json', import.meta.url), 'utf8'));
const order = mapAdobeOrder(source, paper);

test('an Adobe order with a bundle, a configurable line, a coupon and a gift card contradicts itself nowhere', () => {
  expect(orderProblems(order)).toEqual([]);
});

test('the parts of a dynamic bundle are charged, of a configurable line the parent', () => {
  expect(order.lines.map(({ sku, kind, charged, parentId }) => [sku, kind, charged, parentId])).toEqual([
    ['CAMP-SET', 'bundle', false, null],
    ['TENT-2P', 'product', true, '41'],
    ['MAT-STD', 'product', true, '41'],
    ['JACKET-M-RED', 'configurable', true, null],
    ['JACKET-M-RED', 'product', false, '44'],
  ]);
});

test('a gift card pays, so that the total is what the goods cost', () => {
  expect(order.totals.grand.presentment.amountMinor).toBe(23520);
  expect(
    order.payment.transactions.map(({ instrument, amount }) => [instrument, amount.presentment.amountMinor]),
  ).toEqual([['gift-card', 3000]]);
  expect(order.totals.rounding.presentment.amountMinor).toBe(0);
});

test('nothing of it is lost', async () => {
  const lost = losses(source, (body) => mapAdobeOrder(body, paper), {
    transformed: {
      discount_amount: 'negative there, positive here',
      base_discount_amount: 'negative there, positive here',
      created_at: 'UTC without zone, as an instant',
      updated_at: 'UTC without zone, as an instant',
      grand_total: 'gift cards reduce the total there and what is outstanding here',
      base_grand_total: 'gift cards reduce the total there and what is outstanding here',
      'items[].tax_percent': 'a percentage as a fraction',
      'billing_address.region_code': 'with the country before it: ISO 3166-2',
      'extension_attributes.shipping_assignments[].shipping.address.region_code':
        'with the country before it: ISO 3166-2',
    },
    excluded: {
      'extension_attributes.shipping_assignments[].items[]*': 'the items of the order again',
    },
  });
  expect(lost).toEqual([]);
  await expect(`${JSON.stringify(order, null, 2)}\n`).toMatchFileSnapshot(
    'fixtures/bundle-order.canonical.json',
  );
});
