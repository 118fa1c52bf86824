import { describe, expect, test } from 'vitest';
import type { Json } from '#canonical/json.ts';
import type { Effect } from '#connector-testkit/effect-journal.ts';
import { check, type RetailerEvidence } from './checker.ts';
import { percentile } from './latency.ts';
import { tally } from './tally.ts';

type Line = readonly [seconds: number, type: string, key: string, data: Json];
const journal = (...lines: readonly Line[]): readonly Effect[] =>
  lines.map(([seconds, type, key, data], index) => ({
    seq: index + 1,
    at: new Date(Date.UTC(2026, 10, 24, 9, 0, seconds)).toISOString(),
    type,
    key,
    data,
  }));

const decimal = (text: string): Json => ({ __class__: 'Decimal', decimal: text });
const placed = (id: string, more: Record<string, Json> = {}): Line => [
  0,
  'order.placed',
  id,
  { name: `#${id}`, total: '30.00', currency: 'USD', test: false, financial: 'PAID', terms: false, ...more },
];
const key = (id: string): string => `order:shop:${id}`;
const sale = (id: string, number: number, total = '30.00'): readonly Line[] => [
  [1, 'sale.created', key(id), { sale: number, total: decimal(total) }],
  [2, 'sale.processed', key(id), { sale: number, total: decimal(total) }],
];
const shipment = (id: string, number: number, shipped: number): Line => [
  5,
  'shipment.done',
  key(id),
  { sale: number, shipment: shipped, lines: [{ product: 'A', quantity: 2 }] },
];
const fulfilment = (id: string, mark: string, quantity = 2): Line => [
  6,
  'fulfillment.created',
  `${id}/${mark}`,
  { lines: [{ sku: 'A', quantity }] },
];
const record = (id: string, unitPrice = 15): readonly Line[] => [
  [1, 'order.created', key(id), { id: `801-${id}`, currency: 'USD' }],
  [1, 'orderitem.created', `${key(id)}/line:1`, { id: `802-${id}`, order: key(id), quantity: 2, unitPrice }],
];

type Journals = {
  readonly shop: readonly Line[];
  readonly erp: readonly Line[];
  readonly crm: readonly Line[];
};
/** Two orders that went well, the first one shipped in two parts. */
const well: Journals = {
  shop: [placed('1'), placed('2'), fulfilment('1', 'T1'), fulfilment('1', 'T2')],
  erp: [...sale('1', 71), ...sale('2', 72), shipment('1', 71, 1), shipment('1', 71, 2)],
  crm: [...record('1'), ...record('2')],
};
function found(change: Partial<Journals>, parked: readonly string[] = []) {
  const { shop, erp, crm } = { ...well, ...change };
  const evidence: RetailerEvidence = {
    retailer: 'acme',
    shopConnection: 'shop',
    shop: journal(...shop),
    erp: journal(...erp),
    crm: journal(...crm),
    parked: new Map(parked.map((id) => [key(id), ['unmappable']])),
  };
  const { verdicts, strays } = check(evidence);
  return {
    ...tally(verdicts, strays),
    kinds: [...verdicts.flatMap(({ problems }) => problems), ...strays].map(({ kind }) => kind),
  };
}

test('a run in which everything arrived has nothing lost, nothing double and its latency', () => {
  expect(found({})).toMatchObject({
    orders: 2,
    delivered: 2,
    erp: 2,
    crm: 2,
    fulfilled: 1,
    shipments: 2,
    lost: 0,
    duplicated: 0,
    amiss: 0,
    p50Ms: 2_000,
    p99Ms: 2_000,
    kinds: [],
  });
});

describe('planted faults are found', () => {
  test('an order that the ERP never got', () => {
    expect(found({ erp: sale('1', 71), shop: [placed('1'), placed('2')] })).toMatchObject({
      lost: 1,
      erp: 1,
      kinds: ['lost-in-erp'],
    });
  });
  test('a draft that the warehouse never saw', () => {
    const [draft] = sale('2', 72);
    expect(found({ erp: [...sale('1', 71), draft!], shop: [placed('1'), placed('2')] })).toMatchObject({
      lost: 1,
      kinds: ['lost-in-erp'],
    });
  });
  test('an order that the CRM never got', () => {
    expect(found({ crm: record('1') })).toMatchObject({ lost: 1, crm: 1, kinds: ['lost-in-crm'] });
  });
  test('an order that the ERP has twice, also where the second one is a draft', () => {
    expect(found({ erp: [...well.erp, ...sale('2', 73)] })).toMatchObject({
      duplicated: 1,
      erp: 1,
      kinds: ['duplicate-in-erp'],
    });
    expect(found({ erp: [...well.erp, sale('2', 73)[0]!] })).toMatchObject({ duplicated: 1 });
  });
  test('an order that the CRM has twice', () => {
    expect(found({ crm: [...well.crm, record('2')[0]!] })).toMatchObject({
      duplicated: 1,
      crm: 1,
      kinds: ['duplicate-in-crm'],
    });
  });
  test('a wrong total in the ERP, to the last minor unit', () => {
    expect(
      found({ erp: [...sale('1', 71, '30.01'), ...sale('2', 72)], shop: [placed('1'), placed('2')] }),
    ).toMatchObject({ amiss: 1, erp: 1, kinds: ['wrong-total-in-erp'] });
  });
  test('a wrong total in the CRM', () => {
    expect(found({ crm: [...record('1'), ...record('2', 14.99)] })).toMatchObject({
      amiss: 1,
      crm: 1,
      kinds: ['wrong-total-in-crm'],
    });
  });
  test('the total of before an edit', () => {
    expect(found({ shop: [...well.shop, [1, 'order.edited', '2', { total: '45.00' }]] }).kinds).toEqual([
      'wrong-total-in-crm',
      'wrong-total-in-erp',
    ]);
  });
  test('a shipment of which the shop was never told', () => {
    expect(found({ shop: [placed('1'), placed('2'), fulfilment('1', 'T1')] })).toMatchObject({
      lost: 1,
      fulfilled: 0,
      kinds: ['lost-fulfilment'],
    });
  });
  test('a shipment of which the shop was told twice, under one mark or under two', () => {
    expect(found({ shop: [...well.shop, fulfilment('1', 'T2')] })).toMatchObject({
      duplicated: 1,
      fulfilled: 0,
    });
    expect(found({ shop: [...well.shop, fulfilment('1', 'T3')] })).toMatchObject({ duplicated: 1 });
  });
  test('a fulfilment with other quantities than the shipment', () => {
    expect(
      found({ shop: [placed('1'), placed('2'), fulfilment('1', 'T1'), fulfilment('1', 'T2', 1)] }).kinds,
    ).toEqual(['wrong-fulfilment']);
  });
  test('a cancelled order that the ERP still carries', () => {
    expect(
      found({ shop: [...well.shop, [3, 'order.cancelled', '2', { reason: 'CUSTOMER' }]] }),
    ).toMatchObject({ amiss: 1, kinds: ['cancelled-left-open'] });
  });
  test('an order that the ERP got before anybody paid', () => {
    expect(
      found({
        shop: [
          placed('1'),
          placed('2', { financial: 'PENDING' }),
          fulfilment('1', 'T1'),
          fulfilment('1', 'T2'),
        ],
      }).kinds,
    ).toEqual(['released-unpaid']);
  });
  test('a test order that got through', () => {
    expect(
      found({
        shop: [placed('1'), placed('2', { test: true }), fulfilment('1', 'T1'), fulfilment('1', 'T2')],
      }).kinds,
    ).toEqual(['test-order-got-through', 'test-order-got-through']);
  });
  test('an order that no shop ever had', () => {
    expect(found({ erp: [...well.erp, ...sale('9', 99)] }).kinds).toEqual(['from-nowhere']);
  });
});

test('what was taken back in time is cancelled, and what was never paid is waited for', () => {
  const cancelled: Line = [3, 'order.cancelled', '2', { reason: 'CUSTOMER' }];
  expect(
    found({
      shop: [...well.shop, cancelled],
      erp: [...well.erp, [4, 'sale.cancelled', key('2'), { sale: 72 }]],
    }),
  ).toMatchObject({ cancelled: 1, amiss: 0, delivered: 1 });
  expect(found({ shop: [placed('3', { financial: 'PENDING' })], erp: [], crm: record('3') })).toMatchObject({
    waiting: 1,
    lost: 0,
  });
});

test('the time until an order is paid is not ours', () => {
  const shop: readonly Line[] = [
    placed('1', { financial: 'PENDING' }),
    [1, 'order.paid', '1', { amount: '30.00' }],
  ];
  expect(found({ shop, erp: sale('1', 71), crm: record('1') }).p50Ms).toBe(1_000);
});

test('that an order stands still excuses what is missing, and never what is there twice', () => {
  expect(found({ erp: sale('1', 71), shop: [placed('1'), placed('2')] }, ['2'])).toMatchObject({
    lost: 0,
    parked: 1,
    kinds: [],
  });
  expect(found({ erp: [...well.erp, ...sale('2', 73)] }, ['2'])).toMatchObject({ duplicated: 1, parked: 0 });
});

test('a percentile is the nearest rank, and nothing has none', () => {
  expect([percentile([5, 1, 4, 2, 3], 0.5), percentile([5, 1, 4, 2, 3], 0.99), percentile([], 0.5)]).toEqual([
    3,
    5,
    null,
  ]);
});

describe('an ERP that is NetSuite is read the same way', () => {
  const netsuiteKey = (id: string): string => `SO-shop_3a${id}`;
  const order = (id: string, number: string, total = '30.00'): Line => [
    1,
    'salesOrder.created',
    netsuiteKey(id),
    { id: number, status: 'B', total },
  ];
  const fulfilled = (id: string, number: string, order: string): Line => [
    5,
    'itemFulfillment.created',
    netsuiteKey(id),
    { id: number, order, status: 'C', lines: [{ line: 1, quantity: '2' }] },
  ];
  const netsuite = [
    order('1', '71'),
    order('2', '72'),
    fulfilled('1', '81', '71'),
    fulfilled('1', '82', '71'),
  ];

  test('what arrived is delivered', () => {
    expect(found({ erp: netsuite })).toMatchObject({
      erp: 2,
      lost: 0,
      duplicated: 0,
      amiss: 0,
      shipments: 2,
    });
  });

  test('a second order is double, one taken back is not, and the last total counts', () => {
    const again = order('2', '73');
    expect(found({ erp: [...netsuite, again] })).toMatchObject({ duplicated: 1 });
    const closed: Line = [2, 'salesOrder.closed', netsuiteKey('2'), { id: '73' }];
    expect(found({ erp: [...netsuite, again, closed] })).toMatchObject({ duplicated: 0, amiss: 0 });
    const rounded: Line = [
      2,
      'salesOrder.changed',
      netsuiteKey('2'),
      { id: '72', status: 'B', total: '30.01' },
    ];
    expect(found({ erp: [...netsuite, rounded] })).toMatchObject({ amiss: 1 });
  });

  test('an order that waits for approval is not in the hands of the warehouse', () => {
    const waiting: Line = [
      1,
      'salesOrder.created',
      netsuiteKey('2'),
      { id: '72', status: 'A', total: '30.00' },
    ];
    expect(found({ erp: [netsuite[0]!, ...netsuite.slice(2), waiting] })).toMatchObject({ lost: 1 });
  });
});
