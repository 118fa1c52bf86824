import { z } from 'zod';
import {
  currencyCode,
  exactNumber,
  gidSchema,
  idSchema,
  instantSchema,
  optionalText,
  restBag,
} from './scalars.ts';

/**
 * The part of a webhook body that we read (REST-shaped JSON, amounts as text, enums in lower case). Numbers may have been
 * rounded by whoever passed them on; the global id beside them is exact, so it wins (`exactId`).
 */
const ids = (type: string) => ({ id: idSchema, admin_graphql_api_id: gidSchema(type).nullish() });

/** The exact id of a parsed record. */
export const exactId = (record: {
  readonly id: string;
  readonly admin_graphql_api_id?: string | null | undefined;
}): string => record.admin_graphql_api_id ?? record.id;

const optionalInstant = instantSchema.nullish().transform((at) => at ?? null);
const optionalId = idSchema.nullish().transform((id) => id ?? null);
const optionalBag = restBag.nullish().transform((bag) => bag ?? null);
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const tax = z.object({
  title: z.string().trim().min(1),
  rate: exactNumber,
  price_set: restBag,
  channel_liable: z.boolean().nullish(),
});
const allocation = z.object({ amount_set: restBag, discount_application_index: z.int().nonnegative() });
const attribute = z.object({ name: z.string().trim().min(1), value: z.unknown() });

/** The bag of a duty stands in `price_set`, or (as the reference shows it) its two halves stand in the duty itself. */
const withPriceSet = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || 'price_set' in value || !('shop_money' in value))
    return value;
  const halves = value as { shop_money: unknown; presentment_money?: unknown };
  return {
    ...value,
    price_set: { shop_money: halves.shop_money, presentment_money: halves.presentment_money },
  };
};
const dutyFields = z.object({
  harmonized_system_code: optionalText,
  country_code_of_origin: optionalText,
  price_set: restBag,
  tax_lines: list(tax),
});
const duty = z.preprocess(withPriceSet, dutyFields);

const line = z.object({
  ...ids('LineItem'),
  title: z.string().trim().min(1),
  variant_title: optionalText,
  sku: optionalText,
  variant_id: optionalId,
  product_id: optionalId,
  vendor: optionalText,
  quantity: z.int().nonnegative(),
  current_quantity: z.int().nonnegative(),
  fulfillable_quantity: z.int().nonnegative(),
  gift_card: z.boolean(),
  taxable: z.boolean(),
  requires_shipping: z.boolean(),
  grams: z.int().nonnegative().nullish(),
  price_set: restBag,
  discount_allocations: list(allocation),
  tax_lines: list(tax),
  duties: list(duty),
  properties: list(attribute),
  sales_line_item_group_id: optionalId,
});

const group = z.object({
  id: idSchema,
  title: z.string().trim().min(1),
  quantity: z.int().nonnegative(),
  variant_sku: optionalText,
  variant_id: optionalId,
  product_id: optionalId,
});

const shippingLine = z.object({
  id: idSchema,
  code: optionalText,
  title: z.string().trim().min(1),
  carrier_identifier: optionalText,
  is_removed: z.boolean().nullish(),
  price_set: restBag,
  discounted_price_set: restBag,
  /** Absent in 2026-07 and before. */
  current_discounted_price_set: optionalBag,
  discount_allocations: list(allocation),
  tax_lines: list(tax),
});

const discount = z.object({
  type: z.enum(['discount_code', 'automatic', 'manual', 'script']),
  code: optionalText,
  title: optionalText,
  description: optionalText,
  value: exactNumber,
  value_type: z.enum(['percentage', 'fixed_amount']),
  target_type: z.enum(['line_item', 'shipping_line']),
  target_selection: z.enum(['all', 'entitled', 'explicit']),
});

export const restAddressSchema = z.object({
  name: optionalText,
  first_name: optionalText,
  last_name: optionalText,
  company: optionalText,
  address1: optionalText,
  address2: optionalText,
  city: optionalText,
  province: optionalText,
  province_code: optionalText,
  zip: optionalText,
  country_code: optionalText,
  phone: optionalText,
});

const customer = z.object({
  ...ids('Customer'),
  email: optionalText,
  verified_email: z.boolean().nullish(),
  phone: optionalText,
  first_name: optionalText,
  last_name: optionalText,
});

const paymentTerms = z.object({
  payment_terms_name: optionalText,
  payment_terms_type: z.string().trim().min(1),
  due_in_days: z.int().nonnegative().nullish(),
  payment_schedules: list(z.object({ due_at: optionalInstant })),
});

/** A fulfilment, alone (fulfillments/create) or inside an order. */
export const restFulfillment = z.object({
  ...ids('Fulfillment'),
  order_id: optionalId,
  name: optionalText,
  status: z.enum(['pending', 'open', 'success', 'cancelled', 'error', 'failure']),
  shipment_status: optionalText,
  created_at: instantSchema,
  updated_at: instantSchema,
  location_id: optionalId,
  tracking_company: optionalText,
  tracking_number: optionalText,
  tracking_numbers: list(z.string()),
  tracking_url: optionalText,
  tracking_urls: list(z.string()),
  line_items: list(
    z.object({
      ...ids('LineItem'),
      sku: optionalText,
      quantity: z.int().nonnegative(),
      requires_shipping: z.boolean().nullish(),
    }),
  ),
});

const refundAdjustment = z.object({
  kind: z.string().nullish(),
  reason: optionalText,
  amount_set: restBag,
  tax_amount_set: restBag,
});

const refund = z.object({
  ...ids('Refund'),
  created_at: instantSchema,
  processed_at: optionalInstant,
  note: optionalText,
  refund_line_items: list(
    z.object({
      line_item_id: idSchema,
      line_item: z.object(ids('LineItem')).nullish(),
      quantity: z.int().nonnegative(),
      restock_type: z.string(),
      location_id: optionalId,
      subtotal_set: restBag,
      total_tax_set: restBag,
    }),
  ),
  order_adjustments: list(refundAdjustment),
  refund_shipping_lines: list(z.object({ subtotal_amount_set: restBag, tax_amount_set: restBag })),
  transactions: list(z.object(ids('OrderTransaction'))),
});

/** An order as orders/create, orders/updated, orders/paid, orders/cancelled and orders/fulfilled carry it. */
export const restOrder = z.object({
  ...ids('Order'),
  name: z.string().trim().min(1),
  created_at: instantSchema,
  updated_at: instantSchema,
  processed_at: optionalInstant,
  cancelled_at: optionalInstant,
  cancel_reason: optionalText,
  closed_at: optionalInstant,
  test: z.boolean(),
  confirmed: z.boolean(),
  source_name: optionalText,
  source_identifier: optionalText,
  currency: currencyCode,
  presentment_currency: currencyCode,
  taxes_included: z.boolean(),
  duties_included: z.boolean().nullish(),
  tax_exempt: z.boolean().nullish(),
  financial_status: z.string().trim().min(1),
  email: optionalText,
  phone: optionalText,
  customer_locale: optionalText,
  customer: customer.nullish(),
  company: z.object({ id: idSchema, location_id: idSchema }).nullish(),
  billing_address: restAddressSchema.nullish(),
  shipping_address: restAddressSchema.nullish(),
  po_number: optionalText,
  payment_terms: paymentTerms.nullish(),
  payment_gateway_names: list(z.string()),
  note: optionalText,
  tags: z.string(),
  note_attributes: list(attribute),
  line_item_groups: list(group),
  line_items: z.array(line),
  shipping_lines: list(shippingLine),
  discount_applications: list(discount),
  fulfillments: list(restFulfillment),
  refunds: list(refund),
  total_price_set: restBag,
  current_total_price_set: restBag,
  current_total_discounts_set: restBag,
  current_total_tax_set: restBag,
  current_total_duties_set: optionalBag,
  current_total_additional_fees_set: optionalBag,
  total_tip_received: z.string(),
  total_outstanding: z.string(),
  total_cash_rounding_payment_adjustment_set: optionalBag,
  total_cash_rounding_refund_adjustment_set: optionalBag,
});
export type RestOrder = z.output<typeof restOrder>;
export type RestFulfillment = z.output<typeof restFulfillment>;
export type RestLine = z.output<typeof line>;
export type RestShippingLine = z.output<typeof shippingLine>;
export type RestRefund = z.output<typeof refund>;
export type RestTax = z.output<typeof tax>;
export type RestAddress = z.output<typeof restAddressSchema>;
