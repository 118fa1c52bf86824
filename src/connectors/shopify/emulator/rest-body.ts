import type {
  AddressRecord,
  AllocationRecord,
  Bag,
  FulfillmentRecord,
  LineRecord,
  Money,
  OrderRecord,
  RefundRecord,
  TaxRecord,
  TransactionRecord,
} from './records.ts';

/** Webhook bodies: REST-shaped, amounts as text, ids as JSON numbers even beyond 2^53, timestamps in the shop's offset. */
const rawNumber = /"@number:(\d+)"/g;
const numberOf = (gid: string): string => `@number:${gid.slice(gid.lastIndexOf('/') + 1)}`;
export const bodyText = (body: object): string => JSON.stringify(body).replaceAll(rawNumber, '$1');

/** The shop's clock: UTC-05:00, so that nobody mistakes the text for UTC. */
const local = (at: string | null): string | null => {
  if (at === null) return null;
  return `${new Date(Date.parse(at) - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`;
};
const money = ({ amount, currencyCode }: Money) => ({ amount, currency_code: currencyCode });
const bag = (both: Bag) => ({
  shop_money: money(both.shopMoney),
  presentment_money: money(both.presentmentMoney),
});
const both = (name: string, value: Bag) => ({ [name]: value.shopMoney.amount, [`${name}_set`]: bag(value) });
const lower = (text: string | null): string | null => text?.toLowerCase() ?? null;
const ids = (gid: string) => ({ id: numberOf(gid), admin_graphql_api_id: gid });

const tax = (record: TaxRecord) => ({
  title: record.title,
  rate: record.rate,
  channel_liable: record.channelLiable,
  ...both('price', record.priceSet),
});
const allocation = (record: AllocationRecord) => ({
  ...both('amount', record.allocatedAmountSet),
  discount_application_index: record.discountApplication.index,
});
const address = (record: AddressRecord | null) =>
  record && {
    first_name: record.firstName,
    last_name: record.lastName,
    name: record.name,
    company: record.company,
    address1: record.address1,
    address2: record.address2,
    city: record.city,
    province: record.province,
    province_code: record.provinceCode,
    zip: record.zip,
    country_code: record.countryCodeV2,
    phone: record.phone,
  };

const line = (record: LineRecord) => ({
  ...ids(record.id),
  title: record.title,
  variant_title: record.variantTitle,
  name: record.title,
  sku: record.sku,
  vendor: record.vendor,
  variant_id: record.variant && numberOf(record.variant.id),
  product_id: record.product && numberOf(record.product.id),
  quantity: record.quantity,
  current_quantity: record.currentQuantity,
  fulfillable_quantity: record.unfulfilledQuantity,
  gift_card: record.isGiftCard,
  taxable: record.taxable,
  requires_shipping: record.requiresShipping,
  grams: record.weight?.value ?? 0,
  sales_line_item_group_id: record.lineItemGroup && numberOf(record.lineItemGroup.id),
  ...both('price', record.originalUnitPriceSet),
  discount_allocations: record.discountAllocations.map(allocation),
  tax_lines: record.taxLines.map(tax),
  duties: record.duties.map((duty) => ({
    harmonized_system_code: duty.harmonizedSystemCode,
    country_code_of_origin: duty.countryCodeOfOrigin,
    ...bag(duty.price),
    tax_lines: duty.taxLines.map(tax),
  })),
  properties: record.customAttributes.map(({ key, value }) => ({ name: key, value })),
});

export const fulfillmentBody = (record: FulfillmentRecord, order: OrderRecord) => ({
  ...ids(record.id),
  order_id: numberOf(order.id),
  name: record.name,
  status: lower(record.status),
  // Webhooks leave it empty until a carrier said something; the Admin API says FULFILLED.
  shipment_status: record.displayStatus === 'FULFILLED' ? null : lower(record.displayStatus),
  created_at: local(record.createdAt),
  updated_at: local(record.updatedAt),
  location_id: record.location && numberOf(record.location.id),
  service: 'manual',
  tracking_company: record.trackingInfo[0]?.company ?? null,
  tracking_number: record.trackingInfo[0]?.number ?? null,
  tracking_numbers: record.trackingInfo.flatMap(({ number }) => number ?? []),
  tracking_url: record.trackingInfo[0]?.url ?? null,
  tracking_urls: record.trackingInfo.flatMap(({ url }) => url ?? []),
  line_items: record.fulfillmentLineItems.map(({ quantity, lineItem }) => ({ ...line(lineItem), quantity })),
});

/** One amount in the buyer's currency and no bag, as Shopify sends it. */
export const transactionBody = (record: TransactionRecord, order: OrderRecord) => ({
  ...ids(record.id),
  order_id: numberOf(order.id),
  parent_id: record.parentTransaction && numberOf(record.parentTransaction.id),
  kind: lower(record.kind),
  status: lower(record.status),
  gateway: record.gateway,
  manual_payment_gateway: record.manualPaymentGateway,
  amount: record.amountSet.presentmentMoney.amount,
  currency: order.presentmentCurrencyCode,
  total_unsettled_set: {
    shop_money: { amount: '0.0', currency: order.currencyCode },
    presentment_money: { amount: '0.0', currency: order.presentmentCurrencyCode },
  },
  created_at: local(record.createdAt),
  processed_at: local(record.processedAt),
  authorization: null,
  payment_id: record.paymentId,
  authorization_expires_at: local(record.authorizationExpiresAt),
  error_code: record.errorCode,
  test: record.test,
  payment_details: record.paymentDetails && {
    credit_card_company: record.paymentDetails.company,
    credit_card_wallet: record.paymentDetails.wallet,
  },
});

export const refundBody = (record: RefundRecord, order: OrderRecord) => ({
  ...ids(record.id),
  order_id: numberOf(order.id),
  created_at: local(record.createdAt),
  processed_at: local(record.processedAt),
  note: record.note,
  refund_line_items: record.refundLineItems.map((item) => ({
    quantity: item.quantity,
    restock_type: lower(item.restockType),
    location_id: item.location && numberOf(item.location.id),
    line_item_id: numberOf(item.lineItem.id),
    line_item: line(item.lineItem),
    subtotal_set: bag(item.subtotalSet),
    total_tax_set: bag(item.totalTaxSet),
  })),
  order_adjustments: [],
  refund_shipping_lines: [],
  transactions: record.transactions.map((transaction) => transactionBody(transaction, order)),
});

const discount = (record: OrderRecord['discountApplications'][number]) => ({
  type: record.__typename === 'DiscountCodeApplication' ? 'discount_code' : 'automatic',
  code: record.code,
  title: record.title,
  target_type: lower(record.targetType),
  target_selection: lower(record.targetSelection),
  allocation_method: 'across',
  value_type: 'percentage' in record.value ? 'percentage' : 'fixed_amount',
  value: 'percentage' in record.value ? record.value.percentage.toFixed(1) : record.value.amount,
});

export const orderBody = (order: OrderRecord) => ({
  ...ids(order.id),
  name: order.name,
  order_number: Number(order.name.replace(/\D/g, '')),
  created_at: local(order.createdAt),
  updated_at: local(order.updatedAt),
  processed_at: local(order.processedAt),
  cancelled_at: local(order.cancelledAt),
  cancel_reason: lower(order.cancelReason),
  closed_at: local(order.closedAt),
  test: order.test,
  confirmed: order.confirmed,
  source_name: order.sourceName,
  source_identifier: order.sourceIdentifier,
  currency: order.currencyCode,
  presentment_currency: order.presentmentCurrencyCode,
  taxes_included: order.taxesIncluded,
  duties_included: order.dutiesIncluded,
  tax_exempt: order.taxExempt,
  financial_status: lower(order.displayFinancialStatus),
  fulfillment_status: { UNFULFILLED: null, PARTIALLY_FULFILLED: 'partial', FULFILLED: 'fulfilled' }[
    order.displayFulfillmentStatus
  ],
  email: order.email ?? '',
  phone: order.phone,
  customer_locale: order.customerLocale,
  customer: order.customer && {
    ...ids(order.customer.id),
    email: order.customer.defaultEmailAddress?.emailAddress ?? null,
    verified_email: order.customer.verifiedEmail,
    phone: order.customer.defaultPhoneNumber?.phoneNumber ?? null,
    first_name: order.customer.firstName,
    last_name: order.customer.lastName,
  },
  company: order.purchasingEntity && {
    id: numberOf(order.purchasingEntity.company.id),
    location_id: numberOf(order.purchasingEntity.location.id),
  },
  billing_address: address(order.billingAddress),
  shipping_address: address(order.shippingAddress),
  po_number: order.poNumber,
  payment_terms: order.paymentTerms && {
    payment_terms_name: order.paymentTerms.paymentTermsName,
    payment_terms_type: lower(order.paymentTerms.paymentTermsType),
    due_in_days: order.paymentTerms.dueInDays,
    payment_schedules: order.paymentTerms.paymentSchedules.map(({ dueAt }) => ({ due_at: local(dueAt) })),
  },
  payment_gateway_names: order.paymentGatewayNames,
  note: order.note,
  tags: order.tags.join(', '),
  note_attributes: order.customAttributes.map(({ key, value }) => ({ name: key, value })),
  line_item_groups: [],
  line_items: order.lineItems.map(line),
  shipping_lines: order.shippingLines.map((record) => ({
    ...ids(record.id),
    code: record.code,
    title: record.title,
    carrier_identifier: record.carrierIdentifier,
    is_removed: record.isRemoved,
    ...both('price', record.originalPriceSet),
    ...both('discounted_price', record.discountedPriceSet),
    current_discounted_price_set: bag(record.currentDiscountedPriceSet),
    discount_allocations: record.discountAllocations.map(allocation),
    tax_lines: record.taxLines.map(tax),
  })),
  discount_applications: order.discountApplications.map(discount),
  fulfillments: order.fulfillments.map((record) => fulfillmentBody(record, order)),
  refunds: order.refunds.map((record) => refundBody(record, order)),
  ...both('total_price', order.totalPriceSet),
  ...both('current_total_price', order.currentTotalPriceSet),
  ...both('current_total_discounts', order.currentTotalDiscountsSet),
  ...both('current_total_tax', order.currentTotalTaxSet),
  current_total_duties_set: order.currentTotalDutiesSet && bag(order.currentTotalDutiesSet),
  current_total_additional_fees_set:
    order.currentTotalAdditionalFeesSet && bag(order.currentTotalAdditionalFeesSet),
  total_tip_received: order.totalTipReceivedSet.shopMoney.amount,
  total_outstanding: order.totalOutstandingSet.shopMoney.amount,
  total_cash_rounding_payment_adjustment_set: bag(order.totalCashRoundingAdjustment.paymentSet),
  total_cash_rounding_refund_adjustment_set: bag(order.totalCashRoundingAdjustment.refundSet),
});
