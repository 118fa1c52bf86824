import { describe, expect, test } from 'vitest';
import { decimal } from './decimal.ts';
import { allIn, euros, plainLine, plainOrder } from './fixtures/plain-order.ts';
import { money } from './money.ts';
import { orderProblems } from './order-invariants.ts';
import { type Order, orderSchema } from './order.ts';
import type { TaxLine } from './tax.ts';

const paths = (order: Order) => orderProblems(order).map(({ path }) => path);
const one = decimal('1');

const tax = (amountMinor: number, change: Partial<TaxLine> = {}): TaxLine => ({
  title: 'VAT',
  jurisdiction: 'DE',
  component: 'vat',
  code: null,
  rate: decimal('0.19'),
  base: null,
  amount: euros(amountMinor),
  included: false,
  exemption: null,
  liable: 'merchant',
  ...change,
});
const grand = (amountMinor: number): Partial<Order['totals']> => ({
  grand: euros(amountMinor),
  original: euros(amountMinor),
});

test('an order without contradiction has no problem, and the right shape', () => {
  expect(orderSchema.parse(plainOrder())).toEqual(plainOrder());
  expect(orderProblems(plainOrder())).toEqual([]);
});

describe('lines', () => {
  test('two lines cannot have one id', () => {
    const order = plainOrder({ lines: [plainLine('a', 2, 1000), plainLine('a', 1, 500)] });
    expect(orderProblems(order)).toEqual([{ path: 'lines[1].id', message: '"a" names two lines' }]);
  });

  test('a parent is a line of the order, and no line is its own ancestor', () => {
    const orphan = plainOrder({
      lines: [plainLine('a', 2, 1000, { parentId: 'gone' }), plainLine('b', 1, 500)],
    });
    expect(orderProblems(orphan)).toEqual([
      { path: 'lines[0].parentId', message: 'there is no line "gone"' },
    ]);
    const ring = plainOrder({
      lines: [plainLine('a', 2, 1000, { parentId: 'b' }), plainLine('b', 1, 500, { parentId: 'a' })],
    });
    expect(paths(ring)).toEqual(['lines[0].parentId', 'lines[1].parentId']);
  });

  const bundle = (parentCharged: boolean, childCharged: boolean) =>
    plainOrder({
      lines: [
        plainLine('set', 1, 2500, { kind: 'bundle', charged: parentCharged }),
        plainLine('part', 1, 2500, { parentId: 'set', charged: childCharged }),
      ],
    });

  test('of a bundle and its components, exactly one side is charged', () => {
    expect(paths(bundle(true, false))).toEqual([]);
    expect(paths(bundle(false, true))).toEqual([]);
    expect(paths(bundle(true, true))).toContain('lines[0].charged');
    expect(paths(bundle(false, false))).toContain('lines[0].charged');
  });

  test('a line that is not charged carries neither tax nor discount', () => {
    const order = bundle(true, false);
    const lines = order.lines.map((line) => (line.charged ? line : { ...line, taxes: [tax(100)] }));
    expect(paths({ ...order, lines })).toContain('lines[1].charged');
  });

  test('an allocation points at a discount of the order', () => {
    const discounts = [{ discountId: 'summer', amount: euros(100) }];
    const order = plainOrder(
      { lines: [plainLine('a', 2, 1000, { discounts }), plainLine('b', 1, 500)] },
      { discounts: euros(100), ...grand(2800) },
    );
    expect(orderProblems(order)).toEqual([
      { path: 'lines[0].discounts[0].discountId', message: 'there is no discount "summer"' },
    ]);
    const summer = {
      id: 'summer',
      kind: 'code',
      code: 'SUMMER',
      title: null,
      value: { type: 'unstated' },
      target: 'line',
    } as const;
    expect(paths({ ...order, discounts: [summer] })).toEqual([]);
    expect(paths({ ...order, discounts: [summer, summer] })).toEqual(['discounts[1].id']);
  });
});

describe('quantities', () => {
  const line = (change: Parameters<typeof plainLine>[3]) =>
    paths(plainOrder({ lines: [plainLine('a', 2, 1000, change), plainLine('b', 1, 500)] }));

  test('every piece stands in exactly one bucket', () => {
    expect(line({ quantities: { ...allIn('open', one), shipped: one } })).toEqual([]);
    expect(line({ quantities: allIn('open', one) })).toEqual(['lines[0].quantities']);
    expect(line({ quantities: { ...allIn('open', decimal('2')), shipped: one } })).toEqual([
      'lines[0].quantities',
    ]);
  });

  test('what was returned counts a second time, and left before', () => {
    expect(line({ quantities: { ...allIn('delivered', decimal('2')), returned: one } })).toEqual([]);
    expect(line({ quantities: { ...allIn('open', decimal('2')), returned: one } })).toEqual([
      'lines[0].quantities.returned',
    ]);
  });

  test('a line that an edit added was ordered 0 times at first', () => {
    const added = plainLine('c', 0, 700, { current: one, quantities: allIn('open', one) });
    const order = plainOrder(
      { lines: [...plainOrder().lines, added] },
      { lines: euros(3200), grand: euros(3600), outstanding: euros(3600) },
    );
    expect(orderProblems(order)).toEqual([]);
  });

  test('none is negative: a return is a record of its own', () => {
    const minus = decimal('-1');
    expect(line({ ordered: minus, current: minus, quantities: allIn('open', minus) })).toEqual(
      expect.arrayContaining(['lines[0].ordered', 'lines[0].current', 'lines[0].quantities.open']),
    );
  });

  test('weighed goods count in fractions', () => {
    const quantity = decimal('0.42');
    expect(
      line({
        unit: 'KGM',
        ordered: quantity,
        current: quantity,
        quantities: { ...allIn('open', decimal('0.3')), shipped: decimal('0.12') },
      }),
    ).toEqual([]);
  });
});

describe('payments and fulfilment', () => {
  const transaction = (id: string, parentId: string | null): Order['payment']['transactions'][number] => ({
    id,
    ref: { connection: 'shop', type: 'OrderTransaction', id },
    parentId,
    kind: 'capture',
    status: 'succeeded',
    method: 'card',
    instrument: 'card',
    amount: euros(2900),
    settlement: null,
    at: '2026-11-24T10:00:00.000Z',
    expiresAt: null,
    gatewayReference: null,
    error: null,
    test: false,
    extensions: {},
  });

  test('a transaction hangs below one that is there', () => {
    const paid = (...transactions: Order['payment']['transactions']) =>
      paths(plainOrder({ payment: { state: 'paid', transactions } }));
    expect(paid(transaction('auth', null), transaction('cap', 'auth'))).toEqual([]);
    expect(paid(transaction('cap', 'auth'))).toEqual(['payment.transactions[0].parentId']);
    expect(paid(transaction('cap', 'cap'))).toEqual(['payment.transactions[0].parentId']);
    expect(paid(transaction('cap', null), transaction('cap', null))).toEqual(['payment.transactions[1].id']);
    expect(paid({ ...transaction('cap', null), amount: euros(-1) })).toEqual([
      'payment.transactions[0].amount',
    ]);
  });

  test('what is shipped, refunded or to be fulfilled is a line of the order', () => {
    const refund = {
      id: 'r',
      ref: { connection: 'shop', type: 'Refund', id: 'r' },
      at: '2026-11-24T10:00:00.000Z',
      note: null,
      lines: [
        {
          lineId: 'x',
          quantity: one,
          restock: 'returned',
          location: null,
          subtotal: euros(0),
          tax: euros(0),
        },
      ],
      adjustments: [],
      transactionIds: ['t'],
      extensions: {},
    } as const;
    const order = plainOrder({
      refunds: [{ ...refund, lines: [...refund.lines], adjustments: [], transactionIds: ['t'] }],
    });
    expect(paths(order)).toEqual(['refunds[0].transactionIds[0]', 'refunds[0].lines[0].lineId']);
  });
});

describe('totals', () => {
  test('the parts come to the grand total', () => {
    const order = plainOrder({}, { ...grand(2800) });
    expect(orderProblems(order)).toEqual([
      { path: 'totals.grand.shop', message: '28.00 EUR, but the parts come to 29.00 EUR' },
      { path: 'totals.grand.presentment', message: '28.00 EUR, but the parts come to 29.00 EUR' },
    ]);
  });

  test('a difference is a rounding, not another tax', () => {
    expect(paths(plainOrder({}, { rounding: euros(-100), ...grand(2800) }))).toEqual([]);
  });

  const lines = (included: boolean) => [
    plainLine('a', 2, 1000, { taxes: [tax(380, { included })] }),
    plainLine('b', 1, 500),
  ];

  test('a tax that comes on top adds to the total; one that prices contain does not', () => {
    expect(paths(plainOrder({ lines: lines(false) }, { tax: euros(380), ...grand(3280) }))).toEqual([]);
    expect(
      paths(plainOrder({ lines: lines(true), taxesIncluded: true }, { tax: euros(380), ...grand(2900) })),
    ).toEqual([]);
    expect(
      paths(plainOrder({ lines: lines(true), taxesIncluded: true }, { tax: euros(380), ...grand(3280) })),
    ).toContain('totals.grand.shop');
  });

  test('where some taxes are included and some on top, the source may say how much', () => {
    const mixed = plainOrder(
      { lines: lines(true), taxesIncluded: true },
      { tax: euros(480), taxIncluded: euros(380), ...grand(3000) },
    );
    expect(paths(mixed)).toEqual(['totals.tax.shop', 'totals.tax.presentment']);
  });

  test('duties, fees and tips add to the total; included duties do not', () => {
    const duty = [{ harmonizedCode: '610910', countryOfOrigin: 'CN', amount: euros(50), taxes: [] }];
    const extra = [
      plainLine('a', 2, 1000, { duties: duty }),
      plainLine('b', 1, 500),
      plainLine('gift-wrap', 1, 300, { kind: 'fee' }),
      plainLine('thanks', 1, 200, { kind: 'tip' }),
    ];
    const totals = { duties: euros(50), fees: euros(300), tips: euros(200) };
    expect(paths(plainOrder({ lines: extra }, { ...totals, ...grand(3450) }))).toEqual([]);
    expect(paths(plainOrder({ lines: extra, dutiesIncluded: true }, { ...totals, ...grand(3400) }))).toEqual(
      [],
    );
    expect(paths(plainOrder({ lines: extra }, { ...totals, fees: euros(0), ...grand(3150) }))).toContain(
      'totals.fees.shop',
    );
  });

  test('lines, allocations, shipping and taxes sum to their totals while nothing has changed', () => {
    expect(paths(plainOrder({}, { lines: euros(2400), rounding: euros(100) }))).toEqual([
      'totals.lines.shop',
      'totals.lines.presentment',
    ]);
    expect(paths(plainOrder({}, { shipping: euros(300), rounding: euros(100) }))).toEqual([
      'totals.shipping.shop',
      'totals.shipping.presentment',
    ]);
    expect(paths(plainOrder({}, { discounts: euros(100), rounding: euros(100) }))).toEqual([
      'totals.discounts.shop',
      'totals.discounts.presentment',
    ]);
    expect(paths(plainOrder({}, { original: euros(3000) }))).toEqual([
      'totals.original.shop',
      'totals.original.presentment',
    ]);
  });

  test('tax rounded by line and by document may differ by a cent each', () => {
    expect(paths(plainOrder({ lines: lines(false) }, { tax: euros(381), ...grand(3281) }))).toEqual([]);
    expect(paths(plainOrder({ lines: lines(false) }, { tax: euros(382), ...grand(3282) }))).toContain(
      'totals.tax.shop',
    );
  });

  test('an edited order is held to its equation only, since its lines say what was first ordered', () => {
    const edited = plainOrder(
      {
        lines: [
          plainLine('a', 2, 1000, { current: one, quantities: { ...allIn('open', one), cancelled: one } }),
          plainLine('b', 1, 500),
        ],
      },
      { lines: euros(1500), grand: euros(1900) },
    );
    expect(paths(edited)).toEqual([]);
  });

  test('shop and presentment currency cannot be mixed in one document', () => {
    const subtotal = { shop: money('shop', 'USD', 500), presentment: money('presentment', 'EUR', 500) };
    const order = plainOrder({ lines: [plainLine('a', 2, 1000), plainLine('b', 1, 500, { subtotal })] });
    expect(orderProblems(order)).toEqual([
      { path: 'lines[1].subtotal.shop', message: "USD, but the order's shop currency is EUR" },
    ]);
  });
});
