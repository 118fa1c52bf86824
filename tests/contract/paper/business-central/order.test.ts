import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { orderProblems } from '#canonical/order-invariants.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import { parseExactJson } from '../exact-json.ts';
import { losses } from '../loss-check.ts';
import { paper } from '../reading.ts';
import { mapBusinessCentralOrder } from './map-order.ts';

const text = readFileSync(new URL('fixtures/sales-order.json', import.meta.url), 'utf8');
const source = parseExactJson(text);
const order = mapBusinessCentralOrder(source, paper);

test('a Business Central order contradicts itself nowhere', () => {
  expect(orderProblems(order)).toEqual([]);
  expect(order.totals.rounding.shop.amountMinor).toBe(0);
  expect(order.totals.grand.shop.amountMinor).toBe(137448);
});

test('a discount on the line and its share of the invoice discount are two allocations', () => {
  expect(
    order.lines[0]?.discounts.map(({ discountId, amount }) => [discountId, amount.shop.amountMinor]),
  ).toEqual([
    ['a0000000-0d1e-ef11-9f8a-6045bd0f3c11', 12060],
    ['invoice-discount', 2000],
  ]);
});

test('a comment line is no line to sell', () => {
  expect(order.lines.map(({ title }) => title)).toEqual(['ATHENS Mobile Pedestal', 'Assembly on site']);
  expect(order.attributes).toEqual([{ name: 'comment/20000', value: 'Deliver to the side door' }]);
});

test('year 1 is no date, and a GUID of zeros no record', () => {
  const bare = mapBusinessCentralOrder(
    parseExactJson(
      text.replace('"requestedDeliveryDate": "2026-12-04"', '"requestedDeliveryDate": "0001-01-01"'),
    ),
    paper,
  );
  expect(bare.windows).toBeUndefined();
});

test('an empty currency code, which means the company’s own, is not guessed', () => {
  expect(
    mapped(() =>
      mapBusinessCentralOrder(
        parseExactJson(text.replace('"currencyCode": "GBP"', '"currencyCode": ""')),
        paper,
      ),
    ),
  ).toMatchObject({ ok: false, problems: [{ path: 'currencyCode' }] });
});

test('nothing of it is lost', async () => {
  const lost = losses(source, (body) => mapBusinessCentralOrder(body, paper), {
    transformed: {
      'salesOrderLines[].taxPercent': 'a percentage as a fraction',
      'salesOrderLines[].shipmentDate': 'year 1 is no date',
      'salesOrderLines[].lineType': 'the kind of the line',
    },
    excluded: {
      '@odata.etag': "the transport's entity tag",
    },
  });
  // A comment has no quantity, price or date of its own: whatever stands there is nothing.
  const ofComment =
    /^salesOrderLines\[1\]\.(id|quantity|unitPrice|discount|invoice|tax|net|shipped|shipmentDate)/;
  expect(lost.filter((problem) => !ofComment.test(problem))).toEqual([]);
  await expect(`${JSON.stringify(order, null, 2)}\n`).toMatchFileSnapshot(
    'fixtures/sales-order.canonical.json',
  );
});
