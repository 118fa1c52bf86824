import type { OrderInput } from '#connectors/shopify/emulator/order-input.ts';
import type { SeededRandom } from '#connector-testkit/seeded-random.ts';
import { happens } from './draw.ts';
import type { LifeEvent } from './planned-order.ts';
import type { ShopProfile } from './shop-profile.ts';

const reasons = ['CUSTOMER', 'INVENTORY', 'FRAUD', 'OTHER'] as const;

/**
 * What happens to an order after it was placed. Who pays later may change the order first; who cancels does so at once (the ERP
 * may not have it yet) or after some seconds (the ERP has it, the warehouse has not begun). Nobody does both.
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
  if (early || late) return [{ kind: 'cancel', afterMs: cancelAfterMs, reason }];
  if (input.payment !== 'pending') {
    return input.payment === 'authorized' ? [{ kind: 'pay', afterMs: payAfterMs }] : [];
  }
  // Whoever has terms may pay weeks later: half of them within what a demonstration lasts.
  const pays = input.netDays === undefined || happens(random, 0.5);
  const edits = edited && input.netDays === undefined ? editOf(random, profile, input) : [];
  return [...edits, ...(pays ? [{ kind: 'pay', afterMs: payAfterMs } as const] : [])];
}

/** Changed before the payment, hence before the ERP has it: one piece less, or an untaxed extra. */
function editOf(random: SeededRandom, profile: ShopProfile, { lines }: OrderInput): readonly LifeEvent[] {
  const afterMs = random.between(300, 900);
  const several = lines.find(({ sku, quantity = 1, bundle }) => sku && quantity > 1 && bundle === undefined);
  if (several?.sku) return [{ kind: 'remove', afterMs, sku: several.sku, quantity: 1 }];
  const [extra] = profile.articles.filter(({ sku }) => lines.every((line) => line.sku !== sku));
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
