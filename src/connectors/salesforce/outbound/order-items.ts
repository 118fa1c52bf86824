import { compareDecimals, decimal, roundDecimal } from '#canonical/decimal.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine, ShippingLine } from '#canonical/order-line.ts';
import { isAsOrdered } from '#canonical/order-totals.ts';
import type { ChargeKind } from '../org-profile.ts';
import { caseSafe } from './external-id.ts';
import {
  type AmountView,
  asDecimal,
  lineGross,
  lineNet,
  minorOf,
  quantityIn,
  shownQuantity,
  sum,
  shownTaxOnTop,
  unitPriceOf,
} from './order-amounts.ts';
import { chargeProduct, lineProduct } from './order-products.ts';
import { computedAt, type RenderScope, text } from './render-scope.ts';
import type { Fields, FieldValue, ItemPlan, ProductPlan } from './request.ts';
import { standardLengths as max } from './standard-lengths.ts';

/** OrderItem.Quantity has two decimals. */
const quantityDigits = 2;
const none = decimal(0);

/** An item with the minor units it comes to. */
type Priced = {
  readonly item: ItemPlan;
  readonly amountMinor: number;
  /** what its unit price could not express */ readonly remainder: number;
};
/** Where items of one order are made. */
type ItemScope = RenderScope & {
  readonly order: Order;
  readonly orderKey: string;
  readonly view: AmountView;
};

/**
 * Everything that the total of the order is made of, as items whose sum is the source's total to the minor unit:
 * lines net of discounts, shipping, fees, tips, duties, taxes on top, and one item for what division and rounding leave.
 */
export function orderItems(
  renderScope: RenderScope,
  order: Order,
  orderKey: string,
  view: AmountView,
): readonly ItemPlan[] {
  const scope: ItemScope = { ...renderScope, order, orderKey, view };
  const { totals } = order;
  const taxed = scope.org.taxes === 'item';
  const onTop = computedAt(scope, 'order.totals.tax', () => shownTaxOnTop(view, order));
  const parts = [
    ...order.lines.flatMap((line, index) => lineItem(scope, line, `order.lines[${index}]`)),
    ...order.shipping.flatMap((line, index) => shippingItem(scope, line, `order.shipping[${index}]`)),
    ...charge(scope, 'fee', notInLines(scope, minorOf(view, totals.fees), 'fee'), 'order.totals.fees'),
    ...charge(scope, 'tip', notInLines(scope, minorOf(view, totals.tips), 'tip'), 'order.totals.tips'),
    ...charge(scope, 'duty', order.dutiesIncluded ? 0 : minorOf(view, totals.duties), 'order.totals.duties'),
    ...charge(scope, 'tax', taxed ? onTop : 0, 'order.totals.tax'),
  ];
  const owed = minorOf(view, order.cancelled === null ? totals.grand : totals.original) - (taxed ? 0 : onTop);
  const stated = minorOf(view, totals.rounding);
  const unexplained = computedAt(
    scope,
    'order.totals.grand',
    () => owed - stated - sum(parts.map((part) => part.amountMinor)),
  );
  const edited = !isAsOrdered(order);
  if (!edited && Math.abs(unexplained) > scope.org.toleranceMinor && scope.problems.length === 0) {
    scope.problems.push({
      path: 'order.totals.grand',
      message: `${amountText(view, owed)}, but the parts come to ${amountText(view, owed - unexplained)}`,
    });
  }
  const leftOver = computedAt(
    scope,
    'order.totals.rounding',
    () => stated + sum(parts.map((part) => part.remainder)) + (edited ? 0 : unexplained),
  );
  const all = [
    ...parts,
    ...charge(scope, 'rounding', leftOver, 'order.totals.rounding'),
    ...charge(scope, 'adjustment', edited ? unexplained : 0, 'order.totals.grand'),
  ].map((part) => part.item);
  refuseTwins(scope, all);
  return all;
}

const amountText = (view: AmountView, amountMinor: number): string =>
  `${asDecimal(view, amountMinor)} ${view.currency}`;

/** What of a total the lines of a kind do not charge already: it must not be charged twice. */
function notInLines(scope: ItemScope, total: number, kind: OrderLine['kind']): number {
  const lines = scope.order.lines.filter((line) => line.kind === kind);
  return Math.max(
    0,
    total -
      sum(
        lines.map((line) =>
          computedAt(scope, 'order.lines', () =>
            lineGross(scope.view, line, shownQuantity(scope.order, line)),
          ),
        ),
      ),
  );
}

function lineItem(scope: ItemScope, line: OrderLine, path: string): Priced[] {
  const { order, orderKey, view } = scope;
  const quantity = shownQuantity(order, line);
  if (compareDecimals(quantity, none) <= 0) return [];
  if (compareDecimals(quantity, roundDecimal(quantity, quantityDigits, 'down')) !== 0) {
    const message = `${quantity} has more than ${quantityDigits} decimals; an order product cannot hold it`;
    scope.problems.push({ path: `${path}.${order.cancelled === null ? 'current' : 'ordered'}`, message });
  }
  const amountMinor = computedAt(scope, `${path}.subtotal`, () => lineNet(view, line, quantity));
  const { unitPrice, remainder } = unitPriceOf(view, amountMinor, quantity);
  return [
    {
      amountMinor,
      remainder,
      item: {
        key: text(scope, `${orderKey}/line:${caseSafe(line.id)}`, max.externalId, `${path}.id`),
        product: lineProduct(scope, line, view, path),
        fields: {
          Quantity: { decimal: quantity },
          UnitPrice: { decimal: unitPrice },
          Description: text(scope, line.title, max.itemDescription, `${path}.title`),
          ...lineFields(scope, line, path),
        },
      },
    },
  ];
}

function shippingItem(scope: ItemScope, line: ShippingLine, path: string): Priced[] {
  const net =
    minorOf(scope.view, line.price) -
    sum(line.discounts.map((discount) => minorOf(scope.view, discount.amount)));
  if (net === 0) return [];
  const mapped =
    line.code === null ? null : scope.context.crosswalkOptional('item', `charge:shipping:${line.code}`);
  const product: ProductPlan =
    mapped === null ? chargeProduct(scope, 'shipping', path) : { key: mapped, create: null, listPrice: none };
  return [
    chargeItem(
      scope,
      product,
      `${scope.orderKey}/shipping:${caseSafe(line.id)}`,
      line.title,
      net,
      `${path}.title`,
    ),
  ];
}

function charge(scope: ItemScope, kind: ChargeKind, amountMinor: number, path: string): Priced[] {
  if (amountMinor === 0) return [];
  return [
    chargeItem(
      scope,
      chargeProduct(scope, kind, path),
      `${scope.orderKey}/charge:${kind}`,
      scope.org.charges[kind].name,
      amountMinor,
      path,
    ),
  ];
}

function chargeItem(
  scope: ItemScope,
  product: ProductPlan,
  key: string,
  title: string,
  amountMinor: number,
  path: string,
): Priced {
  const exact = computedAt(scope, path, () => amountMinor);
  const fields: Fields = {
    Quantity: { decimal: decimal(1) },
    UnitPrice: { decimal: asDecimal(scope.view, exact) },
    Description: text(scope, title, max.itemDescription, path),
  };
  return {
    amountMinor: exact,
    remainder: 0,
    item: { key: text(scope, key, max.externalId, path), product, fields },
  };
}

function lineFields(scope: ItemScope, line: OrderLine, path: string): Fields {
  const { view } = scope;
  const names = scope.org.itemFields;
  const amount = (name: string, amounts: readonly number[]): FieldValue => ({
    decimal: asDecimal(
      view,
      computedAt(scope, `${path}.${name}`, () => sum(amounts)),
    ),
  });
  const values: Record<keyof typeof names, FieldValue> = {
    sku: line.sku,
    variantTitle: line.variantTitle,
    discount: amount(
      'discounts',
      line.discounts.map((discount) => minorOf(view, discount.amount)),
    ),
    tax: amount(
      'taxes',
      line.taxes.map((tax) => minorOf(view, tax.amount)),
    ),
    shipped: { decimal: quantityIn(line, ['shipped', 'delivered', 'collected']) },
    returned: { decimal: quantityIn(line, ['returned']) },
  };
  return namedFields(names, values);
}

/** Values under the org's field names; those that the retailer did not name are left out. */
export function namedFields<K extends string>(
  names: Readonly<Record<K, string | null>>,
  values: Readonly<Record<K, FieldValue>>,
): Fields {
  const entries = Object.entries(names) as [K, string | null][];
  return Object.fromEntries(entries.flatMap(([key, name]) => (name === null ? [] : [[name, values[key]]])));
}

function refuseTwins(scope: RenderScope, items: readonly ItemPlan[]): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    if (seen.has(key))
      scope.problems.push({ path: 'order.lines', message: `two lines have the id of "${key}"` });
    seen.add(key);
  }
}
