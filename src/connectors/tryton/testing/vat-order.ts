import { type Decimal, decimal } from '#canonical/decimal.ts';
import { type MoneyBag, money, moneyFromDecimal, sumMoney } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { TaxLine } from '#canonical/tax.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';

/** A line of a shop with prices including 20 % VAT. Amounts in pence, gross. */
export type VatLine = {
  readonly sku: string;
  readonly quantity?: string;
  readonly grossMinor: number;
  readonly discountMinor?: number;
};

export type VatOrderSpec = {
  readonly id: string;
  readonly lines?: readonly VatLine[];
  readonly shippingMinor?: number;
  readonly customer?: string | null;
  readonly email?: string;
  /** What the source rounded its own total by. */
  readonly roundingMinor?: number;
  readonly with?: Partial<Order>;
};

const bag = (amountMinor: number): MoneyBag => ({
  shop: money('shop', 'GBP', amountMinor),
  presentment: money('presentment', 'GBP', amountMinor),
});

/** The VAT inside a gross amount, rounded half up as most shops do; never from floats beyond whole pence. */
const vatWithin = (grossMinor: number): number => Math.round(grossMinor / 6);

function vat(grossMinor: number): TaxLine {
  const amount = vatWithin(grossMinor);
  return {
    title: 'VAT',
    jurisdiction: 'GB',
    component: 'vat',
    code: null,
    rate: decimal('0.2'),
    base: null,
    amount: bag(amount),
    included: true,
    exemption: null,
    liable: 'merchant',
  };
}

/** An order of a UK shop that taxes each line by itself, as shops do. */
export function vatOrder(spec: VatOrderSpec): Order {
  const lines = spec.lines ?? [{ sku: 'MUG-RED', quantity: '2', grossMinor: 1200 }];
  const shipping = spec.shippingMinor ?? 0;
  const base = buildOrder({
    id: spec.id,
    lines: lines.map(({ sku, quantity = '1', grossMinor }) => ({ sku, quantity, price: pounds(grossMinor) })),
    ...(shipping > 0 && { shipping: pounds(shipping) }),
  });
  const orderLines = base.lines.map((line, index) => {
    const { discountMinor = 0 } = lines[index] as VatLine;
    const gross = line.subtotal.presentment.amountMinor - discountMinor;
    return {
      ...line,
      taxes: [vat(gross)],
      discounts: discountMinor === 0 ? [] : [{ discountId: 'd1', amount: bag(discountMinor) }],
    };
  });
  const shippingLines = base.shipping.map((line) => ({ ...line, taxes: [vat(shipping)] }));
  const discounts = lines.reduce((sum, { discountMinor = 0 }) => sum + discountMinor, 0);
  const tax = sumMoney(
    'presentment',
    'GBP',
    [...orderLines, ...shippingLines].flatMap(({ taxes }) => taxes.map(({ amount }) => amount.presentment)),
  ).amountMinor;
  const grand = base.totals.grand.presentment.amountMinor - discounts + (spec.roundingMinor ?? 0);
  const person = base.soldTo.party?.kind === 'person' ? base.soldTo.party : null;
  const party =
    person === null
      ? null
      : {
          ...person,
          email: spec.email ?? person.email,
          ref:
            spec.customer === null
              ? null
              : { connection: 'shop', type: 'Customer', id: spec.customer ?? '77' },
        };
  return {
    ...base,
    soldTo: { party, address: null },
    lines: orderLines,
    shipping: shippingLines,
    totals: {
      ...base.totals,
      tax: bag(tax),
      discounts: bag(discounts),
      rounding: bag(spec.roundingMinor ?? 0),
      grand: bag(grand),
      original: bag(grand),
      outstanding: bag(0),
    },
    ...spec.with,
  };
}

const pounds = (minor: number): Decimal =>
  decimal(`${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, '0')}`);

/** Pence of a total as Tryton prints it. */
export const pence = (printed: string): number => moneyFromDecimal('presentment', 'GBP', printed).amountMinor;
