import { type SeededRandom, seededRandom } from '#connector-testkit/seeded-random.ts';

/** Something that a buyer, a clerk or the payment provider does to an order at the storefront. */
export type LifeStep = {
  readonly atMs: number;
  readonly kind:
    | 'pay'
    | 'cancel'
    | 'hold'
    | 'unhold'
    | 'more'
    | 'less'
    | 'note'
    | 'bad-address'
    | 'good-address'
    | 'touch';
};

/** What will happen to one order, as far as that does not depend on us. Instants in milliseconds since the run began. */
export type OrderLife = {
  readonly id: string;
  /** Orders of one customer share an account, and some an address: hence conflict keys. */
  readonly customer: string;
  readonly address: string;
  readonly createdAtMs: number;
  readonly isPaidAtOnce: boolean;
  readonly startsWithBadAddress: boolean;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly steps: readonly LifeStep[];
  readonly erp: ErpLife;
};

/** What the ERP's people do with the order once it is there: delays in milliseconds, one after the other. */
export type ErpLife = {
  readonly confirmMs: number;
  readonly pickMs: number;
  readonly parts: number;
  readonly partMs: number;
  readonly deliverMs: number;
  readonly invoiceMs: number;
  readonly knowsLineIds: boolean;
};

/** What the orders of one run have in common. */
export type Market = {
  readonly customers: number;
  /** All come within a moment, and want the same goods. */
  readonly isRush: boolean;
};

/** Each order's life has a seed of its own, so that taking an order away leaves the others as they are. */
export function orderLife(seed: number, index: number, { customers, isRush }: Market): OrderLife {
  const random = seededRandom(seed * 1_000_003 + index * 97 + 3);
  const chance = (probability: number): boolean => random.next() < probability;
  const createdAtMs = random.between(0, isRush ? 800 : 6_000);
  const isPaidAtOnce = chance(0.6);
  const startsWithBadAddress = chance(0.1);
  const lines = Array.from({ length: random.between(1, 3) }, (_, line) => ({
    sku: `SKU-${isRush ? 1 : line + 1}`,
    quantity: random.between(1, 3),
  }));
  const steps: LifeStep[] = [];
  const later = (from: number, to: number): number => createdAtMs + random.between(from, to);
  for (let count = random.between(0, 3); count > 0; count -= 1)
    steps.push({ atMs: later(100, 20_000), kind: random.pick(['more', 'less', 'note', 'touch'] as const) });
  if (!isPaidAtOnce && chance(0.9)) steps.push({ atMs: later(500, 15_000), kind: 'pay' });
  if (chance(0.25)) {
    const atMs = later(0, 8_000);
    steps.push({ atMs, kind: 'hold' });
    if (chance(0.8)) steps.push({ atMs: atMs + random.between(500, 10_000), kind: 'unhold' });
  }
  if (startsWithBadAddress && chance(0.8)) steps.push({ atMs: later(2_000, 15_000), kind: 'good-address' });
  if (chance(0.35)) steps.push({ atMs: later(200, 25_000), kind: 'cancel' });
  return {
    id: String(1001 + index),
    customer: `customer-${index % customers}`,
    address: `address-${index % 3}`,
    createdAtMs,
    isPaidAtOnce,
    startsWithBadAddress,
    lines,
    steps: steps.toSorted((a, b) => a.atMs - b.atMs),
    erp: erpLife(random),
  };
}

function erpLife(random: SeededRandom): ErpLife {
  return {
    confirmMs: random.between(10, 3_000),
    pickMs: random.between(500, 15_000),
    parts: random.between(1, 3),
    partMs: random.between(50, 4_000),
    deliverMs: random.between(50, 5_000),
    invoiceMs: random.between(50, 3_000),
    knowsLineIds: random.next() < 0.5,
  };
}
