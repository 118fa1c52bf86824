import { decimal } from '#canonical/decimal.ts';
import { type Quantities, quantityBuckets } from '#canonical/order-line.ts';
import type { SourceFulfillment, SourceLine } from '../source/source-order.ts';
import { shipmentState } from './shipment-state.ts';

const bucketOf = {
  'ready-for-pickup': 'readyForPickup',
  collected: 'collected',
  delivered: 'delivered',
} as const;

/**
 * Where a line's units stand, from three numbers of Shopify: ordered, still there after edits and refunds (`current`) and not yet
 * fulfilled (`unfulfilled`), and from what its fulfilments carry. What is neither open nor fulfilled was cancelled; what was fulfilled
 * and is no longer there was returned. The buckets always sum to the quantity ordered (`returned` apart).
 */
export function lineQuantities(line: SourceLine, fulfillments: readonly SourceFulfillment[]): Quantities {
  const open = Math.min(line.unfulfilledQuantity, line.currentQuantity);
  let left = line.quantity - open;
  const gone = { shipped: 0, readyForPickup: 0, collected: 0, delivered: 0 };
  for (const [index, fulfillment] of fulfillments.entries()) {
    const state = shipmentState(fulfillment, `fulfillments[${index}].`);
    if (state === 'cancelled' || state === 'planned') continue;
    const bucket = state in bucketOf ? bucketOf[state as keyof typeof bucketOf] : 'shipped';
    for (const item of fulfillment.lines) {
      const units = item.lineId === line.id ? Math.min(item.quantity, left) : 0;
      gone[bucket] += units;
      left -= units;
    }
  }
  const fulfilled = line.quantity - open - left;
  const returned = Math.min(fulfilled, Math.max(0, line.quantity - line.currentQuantity - left));
  const counted: Partial<Record<keyof Quantities, number>> = { open, ...gone, cancelled: left, returned };
  return Object.fromEntries(
    quantityBuckets.map((bucket) => [bucket, decimal(counted[bucket] ?? 0)]),
  ) as Quantities;
}
