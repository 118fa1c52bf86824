import Big from 'big.js';
import { minorUnitDigits } from '#canonical/currency.ts';
import type { Bag, Money } from './records.ts';

/** How the emulated shop counts: exact decimals, rounded half up to the currency at each amount, as Shopify shows them. */
export type Currencies = { readonly shop: string; readonly presentment: string; readonly rate: string };

const rounded = (amount: Big, currencyCode: string): Money => ({
  amount: amount.toFixed(minorUnitDigits(currencyCode), Big.roundHalfUp),
  currencyCode,
});

/** A bag from an amount in the shop's currency. */
export const bagOf = (amount: Big | string, { shop, presentment, rate }: Currencies): Bag => {
  const shopMoney = rounded(new Big(amount), shop);
  return { shopMoney, presentmentMoney: rounded(new Big(shopMoney.amount).times(rate), presentment) };
};

/** Both amounts by the same calculation, each rounded to its own currency. */
export const mapBag = (bag: Bag, change: (amount: Big) => Big): Bag => ({
  shopMoney: rounded(change(new Big(bag.shopMoney.amount)), bag.shopMoney.currencyCode),
  presentmentMoney: rounded(change(new Big(bag.presentmentMoney.amount)), bag.presentmentMoney.currencyCode),
});

export const addBags = (a: Bag, b: Bag): Bag => ({
  shopMoney: rounded(new Big(a.shopMoney.amount).plus(b.shopMoney.amount), a.shopMoney.currencyCode),
  presentmentMoney: rounded(
    new Big(a.presentmentMoney.amount).plus(b.presentmentMoney.amount),
    a.presentmentMoney.currencyCode,
  ),
});

export const subtractBags = (a: Bag, b: Bag): Bag =>
  addBags(
    a,
    mapBag(b, (amount) => amount.times(-1)),
  );
export const sumBags = (zero: Bag, bags: readonly Bag[]): Bag => bags.reduce(addBags, zero);
