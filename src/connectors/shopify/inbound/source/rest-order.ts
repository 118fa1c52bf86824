import type { MoneyBag } from '#canonical/money.ts';
import { money, moneyFromDecimal } from '#canonical/money.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { sourceAddress } from './address.ts';
import { assertOneCurrencyPerRole } from './currencies.ts';
import { multiplyBag } from './line-subtotal.ts';
import { restSourceFulfillment } from './rest-fulfillment.ts';
import { restSourceRefund } from './rest-refund.ts';
import {
  exactId,
  type RestAddress,
  type RestLine,
  type RestOrder,
  restOrder,
  type RestShippingLine,
  type RestTax,
} from './rest-schema.ts';
import type {
  SourceAddress,
  SourceLine,
  SourceOrder,
  SourceShippingLine,
  SourceTax,
} from './source-order.ts';

/** A webhook's order, or why the body does not carry the whole of it, so that it must be read. */
export type RestReading =
  | { readonly kind: 'whole'; readonly order: SourceOrder }
  | { readonly kind: 'part'; readonly id: string; readonly updatedAt: string; readonly lacks: string };

/** Reads an order from a webhook body. @throws UnmappableError */
export function readRestOrder(body: unknown): RestReading {
  const rest = parseWith(restOrder, body);
  assertOneCurrencyPerRole(rest, { shop: rest.currency, presentment: rest.presentment_currency });
  const part = (lacks: string): RestReading => ({
    kind: 'part',
    id: exactId(rest),
    updatedAt: rest.updated_at,
    lacks,
  });

  if (rest.company) return part('company-name'); // a webhook names a company by its id alone
  const known = new Set(rest.line_item_groups.map(({ id }) => id));
  const unnamed = (line: RestLine) =>
    line.sales_line_item_group_id !== null && !known.has(line.sales_line_item_group_id);
  if (rest.line_items.some(unnamed)) return part('line-item-group');
  const outstanding = bothCurrencies(rest, 'total_outstanding');
  const tips = bothCurrencies(rest, 'total_tip_received');
  if (outstanding === null || tips === null) return part('presentment-amount');
  return { kind: 'whole', order: sourceOrder(rest, outstanding, tips) };
}

function sourceOrder(rest: RestOrder, outstanding: MoneyBag, tips: MoneyBag): SourceOrder {
  const customer = rest.customer ?? null;
  const terms = rest.payment_terms ?? null;
  return {
    id: exactId(rest),
    name: rest.name,
    createdAt: rest.created_at,
    updatedAt: rest.updated_at,
    processedAt: rest.processed_at ?? rest.created_at,
    cancelledAt: rest.cancelled_at,
    cancelReason: rest.cancel_reason,
    closedAt: rest.closed_at,
    test: rest.test,
    confirmed: rest.confirmed,
    sourceName: rest.source_name,
    sourceIdentifier: rest.source_identifier,
    shopCurrency: rest.currency,
    presentmentCurrency: rest.presentment_currency,
    taxesIncluded: rest.taxes_included,
    dutiesIncluded: rest.duties_included ?? false,
    taxExempt: rest.tax_exempt ?? false,
    financialStatus: rest.financial_status,
    email: rest.email,
    phone: rest.phone,
    locale: rest.customer_locale,
    customer: customer && {
      id: exactId(customer),
      email: customer.email,
      emailVerified: customer.verified_email ?? false,
      phone: customer.phone,
      firstName: customer.first_name,
      lastName: customer.last_name,
    },
    company: null,
    billingAddress: rest.billing_address ? restAddress(rest.billing_address) : null,
    shippingAddress: rest.shipping_address ? restAddress(rest.shipping_address) : null,
    poNumber: rest.po_number,
    paymentTerms: terms && {
      type: terms.payment_terms_type,
      name: terms.payment_terms_name,
      dueInDays: terms.due_in_days ?? null,
      dueAt: terms.payment_schedules[0]?.due_at ?? null,
    },
    paymentGateways: rest.payment_gateway_names.filter((name) => name.trim() !== ''),
    note: rest.note,
    tags: rest.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    attributes: rest.note_attributes.map(attribute),
    groups: rest.line_item_groups.map((group) => ({
      id: group.id,
      title: group.title,
      quantity: group.quantity,
      sku: group.variant_sku,
      variantId: group.variant_id,
      productId: group.product_id,
    })),
    lines: rest.line_items.map(sourceLine),
    shippingLines: rest.shipping_lines.map(shippingLine),
    discounts: rest.discount_applications.map((discount, index) => ({
      index,
      kind: discount.type,
      code: discount.code,
      title: discount.title ?? discount.description,
      value: { type: discount.value_type === 'percentage' ? 'percentage' : 'fixed', amount: discount.value },
      targetType: discount.target_type,
      targetSelection: discount.target_selection,
    })),
    fulfillments: rest.fulfillments.map(restSourceFulfillment),
    refunds: rest.refunds.map(restSourceRefund),
    totals: {
      original: rest.total_price_set,
      current: rest.current_total_price_set,
      currentDiscounts: rest.current_total_discounts_set,
      currentTax: rest.current_total_tax_set,
      currentDuties: rest.current_total_duties_set,
      currentFees: rest.current_total_additional_fees_set,
      tips,
      outstanding,
      cashRoundingOfPayments: rest.total_cash_rounding_payment_adjustment_set,
      cashRoundingOfRefunds: rest.total_cash_rounding_refund_adjustment_set,
    },
  };
}

/**
 * Two sums of a webhook come in the shop's currency alone. The buyer's amount is known when there is one currency, when it is
 * nothing, or when it equals a total that comes in both; else null: it is never converted.
 */
function bothCurrencies(rest: RestOrder, field: 'total_outstanding' | 'total_tip_received'): MoneyBag | null {
  let shop: MoneyBag['shop'];
  try {
    shop = moneyFromDecimal('shop', rest.currency, rest[field]);
  } catch (error) {
    throw unmappable(field, error instanceof Error ? error.message : String(error));
  }
  const buyer = rest.presentment_currency;
  if (buyer === rest.currency || shop.amountMinor === 0) {
    return { shop, presentment: money('presentment', buyer, shop.amountMinor) };
  }
  const inBoth = [rest.current_total_price_set, rest.total_price_set];
  return inBoth.find((bag) => bag.shop.amountMinor === shop.amountMinor) ?? null;
}

const taxLine = (tax: RestTax): SourceTax => ({
  title: tax.title,
  rate: tax.rate,
  amount: tax.price_set,
  channelLiable: tax.channel_liable ?? false,
});

const allocation = (stated: RestLine['discount_allocations'][number]) => ({
  discountIndex: stated.discount_application_index,
  amount: stated.amount_set,
});

const attribute = ({ name, value }: { name: string; value?: unknown }) => ({
  name,
  value: typeof value === 'string' ? value : (JSON.stringify(value ?? '') ?? '').replace(/^""$/, ''),
});

function sourceLine(line: RestLine): SourceLine {
  return {
    id: exactId(line),
    groupId: line.sales_line_item_group_id,
    title: line.title,
    variantTitle: line.variant_title,
    sku: line.sku,
    variantId: line.variant_id,
    productId: line.product_id,
    vendor: line.vendor,
    quantity: line.quantity,
    currentQuantity: line.current_quantity,
    unfulfilledQuantity: line.fulfillable_quantity,
    giftCard: line.gift_card,
    taxable: line.taxable,
    requiresShipping: line.requires_shipping,
    weightGrams: line.grams ?? null,
    unitPrice: line.price_set,
    subtotal: multiplyBag(line.price_set, line.quantity),
    allocations: line.discount_allocations.map(allocation),
    taxes: line.tax_lines.map(taxLine),
    duties: line.duties.map((duty) => ({
      harmonizedCode: duty.harmonized_system_code,
      countryOfOrigin: duty.country_code_of_origin,
      amount: duty.price_set,
      taxes: duty.tax_lines.map(taxLine),
    })),
    attributes: line.properties.map(attribute),
  };
}

function shippingLine(line: RestShippingLine): SourceShippingLine {
  return {
    id: line.id,
    code: line.code,
    title: line.title,
    carrier: line.carrier_identifier,
    removed: line.is_removed ?? false,
    price: line.price_set,
    discounted: line.discounted_price_set,
    currentDiscounted: line.current_discounted_price_set ?? line.discounted_price_set,
    allocations: line.discount_allocations.map(allocation),
    taxes: line.tax_lines.map(taxLine),
  };
}

/** A postal address of a webhook. */
export const restAddress = (rest: RestAddress): SourceAddress =>
  sourceAddress({
    name: rest.name,
    firstName: rest.first_name,
    lastName: rest.last_name,
    company: rest.company,
    address1: rest.address1,
    address2: rest.address2,
    city: rest.city,
    province: rest.province,
    provinceCode: rest.province_code,
    zip: rest.zip,
    countryCode: rest.country_code,
    phone: rest.phone,
  });
