import { type Decimal, decimal, divideDecimals, multiplyDecimals } from '#canonical/decimal.ts';
import type { MoneyBag } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import { isPositive, minus } from './quantity.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';
import { isCancelledInErp, isInErp, type OrderView } from './view.ts';

/** What should be paid by now, earlier payments included. Minor units of the presentment currency. */
export type Due = {
  readonly nowMinor: number;
  /** What an authorisation that can be captured only once is captured for, when it is its turn. */
  readonly wholeMinor: number;
  /** Nothing more will become due. */
  readonly isLast: boolean;
};

const nothing: Due = { nowMinor: 0, wholeMinor: 0, isLast: false };

/** What the retailer's rule says is due: all of it at one moment, or each shipment's part. */
export function captureDue(state: OrderState, view: OrderView, rules: OrderRules): Due {
  const wholeMinor = view.order.totals.grand.presentment.amountMinor;
  const shipped = shippedGoods(view);
  const isTest = view.order.test && rules.testOrders === 'reject';
  if (isTest || (view.cancelled !== null && shipped === 'none')) return nothing;
  const whole: Due = { nowMinor: wholeMinor, wholeMinor, isLast: true };
  switch (rules.payments.capture) {
    case 'storefront':
      return nothing;
    case 'order':
      return view.holds.length > 0 ? nothing : whole;
    case 'release':
      return isInErp(state) && !isCancelledInErp(state) ? whole : nothing;
    case 'shipment': {
      if (shipped === 'none') return nothing;
      if (shipped === 'all') return whole;
      return { nowMinor: Math.min(shippedMinor(view), wholeMinor), wholeMinor, isLast: false };
    }
  }
}

/** How much of what is still wanted has left. An order without goods to ship has nothing to wait for. */
export function shippedGoods({ structure, lines, cancelled }: OrderView): 'none' | 'some' | 'all' {
  const goods = structure.goods
    .flatMap(({ id }) => lines.get(id) ?? [])
    .filter(({ live }) => isPositive(live));
  if (goods.length === 0) return cancelled === null ? 'all' : 'none';
  if (!goods.some(({ unshipped }) => isPositive(unshipped))) return 'all';
  return goods.some(({ live, unshipped }) => isPositive(minus(live, unshipped))) ? 'some' : 'none';
}

/** The value of what has left: each line's share, rounded down, with carriage and whatever does not ship; the last shipment takes what is left. */
function shippedMinor(view: OrderView): number {
  const { order } = view;
  const lines = order.lines
    .filter(({ charged, current }) => charged && isPositive(current))
    .map((line) => shareMinor(lineMinor(line, order), line, view));
  const carriage = order.shipping.map(
    ({ price, discounts, taxes }) =>
      minor(price) - sumOf(discounts) + (order.taxesIncluded ? 0 : sumOf(taxes)),
  );
  return [...lines, ...carriage].reduce((sum, amount) => sum + amount, 0);
}

const minor = ({ presentment }: MoneyBag): number => presentment.amountMinor;
const sumOf = (parts: readonly { readonly amount: MoneyBag }[]): number =>
  parts.reduce((sum, { amount }) => sum + minor(amount), 0);

/** What the buyer pays for a line as first ordered. */
const lineMinor = (line: OrderLine, { taxesIncluded, dutiesIncluded }: Order): number =>
  minor(line.subtotal) -
  sumOf(line.discounts) +
  (taxesIncluded ? 0 : sumOf(line.taxes)) +
  (dutiesIncluded ? 0 : sumOf(line.duties));

/** Of a bundle, as much as its component of which the least has left. */
function shareMinor(wholeMinor: number, line: OrderLine, { structure, lines }: OrderView): number {
  const children = structure.childrenOf.get(line.id);
  if (children !== undefined) {
    const shares = children.map((child) => shareMinor(wholeMinor, child, { structure, lines } as OrderView));
    return Math.min(...shares);
  }
  const known = lines.get(line.id);
  if (!line.requiresShipping || known === undefined) return wholeMinor;
  return part(
    wholeMinor,
    minus(known.live, known.unshipped),
    isPositive(line.ordered) ? line.ordered : line.current,
  );
}

/** `amountMinor` x `quantity` / `of`, rounded down. */
function part(amountMinor: number, quantity: Decimal, of: Decimal): number {
  if (!isPositive(quantity) || !isPositive(of)) return 0;
  return Number(divideDecimals(multiplyDecimals(decimal(amountMinor), quantity), of, 0, 'down'));
}
