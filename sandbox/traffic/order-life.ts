import type { OrderInput } from '#connectors/shopify/emulator/order-input.ts';
import type { SeededRandom } from '#connector-testkit/seeded-random.ts';
import { happens } from './draw.ts';
import type { LifeEvent } from './planned-order.ts';
import type { ShopProfile } from './shop-profile.ts';

const reasons = ['CUSTOMER', 'INVENTORY', 'FRAUD', 'OTHER'] as const;

/**
 * What happens to an order after it was placed. Who pays later may change the order first; who cancels does so at once (the ERP
 * may not have it yet), after some seconds (the ERP has it, the warehouse has not begun), or while the warehouse picks. Nobody does both.
 */
export function lifeOf(random: SeededRandom, profile: ShopProfile, input: OrderInput): readonly LifeEvent[] {
  const { shares } = profile;
  const [early, late, edited] = [
    happens(random, shares.cancelledEarly),
    happens(random, shares.cancelledLate),
    happens(random, shares.editedEarly),
  ];
  const reason = random.pick(reasons);
  const cancelAfterMs = early ? random.between(20, 250) : random.between(1_200, 2_200);
  const payAfterMs = random.between(1_500, 3_500);
  // Drawn only where a profile has them, so that the others make the same orders as ever.
  const draws = (share: number): boolean => share > 0 && happens(random, share);
  const [editedLate, racing] = [draws(shares.editedLate), draws(shares.cancelledRacing)];
  if (racing && !early && !late)
    return [
      ...(input.payment === 'authorized' ? [{ kind: 'pay', afterMs: payAfterMs } as const] : []),
      { kind: 'cancel', afterMs: Math.max(payAfterMs + 100, random.between(2_600, 6_800)), reason },
    ];
  if (early || late) return [{ kind: 'cancel', afterMs: cancelAfterMs, reason }];
  if (input.payment !== 'pending') {
    const changes = editedLate ? lateEditOf(random, profile, input) : [];
    return [
      ...changes,
      ...(input.payment === 'authorized' ? [{ kind: 'pay', afterMs: payAfterMs } as const] : []),
    ];
  }
  // Whoever has terms may pay weeks later: half of them within what a demonstration lasts.
  const pays = input.netDays === undefined || happens(random, 0.5);
  const edits = edited && input.netDays === undefined ? editOf(random, profile, input) : [];
  return [...edits, ...(pays ? [{ kind: 'pay', afterMs: payAfterMs } as const] : [])];
}

/**
 * Changed when the ERP may have it: before the capture of what was authorised one more or one less, of what is paid one piece less
 * (a paid order that grows is another story, of a second payment).
 */
function lateEditOf(random: SeededRandom, profile: ShopProfile, input: OrderInput): readonly LifeEvent[] {
  if (input.payment === 'authorized')
    return editOf(random, profile, input).map((event) => ({ ...event, afterMs: random.between(700, 1_400) }));
  const afterMs = random.between(300, 5_000);
  return onePieceLess(input, afterMs);
}

/** Changed before the payment, hence before the ERP has it: one piece less, or an untaxed extra. */
function editOf(random: SeededRandom, profile: ShopProfile, input: OrderInput): readonly LifeEvent[] {
  const afterMs = random.between(300, 900);
  const less = onePieceLess(input, afterMs);
  if (less.length > 0) return less;
  const [extra] = profile.articles.filter(({ sku }) => input.lines.every((line) => line.sku !== sku));
  return extra === undefined
    ? []
    : [
        {
          kind: 'add',
          afterMs,
          line: { sku: extra.sku, title: extra.title, price: extra.price, grams: extra.grams },
        },
      ];
}

function onePieceLess({ lines }: OrderInput, afterMs: number): readonly LifeEvent[] {
  const several = lines.find(({ sku, quantity = 1, bundle }) => sku && quantity > 1 && bundle === undefined);
  return several?.sku ? [{ kind: 'remove', afterMs, sku: several.sku, quantity: 1 }] : [];
}
