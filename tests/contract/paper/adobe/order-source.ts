import { z } from 'zod';
import { currencySchema } from '#canonical/money.ts';
import { idText, numeric, optionalText } from '../reading.ts';

/** Fields of the REST order that the mapping reads; what else comes goes along unread. Numbers as exact-json.ts gives them. */
export const addressSource = z.looseObject({
  firstname: optionalText,
  lastname: optionalText,
  company: optionalText,
  street: z.array(z.string()),
  city: optionalText,
  region: optionalText,
  region_code: optionalText,
  postcode: optionalText,
  country_id: z.string().length(2),
  telephone: optionalText,
  email: optionalText,
});
export type AddressSource = z.infer<typeof addressSource>;

export const itemSource = z.looseObject({
  item_id: idText,
  parent_item_id: idText.nullish(),
  product_type: z.string(),
  product_id: idText.nullish(),
  sku: z.string(),
  name: z.string(),
  qty_ordered: numeric,
  qty_shipped: numeric,
  qty_canceled: numeric,
  qty_refunded: numeric,
  price: numeric,
  base_price: numeric,
  row_total: numeric,
  base_row_total: numeric,
  discount_amount: numeric,
  base_discount_amount: numeric,
  tax_percent: numeric,
  tax_amount: numeric,
  base_tax_amount: numeric,
  is_virtual: z.union([z.literal(0), z.literal(1)]),
});
export type ItemSource = z.infer<typeof itemSource>;

export const orderSource = z.looseObject({
  entity_id: idText,
  increment_id: z.string().min(1),
  state: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  base_currency_code: currencySchema,
  order_currency_code: currencySchema,
  store_id: idText,
  store_name: optionalText,
  customer_is_guest: z.union([z.literal(0), z.literal(1)]),
  customer_id: idText.nullish(),
  customer_email: optionalText,
  customer_firstname: optionalText,
  customer_lastname: optionalText,
  coupon_code: optionalText,
  discount_description: optionalText,
  applied_rule_ids: optionalText,
  discount_amount: numeric,
  base_discount_amount: numeric,
  subtotal: numeric,
  base_subtotal: numeric,
  tax_amount: numeric,
  base_tax_amount: numeric,
  grand_total: numeric,
  base_grand_total: numeric,
  total_due: numeric,
  base_total_due: numeric,
  total_paid: numeric.nullish(),
  shipping_amount: numeric,
  base_shipping_amount: numeric,
  shipping_tax_amount: numeric,
  base_shipping_tax_amount: numeric,
  shipping_discount_amount: numeric,
  base_shipping_discount_amount: numeric,
  shipping_description: optionalText,
  items: z.array(itemSource).min(1),
  billing_address: addressSource,
  payment: z.looseObject({ method: z.string() }),
  extension_attributes: z.looseObject({
    shipping_assignments: z
      .array(z.looseObject({ shipping: z.looseObject({ address: addressSource, method: z.string() }) }))
      .max(1),
    gift_cards_amount: numeric.nullish(),
    base_gift_cards_amount: numeric.nullish(),
  }),
});
export type OrderSource = z.infer<typeof orderSource>;
