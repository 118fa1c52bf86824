import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#canonical/json.ts';
import { orderProblems } from '#canonical/order-invariants.ts';
import type { Order } from '#canonical/order.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import { mapAdobeOrder } from '../contract/paper/adobe/map-order.ts';
import { mapAmazon2026Order } from '../contract/paper/amazon/map-2026-order.ts';
import { mapAmazonV0Order } from '../contract/paper/amazon/map-v0-order.ts';
import { mapBusinessCentralOrder } from '../contract/paper/business-central/map-order.ts';
import { parseExactJson } from '../contract/paper/exact-json.ts';
import { mapDay } from '../contract/paper/pos/map-day.ts';
import { parseXml } from '../contract/paper/pos/xml.ts';
import { paper } from '../contract/paper/reading.ts';
import { map850 } from '../contract/paper/x12/map-850.ts';
import { map940 } from '../contract/paper/x12/map-940.ts';
import { segmentsOf } from '../contract/paper/x12/segments.ts';

/** Documents that the platforms publish; not part of this repository. */
const folder = process.env['TALLYPORT_SAMPLES'] ?? '../shared/samples';
const isThere = existsSync(folder);
if (!isThere) console.log(`paper: skipped, there are no samples at ${folder} (TALLYPORT_SAMPLES says where)`);

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const json = (name: string) => parseExactJson(read(name)) as JsonObject;

/** What became of a document: mapped, with its total, its rounding and its contradictions, or the paths that keep it out. */
const outcome = (map: () => Order) => {
  const result = mapped(map);
  if (!result.ok) return { unmappable: result.problems.map(({ path }) => path) };
  const { totals } = result.value;
  return {
    grandMinor: totals.grand.presentment.amountMinor,
    roundingMinor: totals.rounding.presentment.amountMinor,
    contradictions: orderProblems(result.value).map(({ path }) => path),
  };
};
const fine = (grandMinor: number) => ({ grandMinor, roundingMinor: 0, contradictions: [] });

describe.skipIf(!isThere)('documents that nobody here wrote, through the mappings on paper', () => {
  test('Adobe: an order whose page left out four of five lines is mapped, and the gap is named', () => {
    expect(
      outcome(() =>
        mapAdobeOrder(json('adobe-commerce/rest/tut.orders.order-create-order.1.response.json'), paper),
      ),
    ).toEqual({
      grandMinor: 16500,
      roundingMinor: 0,
      contradictions: ['totals.lines.shop', 'totals.lines.presentment'],
    });
  });

  describe('Business Central', () => {
    const header = 'business-central/salesOrder_create.2.response.json';
    const withLine = (line: string): Json => ({ ...json(header), salesOrderLines: [json(line)] });

    test('an order read without totals is refused by each missing field', () => {
      expect(
        outcome(() =>
          mapBusinessCentralOrder(json('business-central/salesorder_get.2.response.json'), paper),
        ),
      ).toEqual({
        unmappable: [
          'pricesIncludeTax',
          'discountAmount',
          'totalAmountExcludingTax',
          'totalTaxAmount',
          'totalAmountIncludingTax',
          'status',
          'salesOrderLines',
        ],
      });
    });

    test('an order without its lines expanded is refused', () => {
      expect(outcome(() => mapBusinessCentralOrder(json(header), paper))).toEqual({
        unmappable: ['salesOrderLines'],
      });
    });

    test('a header with the line of another order: the totals are the source’s, and the difference stands as rounding', () => {
      expect(
        outcome(() =>
          mapBusinessCentralOrder(withLine('business-central/salesorderline_get.2.response.json'), paper),
        ),
      ).toEqual({
        grandMinor: 0,
        roundingMinor: -1676760,
        contradictions: ['totals.tax.shop', 'totals.tax.presentment'],
      });
    });

    test('a line without its sequence is refused', () => {
      expect(
        outcome(() =>
          mapBusinessCentralOrder(withLine('business-central/salesOrderLine_create.2.response.json'), paper),
        ),
      ).toEqual({
        unmappable: ['salesOrderLines[0].sequence'],
      });
    });
  });

  describe('Amazon', () => {
    const payload = (name: string) => json(`amazon-sp-api/${name}`)['payload'] as JsonObject;
    const items = (): Json => payload('v0.getOrderItems.json')['OrderItems'] ?? [];

    test('a pending order has no prices yet', () => {
      expect(
        outcome(() => mapAmazonV0Order({ order: payload('v0.getOrder.json'), items: items() }, paper)),
      ).toEqual({
        unmappable: ['order.OrderTotal'],
      });
    });

    test('25.99 yen, as the documentation has it, are no amount', () => {
      const order = { ...payload('v0.getOrder.json'), OrderTotal: { CurrencyCode: 'JPY', Amount: '100' } };
      expect(outcome(() => mapAmazonV0Order({ order, items: items() }, paper))).toEqual({
        unmappable: ['items[0].ItemPrice.Amount'],
      });
    });

    test('orders of the 2026 interface are mapped to the cent, a courier’s tip included', () => {
      expect(outcome(() => mapAmazon2026Order(json('amazon-sp-api/2026.getOrder.json'), paper))).toEqual(
        fine(10397),
      );
      const page = json('amazon-sp-api/2026.searchOrders.json')['orders'] as readonly Json[];
      expect(page.map((order) => outcome(() => mapAmazon2026Order({ order }, paper)))).toEqual([fine(15499)]);
    });
  });

  test('POSLog: a sale of a real till is an order, its sign-on is none', () => {
    const store = { weightUnit: 'LBR', taxesIncluded: false };
    const { orders, returns } = mapDay(
      parseXml(read('pos/POSLog.small.xml')),
      { ...paper, offset: '-05:00' },
      store,
    );
    expect(orders.map((order) => outcome(() => order))).toEqual([fine(107)]);
    expect(orders.map(({ number, businessDate, orderedAt }) => [number, businessDate, orderedAt])).toEqual([
      ['9/34/2017-09-30/161', '2017-09-30', '2017-10-01T07:02:54.000Z'],
    ]);
    expect(returns).toEqual([]);
  });

  describe('X12', () => {
    test.each([
      ['850.OK.edi', fine(1304594)],
      ['850.edi', fine(1304594)],
      ['850_2.edi', fine(1304594)],
      ['850_3.edi', fine(22500)],
      ['x12.850.edi', fine(1995)],
      ['x12.850a.edi', fine(1655500)],
      // Lines were cut out of it, and its count of segments still says 33.
      ['gozer.po850.edi', { unmappable: ['[22].SE01'] }],
    ])('850: %s', (file, expected) => {
      expect(outcome(() => map850(segmentsOf(read(`edi-x12/${file}`)), paper, { currency: 'USD' }))).toEqual(
        expected,
      );
    });

    test('an 850 without currency is refused where none is agreed with the partner', () => {
      expect(
        outcome(() => map850(segmentsOf(read('edi-x12/850.OK.edi')), paper, { currency: null })),
      ).toEqual({ unmappable: ['CUR'] });
    });

    test('940: lines, quantities and lots of two warehouse orders', () => {
      const lines = (file: string) => map940(segmentsOf(read(`edi-x12/${file}`)), paper).lines;
      expect(lines('940.2.OK.edi').map(({ quantity, unit }) => [quantity, unit])).toEqual([['1', 'EA']]);
      expect(lines('940.OK.edi').map(({ sku, quantity, unit }) => [sku, quantity, unit])).toEqual([
        ['000100', '12', 'XCS'],
        ['000200', '32', 'XCS'],
        ['000300', '12', 'XCS'],
      ]);
    });

    test('another document than the mapping is for is refused', () => {
      const result = mapped(() => map940(segmentsOf(read('edi-x12/855.edi')), paper));
      expect(result).toMatchObject({ ok: false, problems: [{ path: '[2].ST01' }] });
    });
  });
});
