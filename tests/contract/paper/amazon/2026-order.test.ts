import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { orderProblems } from '#canonical/order-invariants.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import { parseExactJson } from '../exact-json.ts';
import { losses } from '../loss-check.ts';
import { paper } from '../reading.ts';
import { mapAmazon2026Order } from './map-2026-order.ts';

const text = readFileSync(new URL('fixtures/2026-order.json', import.meta.url), 'utf8');
const source = parseExactJson(text);
const order = mapAmazon2026Order(source, paper);

test('an Amazon order of the 2026 interface contradicts itself nowhere', () => {
  expect(orderProblems(order)).toEqual([]);
  expect(order.totals.rounding.shop.amountMinor).toBe(0);
});

test('a package is a shipment with its items', () => {
  expect(
    order.shipments.map(({ status, lines, packages }) => [
      status,
      lines[0]?.lineId,
      lines[0]?.quantity,
      packages[0]?.trackingNumber,
    ]),
  ).toEqual([['shipped', '40551122334455', '1', '00340434161094000001']]);
});

test('a kind of proceeds that nobody has explained is refused by its path', () => {
  const unknown = parseExactJson(text.replace('"type": "SHIPPING"', '"type": "IMPORT_FEE"'));
  expect(mapped(() => mapAmazon2026Order(unknown, paper))).toMatchObject({
    ok: false,
    problems: [{ path: 'order.orderItems[0].proceeds.breakdowns[1].type' }],
  });
});

test('nothing of it is lost', async () => {
  const lost = losses(source, (body) => mapAmazon2026Order(body, paper), {
    transformed: Object.fromEntries(
      [
        'order.createdTime',
        'order.lastUpdatedTime',
        'order.packages[].shipTime',
        ...['shipByWindow', 'deliverByWindow'].flatMap((name) => [
          `order.fulfillment.${name}.earliestDateTime`,
          `order.fulfillment.${name}.latestDateTime`,
        ]),
      ].map((path) => [path, 'with milliseconds']),
    ),
    excluded: {},
  });
  expect(lost).toEqual([]);
  await expect(`${JSON.stringify(order, null, 2)}\n`).toMatchFileSnapshot(
    'fixtures/2026-order.canonical.json',
  );
});
