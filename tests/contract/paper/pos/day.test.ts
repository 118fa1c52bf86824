import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { orderProblems } from '#canonical/order-invariants.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import { losses } from '../loss-check.ts';
import { paper } from '../reading.ts';
import { mapDay } from './map-day.ts';
import { parseXml, type Xml } from './xml.ts';

const text = readFileSync(new URL('fixtures/day.xml', import.meta.url), 'utf8');
const zurich = { ...paper, offset: '+01:00' };
const store = { weightUnit: 'KGM', taxesIncluded: true };
const { orders, returns } = mapDay(parseXml(text), zurich, store);

test('each sale of a day is an order, each return a return; signing on and closing the till are neither', () => {
  expect(orders.map(({ number, payment, cancelled }) => [number, payment.state, cancelled?.reason])).toEqual([
    ['12/3/2026-11-24/501', 'partially-refunded', undefined],
    ['12/3/2026-11-24/502', 'voided', 'Voided'],
  ]);
  expect(returns.map(({ number, order }) => [number, order?.id])).toEqual([
    ['12/3/2026-11-24/503', '12/3/2026-11-24/501'],
    ['12/3/2026-11-24/504', undefined],
  ]);
});

test('none of them contradicts itself', () => {
  expect(orders.flatMap(orderProblems)).toEqual([]);
});

test('what the day came to is what its orders and returns come to', () => {
  const sold = orders.reduce((sum, { totals }) => sum + totals.grand.shop.amountMinor, 0);
  const withoutReceipt = returns
    .filter(({ order }) => order === null)
    .reduce((sum, { grand }) => sum + grand.shop.amountMinor, 0);
  expect(sold - withoutReceipt).toBe(-2460);
});

test('cash is rounded by the till: the difference stands under rounding, and the tax is as it was', () => {
  expect(orders[0]?.totals.rounding.shop.amountMinor).toBe(-1);
  expect(orders[0]?.payment.transactions.map(({ kind, amount }) => [kind, amount.shop.amountMinor])).toEqual([
    ['sale', 1000],
    ['change', 65],
    ['refund', 405],
  ]);
});

test('a return with receipt also is a refund of the sale; the sale keeps what it first was', () => {
  const [sale] = orders;
  expect(sale?.lines[0]?.quantities).toMatchObject({ collected: '2', returned: '1' });
  expect([sale?.totals.original.shop.amountMinor, sale?.totals.grand.shop.amountMinor]).toEqual([935, 530]);
});

test('the business day is the till’s, the instant is the world’s', () => {
  const late = returns[1];
  expect([late?.businessDate, late?.at]).toEqual(['2026-11-24', '2026-11-24T23:05:40.000Z']);
});

test('a sequence number that comes again on another day names another sale', () => {
  const next = mapDay(
    parseXml(text.replaceAll('<BusinessDayDate>2026-11-24<', '<BusinessDayDate>2026-11-25<')),
    zurich,
    store,
  );
  expect(next.orders[0]?.id).not.toBe(orders[0]?.id);
});

test('a tender of a kind that nobody knows is refused by its path', () => {
  expect(
    mapped(() =>
      mapDay(parseXml(text.replace('TenderType="CreditDebit"', 'TenderType="Barter"')), zurich, store),
    ),
  ).toMatchObject({
    ok: false,
    problems: [{ path: 'POSLog[0].Transaction[4].RetailTransaction[0].LineItem[1].Tender[0].@TenderType' }],
  });
});

test('nothing of it is lost', async () => {
  const lost = losses(parseXml(text), (log) => mapDay(log as Xml, zurich, store), {
    transformed: {
      'POSLog[].Transaction[].EndDateTime[].#text': 'local time as an instant',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].@acs:weightItem': 'the unit',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].Sale[].Tax[].Percent[].#text':
        'a percentage as a fraction',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].Return[].Tax[].Percent[].#text':
        'a percentage as a fraction',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].Return[].Tax[].TaxableAmount[].#text':
        'negative there, positive here',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].Return[].Tax[].Amount[].#text':
        'negative there, positive here',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].Return[].ExtendedAmount[].#text':
        'negative there, positive here',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].Return[].Quantity[].#text':
        'negative there, positive here',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].Return[].Disposition[].#text': 'our word for it',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].LoyaltyReward[].acs:ExtendedRewardAmount[].#text':
        'negative there, positive here',
      'POSLog[].Transaction[].RetailTransaction[].LineItem[].Tender[].Amount[].#text':
        'a refund is negative there, positive here',
    },
    excluded: {
      'POSLog[].@xmlns*': 'the names of XML namespaces',
      'POSLog[].Transaction[].ControlTransaction*':
        'signing on, till counts, end of day: for reconciliation, not for orders',
    },
  });
  // A sign-on is left out whole: its store, its time and who did it are those of the control transaction.
  const ofControl = /^POSLog\[0\]\.Transaction\[(0|5)\]\./;
  expect(lost.filter((problem) => !ofControl.test(problem))).toEqual([]);
  await expect(`${JSON.stringify({ orders, returns }, null, 2)}\n`).toMatchFileSnapshot(
    'fixtures/day.canonical.json',
  );
});
