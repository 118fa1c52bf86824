import { type MoneyBag, money } from '#canonical/money.ts';

/** Unit price x quantity, in whole minor units, so it is exact. @throws RangeError beyond 2^53 minor units */
export const multiplyBag = (price: MoneyBag, quantity: number): MoneyBag => ({
  shop: money('shop', price.shop.currency, price.shop.amountMinor * quantity),
  presentment: money('presentment', price.presentment.currency, price.presentment.amountMinor * quantity),
});
