import type { Decimal } from '#canonical/decimal.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import {
  type OrderLine,
  type QuantityBucket,
  type Quantities,
  quantityBuckets,
} from '#canonical/order-line.ts';
import type { Refund } from '#canonical/payment.ts';
import { isPositive, larger, minus, plus, smaller, zero } from './quantity.ts';

const noQuantities = Object.fromEntries(quantityBuckets.map((bucket) => [bucket, zero])) as Quantities;

/** What is known of one line's goods. Quantities in the line's unit. */
export type LineFacts = {
  readonly moved: ReadonlyMap<Shipment['status'], Decimal>;
  /** Refunded other than by cancelling: it left, or is still to leave, all the same. */
  readonly refunded: Decimal;
  readonly returned: Decimal;
  /** What is left of it is called off. */
  readonly cancelled: boolean;
  readonly held: Decimal;
  /** Waits for its day. */
  readonly preOrdered: Decimal;
  /** Not found in stock. */
  readonly short: Decimal;
  readonly released: boolean;
  readonly reserved: boolean;
};

export type LineQuantities = {
  readonly quantities: Quantities;
  /** Still to be delivered or delivered; what was cancelled is not in it. */
  readonly live: Decimal;
  /** Has not left yet. */
  readonly unshipped: Decimal;
  /** Went out beyond what was ordered. */
  readonly excess: Decimal;
  /** Left, or is leaving, although an edit had taken it away. */
  readonly unwanted: Decimal;
};

/** Where goods of a shipment in this state are; the most advanced first, which is the order in which a line's quantity is given out. */
const bucketOf: Readonly<Record<Exclude<Shipment['status'], 'cancelled'>, QuantityBucket>> = {
  delivered: 'delivered',
  collected: 'collected',
  shipped: 'shipped',
  undeliverable: 'shipped',
  'ready-for-pickup': 'readyForPickup',
  packed: 'picked',
  picked: 'picked',
  planned: 'allocated',
};

const movingStates = (Object.keys(bucketOf) as (keyof typeof bucketOf)[]).filter(
  (state) => state !== 'planned',
);

/** Buckets whose goods have left the stock that can be sold. */
const goneBuckets = ['shipped', 'collected', 'delivered'] as const satisfies readonly QuantityBucket[];

/**
 * Splits a line's quantity into its buckets, exactly: they sum to the quantity ordered (or, after an edit that added, to the
 * present one); `returned` counts a second time what was shipped.
 */
export function lineQuantities(line: OrderLine, facts: LineFacts): LineQuantities {
  const whole = larger(line.ordered, line.current);
  const quantities = { ...noQuantities };
  let room = whole;
  const put = (bucket: QuantityBucket, wanted: Decimal): Decimal => {
    if (wanted === zero || room === zero) return zero;
    const placed = smaller(larger(wanted, zero), room);
    quantities[bucket] = plus(quantities[bucket], placed);
    room = minus(room, placed);
    return placed;
  };

  let excess = zero;
  let gone = zero;
  for (const state of movingStates) {
    const wanted = facts.moved.get(state);
    if (wanted === undefined) continue;
    const placed = put(bucketOf[state], wanted);
    excess = plus(excess, minus(wanted, placed));
    if (goneBuckets.some((bucket) => bucket === bucketOf[state])) gone = plus(gone, placed);
  }

  const moving = minus(whole, room);
  const kept = smaller(whole, plus(line.current, smaller(facts.refunded, gone)));
  const live = larger(moving, facts.cancelled ? zero : kept);
  put('cancelled', minus(whole, live));
  // What is only planned yields to an edit and to a cancellation: nobody has touched it yet.
  put('allocated', facts.moved.get('planned') ?? zero);
  put('held', facts.held);
  put('preOrdered', facts.preOrdered);
  // Short is short, whoever has the order.
  if (facts.reserved) put('backordered', facts.short);
  if (facts.released) put('released', room);
  if (facts.reserved) put('allocated', room);
  put('open', room);
  // A refund may be heard of before the shipment that it follows.
  quantities.returned = smaller(facts.returned, gone);
  const unwanted = facts.cancelled ? zero : larger(zero, minus(moving, kept));
  return { quantities, live, unshipped: minus(live, gone), excess, unwanted };
}

/**
 * A bundle's or configurable line's own quantity stands, whole, where all of its components stand; until they agree it is open.
 * It is never picked itself, hence has nothing to ship.
 */
export function parentQuantities(line: OrderLine, children: readonly Quantities[]): LineQuantities {
  const quantities = { ...noQuantities };
  const agreed = quantityBuckets.find(
    (bucket) => children.length > 0 && children.every((child) => isOnly(child, bucket)),
  );
  const whole = larger(line.ordered, line.current);
  quantities[agreed ?? 'open'] = whole;
  return { quantities, live: line.current, unshipped: zero, excess: zero, unwanted: zero };
}

function isOnly(quantities: Quantities, bucket: QuantityBucket): boolean {
  return quantityBuckets.every(
    (other) => other === bucket || other === 'returned' || !isPositive(quantities[other]),
  );
}

/** What refunds took of a line, by whether goods came back. A cancelling refund is no refund of goods: it shows in `current`. */
export function refundedQuantities(
  refunds: readonly Refund[],
  lineId: string,
): { readonly refunded: Decimal; readonly returned: Decimal } {
  let [refunded, returned] = [zero, zero];
  for (const line of refunds.flatMap(({ lines }) => lines)) {
    if (line.lineId !== lineId || line.restock === 'cancelled') continue;
    refunded = plus(refunded, line.quantity);
    if (line.restock === 'returned') returned = plus(returned, line.quantity);
  }
  return { refunded, returned };
}
