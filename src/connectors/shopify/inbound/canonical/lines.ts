import { decimal } from '#canonical/decimal.ts';
import { moneyToDecimal } from '#canonical/money.ts';
import { type OrderLine, type Quantities, quantityBuckets } from '#canonical/order-line.ts';
import { shopifyRef } from '../../gid.ts';
import { multiplyBag } from '../source/line-subtotal.ts';
import type { SourceGroup, SourceLine, SourceOrder } from '../source/source-order.ts';
import { canonicalAllocations } from './discounts.ts';
import { lineQuantities } from './quantities.ts';
import { taxLines } from './taxes.ts';

/** Our id of a bundle's own line; Shopify's groups and lines have ids of their own kinds. */
const groupLineId = (id: string): string => `group-${id}`;

/** All lines: first each bundle's own line, which carries no price, then Shopify's lines in their order. */
export function canonicalLines(order: SourceOrder, connection: string): OrderLine[] {
  return [
    ...order.groups.map((group) => bundleLine(group, order, connection)),
    ...order.lines.map((line) => canonicalLine(line, order, connection)),
  ];
}

function canonicalLine(line: SourceLine, order: SourceOrder, connection: string): OrderLine {
  return {
    id: line.id,
    ref: shopifyRef(connection, 'LineItem', line.id),
    parentId: line.groupId === null ? null : groupLineId(line.groupId),
    kind: lineKind(line, order),
    charged: true,
    sku: line.sku,
    product: productRef(line, connection),
    title: line.title,
    variantTitle: line.variantTitle,
    unit: 'C62',
    ordered: decimal(line.quantity),
    current: decimal(line.currentQuantity),
    quantities: lineQuantities(line, order.fulfillments),
    promisedAt: null,
    unitPrice: {
      shop: moneyToDecimal(line.unitPrice.shop),
      presentment: moneyToDecimal(line.unitPrice.presentment),
      per: decimal('1'),
    },
    subtotal: line.subtotal,
    discounts: canonicalAllocations(line.allocations),
    taxes: taxLines(line.taxes, order.taxesIncluded),
    duties: line.duties.map((duty) => ({
      harmonizedCode: duty.harmonizedCode,
      countryOfOrigin: duty.countryOfOrigin,
      amount: duty.amount,
      taxes: taxLines(duty.taxes, order.dutiesIncluded),
    })),
    taxable: line.taxable,
    requiresShipping: line.requiresShipping,
    weightGrams: line.weightGrams,
    serialNumbers: [],
    attributes: line.attributes.map(({ name, value }) => ({ name, value })),
    extensions: line.vendor === null ? {} : { shopify: { vendor: line.vendor } },
  };
}

/**
 * Shopify marks a gift card, but not a tip: a tip is the line without a product, neither taxed nor shipped, that comes to the
 * order's tip total. Any other line without a product is a custom one.
 */
export function lineKind(line: SourceLine, order: SourceOrder): OrderLine['kind'] {
  if (line.giftCard) return 'gift-card';
  if (line.variantId !== null || line.productId !== null) return 'product';
  const tip = order.totals.tips.shop.amountMinor;
  const isTip = tip > 0 && !line.taxable && !line.requiresShipping && line.subtotal.shop.amountMinor === tip;
  return isTip ? 'tip' : 'custom';
}

function productRef(
  line: Pick<SourceLine, 'variantId' | 'productId'>,
  connection: string,
): OrderLine['product'] {
  if (line.variantId !== null) return shopifyRef(connection, 'ProductVariant', line.variantId);
  return line.productId === null ? null : shopifyRef(connection, 'Product', line.productId);
}

function bundleLine(group: SourceGroup, order: SourceOrder, connection: string): OrderLine {
  const parts = order.lines.filter(({ groupId }) => groupId === group.id);
  const gone = parts.length > 0 && parts.every(({ currentQuantity }) => currentQuantity === 0);
  const zero = multiplyBag(order.totals.current, 0);
  const none = Object.fromEntries(quantityBuckets.map((bucket) => [bucket, decimal('0')])) as Quantities;
  const quantity = decimal(group.quantity);
  return {
    id: groupLineId(group.id),
    ref: { connection, type: 'LineItemGroup', id: group.id },
    parentId: null,
    kind: 'bundle',
    charged: false,
    sku: group.sku,
    product: productRef(group, connection),
    title: group.title,
    variantTitle: null,
    unit: 'C62',
    ordered: quantity,
    current: gone ? decimal('0') : quantity,
    // What of a bundle moves are its parts; its own units stay open until all of them are gone.
    quantities: { ...none, [gone ? 'cancelled' : 'open']: quantity },
    promisedAt: null,
    unitPrice: {
      shop: moneyToDecimal(zero.shop),
      presentment: moneyToDecimal(zero.presentment),
      per: decimal('1'),
    },
    subtotal: zero,
    discounts: [],
    taxes: [],
    duties: [],
    taxable: false,
    requiresShipping: false,
    weightGrams: null,
    serialNumbers: [],
    attributes: [],
    extensions: {},
  };
}
