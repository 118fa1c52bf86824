import type { Discount, DiscountAllocation } from '#canonical/discount.ts';
import type { SourceAllocation, SourceDiscount } from '../source/source-order.ts';

const kinds: Readonly<Record<string, Discount['kind']>> = {
  discount_code: 'code',
  automatic: 'automatic',
  manual: 'manual',
  script: 'script',
};

/** Shopify numbers an order's discounts; allocations point at the number. */
const discountId = (index: number): string => `discount-${index}`;

export function canonicalDiscount(discount: SourceDiscount): Discount {
  const { type, amount } = discount.value;
  return {
    id: discountId(discount.index),
    kind: kinds[discount.kind] ?? 'other',
    code: discount.code,
    title: discount.title,
    value: type === 'percentage' ? { type, percent: amount } : { type, amount },
    target: discountTarget(discount),
  };
}

function discountTarget({ targetType, targetSelection }: SourceDiscount): Discount['target'] {
  if (targetType === 'shipping_line') return 'shipping';
  return targetSelection === 'all' ? 'order' : 'line';
}

export const canonicalAllocations = (allocations: readonly SourceAllocation[]): DiscountAllocation[] =>
  allocations.map(({ discountIndex, amount }) => ({ discountId: discountId(discountIndex), amount }));
