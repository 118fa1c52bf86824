import type { OrderInput } from '#connectors/shopify/emulator/order-input.ts';
import { seededRandom } from '#connector-testkit/seeded-random.ts';
import type { ShopProfile } from '../traffic/shop-profile.ts';
import { planOrder } from '../traffic/order-generator.ts';
import type { Day } from './day.ts';

/** What is special about an order: it overtakes, it is held by fraud control, its price was a mistake. */
export type Kind = 'standard' | 'urgent' | 'held' | 'mispriced';

/** The order with this number of a seed: a generated one, paid at once, with what the day makes of it. Pure. */
export function orderOfTheDay(
  seed: number,
  index: number,
  profile: ShopProfile,
  { shares }: Day,
  { canBeHeld }: { readonly canBeHeld: boolean },
): { readonly kind: Kind; readonly input: OrderInput } {
  const { netDays: _terms, ...input } = planOrder(seed, index, [profile]).input;
  const random = seededRandom(Math.imul(seed, 0x27d4eb2f) ^ Math.imul(index + 1, 0x165667b1));
  const draw = random.next();
  const isCollected = random.next() < 0.5;
  const kind = kindOf(draw, shares, canBeHeld);
  const sourceName = kind === 'urgent' && isCollected ? 'pos' : 'web';
  return {
    kind,
    input: {
      ...input,
      payment: 'paid',
      gateway: 'shopify_payments',
      test: false,
      sourceName,
      shipping: shippingOf(kind, isCollected),
    },
  };
}

function kindOf(draw: number, { urgent, held, mispriced }: Day['shares'], canBeHeld: boolean): Kind {
  if (draw < urgent) return 'urgent';
  if (draw < urgent + mispriced) return 'mispriced';
  return draw < urgent + mispriced + held && canBeHeld ? 'held' : 'standard';
}

function shippingOf(kind: Kind, isCollected: boolean): NonNullable<OrderInput['shipping']> {
  if (kind !== 'urgent') return { title: 'Standard', code: 'standard', price: '6.95' };
  return isCollected
    ? { title: 'Pick up in store', code: 'pickup', price: '0.00' }
    : { title: 'Express', code: 'express', price: '18.00' };
}
