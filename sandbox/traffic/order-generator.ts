import type { OrderInput } from '#connectors/shopify/emulator/order-input.ts';
import { type SeededRandom, seededRandom } from '#connector-testkit/seeded-random.ts';
import { basket } from './basket.ts';
import { type Buyer, companyBuyer, privateBuyer } from './buyers.ts';
import { happens, weighted } from './draw.ts';
import { lifeOf } from './order-life.ts';
import type { PlannedOrder } from './planned-order.ts';
import type { ShopProfile } from './shop-profile.ts';

/** The order with this number of a seed: the same for ever, whatever was generated before it. Pure. */
export function planOrder(seed: number, index: number, profiles: readonly ShopProfile[]): PlannedOrder {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const profile = weighted(random, profiles);
  const input = orderInput(random, profile);
  return { index, retailer: profile.retailer, input, life: lifeOf(random, profile, input) };
}

function orderInput(random: SeededRandom, profile: ShopProfile): OrderInput {
  const { shares } = profile;
  const buyer = buyerOf(random, profile);
  const { place, ...who } = buyer;
  const isCompany = buyer.company !== undefined;
  const isPos = !isCompany && happens(random, shares.pos);
  const presentment = presentmentOf(random, profile, isCompany || isPos);
  const shipping = profile.shipping[Math.floor(random.next() ** 2 * profile.shipping.length)];
  return {
    ...who,
    currency: profile.currency,
    ...(presentment !== null && { presentmentCurrency: presentment.currency, rate: presentment.rate }),
    taxesIncluded: profile.taxesIncluded,
    ...(place.tax !== null && { taxTitle: place.tax.title }),
    lines: basket(random, profile, place),
    shipping:
      isPos || shipping === undefined
        ? null
        : {
            ...shipping,
            ...(place.tax?.shipping && shipping.price !== '0.00' && { taxRate: place.tax.rate }),
          },
    ...discountOf(random, profile),
    ...paymentOf(random, profile, isCompany, isPos),
    ...(happens(random, shares.tip) && { tip: random.pick(['2.00', '5.00', '7.50']) }),
    test: happens(random, shares.test),
    sourceName: isPos ? 'pos' : 'web',
    ...(happens(random, 0.1) && {
      note: random.pick(['Please leave with a neighbour', 'Gift, no invoice in the parcel']),
    }),
  };
}

function buyerOf(random: SeededRandom, profile: ShopProfile): Buyer {
  if (happens(random, profile.shares.company))
    return companyBuyer(random, profile, random.pick(profile.companies));
  return privateBuyer(random, profile, happens(random, profile.shares.guest));
}

/** The currency the buyer sees and pays in, where it is not the shop's. */
function presentmentOf(
  random: SeededRandom,
  profile: ShopProfile,
  isDomestic: boolean,
): ShopProfile['presentments'][number] | null {
  let left = random.next();
  const found = profile.presentments.find(({ share }) => (left -= share) < 0);
  return isDomestic ? null : (found ?? null);
}

function discountOf(
  random: SeededRandom,
  { shares, codes, automatic }: ShopProfile,
): Pick<OrderInput, 'discount'> {
  const [hasCode, isAutomatic, code] = [
    happens(random, shares.code),
    happens(random, shares.automatic),
    random.pick(codes),
  ];
  if (hasCode) return { discount: code };
  return isAutomatic && automatic !== null ? { discount: automatic } : {};
}

function paymentOf(
  random: SeededRandom,
  { shares, gateways }: ShopProfile,
  isOnTerms: boolean,
  isPos: boolean,
): Pick<OrderInput, 'payment' | 'gateway'> {
  const [later, card, authorized, gateway] = [
    happens(random, shares.paidLater),
    happens(random, shares.giftCardUsed),
    happens(random, shares.authorized),
    random.pick(gateways),
  ];
  if (isOnTerms) return { payment: 'pending' };
  if (isPos) return { payment: 'paid', gateway: later ? 'cash' : gateway };
  if (later) return { payment: 'pending' };
  if (card) return { payment: 'paid', gateway: 'gift_card' };
  return { payment: authorized ? 'authorized' : 'paid', gateway };
}
