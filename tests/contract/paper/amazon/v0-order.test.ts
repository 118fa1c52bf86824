import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { orderProblems } from '#canonical/order-invariants.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import { parseExactJson } from '../exact-json.ts';
import { losses } from '../loss-check.ts';
import { paper } from '../reading.ts';
import { mapAmazonV0Order } from './map-v0-order.ts';

const text = readFileSync(new URL('fixtures/v0-order.json', import.meta.url), 'utf8');
const source = parseExactJson(text);
const order = mapAmazonV0Order(source, paper);

test('an Amazon order contradicts itself nowhere', () => {
  expect(orderProblems(order)).toEqual([]);
  expect(order.totals.rounding.shop.amountMinor).toBe(0);
});

test('a tax that the marketplace pays to the state is liable by channel, and has no rate', () => {
  const taxes = [...order.lines, ...order.shipping].flatMap((line) => line.taxes);
  expect(taxes.map(({ liable, rate, amount }) => [liable, rate, amount.shop.amountMinor])).toEqual([
    ['channel', null, 485],
    ['channel', null, 34],
    ['channel', null, 111],
    ['channel', null, 68],
  ]);
});

test('an order that Amazon fulfils says so, and takes nothing from our own stock', () => {
  expect(
    order.fulfillmentOrders.map(({ fulfilledBy, location, status }) => [fulfilledBy, location, status]),
  ).toEqual([['channel', null, 'open']]);
  expect(
    mapAmazonV0Order(parseExactJson(text.replace('"AFN"', '"MFN"')), paper).fulfillmentOrders[0]?.fulfilledBy,
  ).toBe('merchant');
});

test('a price for three that three do not divide stays exact', () => {
  expect(order.lines[0]?.unitPrice).toEqual({ shop: '50.00', presentment: '50.00', per: '3' });
});

test('gift wrap and cash on delivery are fees of the item, not goods', () => {
  expect(
    order.lines
      .filter(({ kind }) => kind === 'fee')
      .map(({ title, parentId, subtotal }) => [title, parentId, subtotal.shop.amountMinor]),
  ).toEqual([
    ['GiftWrapPrice', '90000000000001', 350],
    ['CODFee', '90000000000002', 200],
  ]);
});

test('a pending order has no prices yet, and is not exported', () => {
  const pending = parseExactJson(
    text.replace('"OrderTotal": { "CurrencyCode": "USD", "Amount": "68.48" },', ''),
  );
  expect(mapped(() => mapAmazonV0Order(pending, paper))).toMatchObject({
    ok: false,
    problems: [{ path: 'order.OrderTotal' }],
  });
});

test('an item in another currency than the order is refused by its path', () => {
  const mixed = parseExactJson(
    text.replace('"GiftWrapPrice": { "CurrencyCode": "USD"', '"GiftWrapPrice": { "CurrencyCode": "GBP"'),
  );
  expect(mapped(() => mapAmazonV0Order(mixed, paper))).toMatchObject({
    ok: false,
    problems: [{ path: 'items[0].BuyerInfo.GiftWrapPrice.CurrencyCode' }],
  });
});

test('nothing of it is lost', async () => {
  const lost = losses(source, (body) => mapAmazonV0Order(body, paper), {
    transformed: {
      'order.PurchaseDate': 'with milliseconds',
      'order.LastUpdateDate': 'with milliseconds',
      'order.EarliestShipDate': 'with milliseconds',
      'order.LatestShipDate': 'with milliseconds',
      'order.EarliestDeliveryDate': 'with milliseconds',
      'order.LatestDeliveryDate': 'with milliseconds',
    },
    excluded: {},
  });
  expect(lost).toEqual([]);
  await expect(`${JSON.stringify(order, null, 2)}\n`).toMatchFileSnapshot('fixtures/v0-order.canonical.json');
});
