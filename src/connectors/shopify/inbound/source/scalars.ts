import Big from 'big.js';
import { z } from 'zod';
import { type Decimal, decimal } from '#canonical/decimal.ts';
import { type MoneyBag, moneyFromDecimal } from '#canonical/money.ts';
import { idOfGid } from '../../gid.ts';

/** A record's number. It is text when it is beyond 2^53 (json-lossless.ts), so both come as text from here. */
export const idSchema = z
  .union([z.string().regex(/^\d+$/, 'must be a number'), z.int().nonnegative()])
  .transform(String);

/** A global id of one type, reduced to its number. */
export const gidSchema = (type: string) =>
  z.string().transform((text, context) => {
    const id = idOfGid(type, text);
    if (id !== null) return id;
    context.addIssue({ code: 'custom', message: `must be a gid://shopify/${type}/... id` });
    return z.NEVER;
  });

/** A timestamp with any offset, as an instant in UTC with milliseconds. Webhooks carry the shop's offset. */
export const instantSchema = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString());

/** Text that may be missing; blank counts as missing, since Shopify writes both. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === undefined || text.trim() === '' ? null : text));

/** A rate or a percentage: a JSON number or text, taken by its digits and without trailing zeros (`"10.0"` = `10`). */
export const exactNumber = z.union([z.number(), z.string()]).transform((value, context): Decimal => {
  try {
    return decimal(new Big(value).toFixed());
  } catch {
    context.addIssue({ code: 'custom', message: 'must be an exact decimal' });
    return z.NEVER;
  }
});

type StatedMoney = { readonly amount: string; readonly currency: string };

/** Both amounts of a bag in minor units, or an issue at the amount that does not fit its currency. */
function bagOf(
  shop: StatedMoney,
  presentment: StatedMoney,
  names: readonly [string, string],
  context: z.core.$RefinementCtx,
): MoneyBag {
  const read = <T>(stated: StatedMoney, name: string, make: () => T): T => {
    try {
      return make();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message, path: [name, 'amount'], input: stated.amount });
      return z.NEVER;
    }
  };
  return {
    shop: read(shop, names[0], () => moneyFromDecimal('shop', shop.currency, shop.amount)),
    presentment: read(presentment, names[1], () =>
      moneyFromDecimal('presentment', presentment.currency, presentment.amount),
    ),
  };
}

const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code');
const restMoney = z.object({ amount: z.string(), currency_code: currency });

/** `{ shop_money, presentment_money }` of a webhook. */
export const restBag = z
  .object({ shop_money: restMoney, presentment_money: restMoney })
  .transform((bag, context) =>
    bagOf(
      { amount: bag.shop_money.amount, currency: bag.shop_money.currency_code },
      { amount: bag.presentment_money.amount, currency: bag.presentment_money.currency_code },
      ['shop_money', 'presentment_money'],
      context,
    ),
  );

const graphqlMoney = z.object({ amount: z.string(), currencyCode: currency });

/** `MoneyBag` of the Admin API. */
export const graphqlBag = z
  .object({ shopMoney: graphqlMoney, presentmentMoney: graphqlMoney })
  .transform((bag, context) =>
    bagOf(
      { amount: bag.shopMoney.amount, currency: bag.shopMoney.currencyCode },
      { amount: bag.presentmentMoney.amount, currency: bag.presentmentMoney.currencyCode },
      ['shopMoney', 'presentmentMoney'],
      context,
    ),
  );

export const currencyCode = currency;
