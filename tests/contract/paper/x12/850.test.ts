import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { orderProblems } from '#canonical/order-invariants.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import { losses } from '../loss-check.ts';
import { paper } from '../reading.ts';
import { map850 } from './map-850.ts';
import { type Segment, segmentsOf } from './segments.ts';

const text = readFileSync(new URL('fixtures/purchase-order.850.edi', import.meta.url), 'utf8');
const agreement = { currency: null };
const source = segmentsOf(text);
const order = map850(source, paper, agreement);
const refused = (from: string, to: string) => {
  const outcome = mapped(() => map850(segmentsOf(text.replace(from, to)), paper, agreement));
  return outcome.ok ? null : outcome.problems.map(({ path }) => path);
};

test('an 850 contradicts itself nowhere', () => {
  expect(orderProblems(order)).toEqual([]);
  expect(order.totals.grand.shop.amountMinor).toBe(135975);
});

test('an allowance on the whole order is spread over the lines to the cent', () => {
  expect(
    order.lines.map(({ subtotal, discounts }) => [
      subtotal.shop.amountMinor,
      discounts[0]?.amount.shop.amountMinor,
    ]),
  ).toEqual([
    [61875, 675],
    [75600, 825],
  ]);
});

test('one line wanted at two dates has a schedule; the order has windows and an end', () => {
  expect(order.lines[0]?.schedule?.map(({ quantity, requestedOn }) => [quantity, requestedOn])).toEqual([
    ['100', '2026-12-01'],
    ['50', '2026-12-08'],
  ]);
  expect(order.windows).toEqual([
    { kind: 'deliver', notBefore: '2026-12-01', notAfter: null },
    { kind: 'deliver', notBefore: null, notAfter: '2026-12-08' },
    { kind: 'cancel', notBefore: null, notAfter: '2026-12-15' },
  ]);
});

test('2 % within 10 days, else net 45', () => {
  expect(order.paymentTerms).toEqual({
    code: '01',
    name: '2% 10 NET 45',
    dueInDays: 45,
    dueAt: null,
    earlyPayment: [{ percent: '2', withinDays: 10 }],
  });
});

test('a buyer that only has a number is a role without a name', () => {
  expect(order.soldTo).toEqual({
    party: null,
    address: null,
    identifiers: [{ scheme: 'x12-92', value: '0471' }],
  });
  expect(order.shipTo.identifiers).toEqual([{ scheme: 'gln', value: '0614141000074' }]);
  expect(order.otherParties?.map(({ role }) => role)).toEqual(['supplier']);
});

test('a document that its own control totals contradict is refused', () => {
  expect(refused('SE*33*', 'SE*34*')).toEqual(['[34].SE01']);
  expect(refused('CTT*2', 'CTT*3')).toEqual(['[32].CTT01']);
  expect(refused('AMT*TT*1374.75', 'AMT*TT*1374.76')).toEqual(['[33].AMT02']);
});

test('what is missing or unknown is refused by its place', () => {
  const withoutCurrency = segmentsOf(text.replace('CUR*BY*USD~\n', '').replace('SE*33*', 'SE*32*'));
  expect(mapped(() => map850(withoutCurrency, paper, agreement))).toMatchObject({
    ok: false,
    problems: [{ path: 'CUR' }],
  });
  expect(map850(withoutCurrency, paper, { currency: 'CAD' }).currencies.shop).toBe('CAD');
  expect(refused('*150*EA*', '*150*ZZ*')).toEqual(['[25].PO103']);
  expect(refused('*150*EA*', '*many*EA*')).toEqual(['[25].PO102']);
  expect(refused('**20261122*', '**20261x22*')).toEqual(['[3].BEG05']);
});

test('nothing of it is lost', async () => {
  const lost = losses(source, (body) => map850(body as unknown as readonly Segment[], paper, agreement), {
    transformed: {
      '[].ST01': 'which mapping is taken',
      '[].SE01': 'a control total: a document that does not fit it is refused',
      '[].CTT01': 'a control total: a document that does not fit it is refused',
      '[].AMT02': 'a control total: a document that does not fit it is refused',
      '[].AMT01': 'what the control total counts',
      '[].ISA15': 'P is no test',
      '[].BEG05': 'as a date',
      '[].DTM02': 'as a date',
      '[].SCH06': 'as a date',
      '[].N101': 'a role of the order',
      '[].N103': 'the scheme of the number',
      '[].PO103': 'the unit as UN/CEFACT Rec 20',
      '[].PO106': 'the scheme of the number',
      '[].PO108': 'the scheme of the number',
      '[].PO110': 'the scheme of the number',
    },
    excluded: {
      ...Object.fromEntries(
        ['01', '03', '05', '07', '08', '09', '10', '11', '12', '13', '14', '16'].map((n) => [
          `[].ISA${n}`,
          'the envelope: intake keeps it with the delivery',
        ]),
      ),
      '[].GS*': 'the envelope: intake keeps it with the delivery',
      '[].GE*': 'the envelope: intake keeps it with the delivery',
      '[].IEA*': 'the envelope: intake keeps it with the delivery',
      '[].ST02': 'the envelope: intake keeps it with the delivery',
      '[].SE02': 'the envelope: intake keeps it with the delivery',
    },
  });
  expect(lost).toEqual([]);
  await expect(`${JSON.stringify(order, null, 2)}\n`).toMatchFileSnapshot(
    'fixtures/purchase-order.850.canonical.json',
  );
});
