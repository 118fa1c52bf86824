import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Json } from '#canonical/json.ts';
import { orderProblems } from '#canonical/order-invariants.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import { parseExactJson } from '../exact-json.ts';
import { losses } from '../loss-check.ts';
import { paper } from '../reading.ts';
import { mapSapOrder } from './map-order.ts';

const text = readFileSync(new URL('fixtures/sales-order.json', import.meta.url), 'utf8');
const source = parseExactJson(text);
const order = mapSapOrder(source, paper);

test('an SAP sales order contradicts itself nowhere', () => {
  expect(orderProblems(order)).toEqual([]);
  expect(order.totals.rounding.shop.amountMinor).toBe(0);
  expect(order.totals.grand.shop.amountMinor).toBe(48862);
});

test('partner functions become roles; those we have no role for keep their own', () => {
  expect([order.soldTo, order.shipTo, order.billTo, order.payer].map(({ ref }) => ref?.id)).toEqual([
    '10100077',
    '10100078',
    '10100079',
    '10100080',
  ]);
  expect(order.otherParties?.map(({ role }) => role)).toEqual(['forwarding-agent', 'contact-person']);
});

test('a price for a hundred, a discount in percent and a tax come from pricing conditions', () => {
  const [frame] = order.lines;
  expect(frame?.unitPrice).toEqual({ shop: '80.00', presentment: '80.00', per: '100', perUnit: 'EA' });
  expect(order.discounts.map(({ title, value }) => [title, value])).toEqual([
    ['K007', { type: 'percentage', percent: '5' }],
  ]);
  expect(
    frame?.taxes.map(({ code, rate, amount }) => [code, Number(rate) === 0.19, amount.shop.amountMinor]),
  ).toEqual([['A1', true, 3610]]);
});

test('one item wanted at two dates has a schedule, with what is confirmed and delivered', () => {
  expect(order.lines[0]?.schedule).toEqual([
    {
      id: '1',
      quantity: '200',
      requestedOn: '2026-12-01',
      confirmed: '200',
      confirmedOn: '2026-12-02',
      delivered: '120',
    },
    { id: '2', quantity: '50', requestedOn: '2026-12-15', confirmed: '0', confirmedOn: null, delivered: '0' },
  ]);
  expect(order.lines[0]?.quantities).toMatchObject({ shipped: '120', open: '130' });
});

test('a rejected item is cancelled but for what had been delivered', () => {
  const rejected = mapSapOrder(
    parseExactJson(text.replace('"SalesDocumentRjcnReason": ""', '"SalesDocumentRjcnReason": "61"')),
    paper,
  );
  expect(rejected.lines[0]?.quantities).toMatchObject({ shipped: '120', cancelled: '130', open: '0' });
  expect(rejected.lines[0]?.current).toBe('120');
});

test('a condition that nobody has explained parks the order, with its path', () => {
  expect(
    mapped(() => mapSapOrder(JSON.parse(text.replace('"HD00"', '"ZXX1"')) as Json, paper)),
  ).toMatchObject({ ok: false, problems: [{ path: 'd.to_PricingElement.results[0].ConditionType' }] });
});

test('nothing of it is lost', async () => {
  const lost = losses(source, (body) => mapSapOrder(body, paper), {
    transformed: {
      'd.CreationDate': 'milliseconds as an instant',
      'd.LastChangeDateTime': 'milliseconds as an instant',
      'd.SalesOrderDate': 'milliseconds as a date',
      'd.RequestedDeliveryDate': 'milliseconds as a date',
      'd.TotalNetAmount': 'part of the grand total, which holds the taxes too',
      'd.to_Partner.results[].PartnerFunction': 'a role of the order',
      'd.to_Item.results[].RequestedQuantityISOUnit': 'ISO unit as UN/CEFACT Rec 20',
      'd.to_Item.results[].to_ScheduleLine.results[].RequestedDeliveryDate': 'milliseconds as a date',
      'd.to_Item.results[].to_ScheduleLine.results[].ConfirmedDeliveryDate': 'milliseconds as a date',
    },
    excluded: {
      'd.__metadata*': "the transport's own addresses and entity tag",
      'd.to_Partner.results[].SalesOrder': 'the order again',
      'd.to_Text.results[].SalesOrder': 'the order again',
      'd.to_Item.results[].to_ScheduleLine.results[].OrderQuantityISOUnit': 'the unit of the item again',
    },
  });
  expect(lost).toEqual([]);
  await expect(`${JSON.stringify(order, null, 2)}\n`).toMatchFileSnapshot(
    'fixtures/sales-order.canonical.json',
  );
});
