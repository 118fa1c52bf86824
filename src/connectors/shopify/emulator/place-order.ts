import { bagOf, type Currencies } from './bags.ts';
import { discountType, newLine, newShipping } from './new-lines.ts';
import { newTransaction } from './new-transaction.ts';
import type { Ids, OrderInput, PlacedAddress } from './order-input.ts';
import type { AddressRecord, DiscountRecord, OrderRecord } from './records.ts';
import { secondsLater } from './shop-time.ts';
import { settleTotals } from './totals.ts';

/** Makes the record of a new order, sums included. `at` is the shop's time, whole seconds. */
export function newOrder(input: OrderInput, name: string, at: string, ids: Ids): OrderRecord {
  const shop = input.currency ?? 'USD';
  const currencies: Currencies = {
    shop,
    presentment: input.presentmentCurrency ?? shop,
    rate: input.rate ?? '1',
  };
  const zero = bagOf('0', currencies);
  const orderId = ids.gid('Order');
  const discounts: DiscountRecord[] = input.discount
    ? [
        {
          __typename: discountType(input.discount),
          index: 0,
          targetType: 'LINE_ITEM',
          targetSelection: 'ALL',
          ...(input.discount.code === undefined
            ? { title: input.discount.title ?? 'Discount' }
            : { code: input.discount.code }),
          value: { __typename: 'PricingPercentageValue', percentage: input.discount.percent },
        },
      ]
    : [];
  const lines = input.lines.map((line) => newLine(line, input, currencies, ids));
  if (input.tip !== undefined) {
    const tip = { title: 'Tip', price: input.tip, custom: true, requiresShipping: false };
    lines.push({ ...newLine(tip, {}, currencies, ids), taxable: false });
  }
  const customer = input.customer ?? null;
  const gateway = input.gateway ?? 'shopify_payments';
  const order: OrderRecord = {
    __typename: 'Order',
    id: orderId,
    name,
    createdAt: at,
    updatedAt: at,
    indexedFromMs: 0,
    processedAt: at,
    cancelledAt: null,
    cancelReason: null,
    closedAt: null,
    test: input.test ?? false,
    confirmed: true,
    sourceName: input.sourceName ?? 'web',
    sourceIdentifier: input.sourceIdentifier ?? null,
    currencyCode: shop,
    presentmentCurrencyCode: currencies.presentment,
    rate: currencies.rate,
    taxesIncluded: input.taxesIncluded ?? false,
    dutiesIncluded: false,
    taxExempt: false,
    displayFinancialStatus: 'PENDING',
    displayFulfillmentStatus: 'UNFULFILLED',
    email: input.email ?? customer?.email ?? null,
    phone: null,
    customerLocale: 'en',
    poNumber: input.poNumber ?? null,
    note: input.note ?? null,
    tags: [...(input.tags ?? [])].sort(),
    paymentGatewayNames: input.payment === 'pending' ? [] : [gateway],
    customAttributes: Object.entries(input.attributes ?? {}).map(([key, value]) => ({ key, value })),
    billingAddress: address(input.billingAddress ?? input.shippingAddress),
    shippingAddress: address(input.shippingAddress),
    customer: customer && {
      id: ids.named('Customer', customer.email),
      firstName: customer.firstName ?? null,
      lastName: customer.lastName ?? null,
      verifiedEmail: true,
      defaultEmailAddress: { emailAddress: customer.email },
      defaultPhoneNumber: null,
    },
    purchasingEntity: input.company
      ? {
          __typename: 'PurchasingCompany',
          company: { id: ids.named('Company', input.company.name), name: input.company.name },
          location: {
            id: ids.named('CompanyLocation', input.company.location),
            name: input.company.location,
          },
        }
      : null,
    paymentTerms:
      input.netDays === undefined
        ? null
        : {
            paymentTermsName: `Net ${input.netDays}`,
            paymentTermsType: 'NET',
            dueInDays: input.netDays,
            paymentSchedules: [{ dueAt: secondsLater(at, input.netDays * 86_400) }],
          },
    totalPriceSet: zero,
    currentTotalPriceSet: zero,
    currentTotalDiscountsSet: zero,
    currentTotalTaxSet: zero,
    currentTotalDutiesSet: null,
    currentTotalAdditionalFeesSet: null,
    totalTipReceivedSet: bagOf(input.tip ?? '0', currencies),
    totalOutstandingSet: zero,
    totalCashRoundingAdjustment: { paymentSet: zero, refundSet: zero },
    discountApplications: discounts,
    shippingLines: input.shipping ? [newShipping(input.shipping, input, currencies, ids)] : [],
    lineItems: lines,
    transactions: [],
    fulfillments: [],
    fulfillmentOrders: [],
    refunds: [],
  };
  settleTotals(order, 'first');
  if (input.payment !== 'pending') {
    const kind = input.payment === 'authorized' ? 'AUTHORIZATION' : 'SALE';
    const transaction = newTransaction(order, kind, gateway, at, ids);
    if (kind === 'AUTHORIZATION') {
      transaction.multiCapturable = input.multiCapture ?? false;
      if (input.authorizedForMs !== undefined)
        transaction.authorizationExpiresAt = secondsLater(at, Math.round(input.authorizedForMs / 1000));
    }
    order.transactions.push(transaction);
    order.displayFinancialStatus = kind === 'SALE' ? 'PAID' : 'AUTHORIZED';
    settleTotals(order, 'later');
  }
  return order;
}

function address(input: PlacedAddress | null | undefined): AddressRecord | null {
  if (!input) return null;
  const name = [input.firstName, input.lastName].filter((part) => part !== undefined).join(' ');
  return {
    name: name === '' ? null : name,
    firstName: input.firstName ?? null,
    lastName: input.lastName ?? null,
    company: input.company ?? null,
    address1: input.address1 ?? null,
    address2: null,
    city: input.city ?? null,
    province: input.province ?? null,
    provinceCode: input.provinceCode ?? null,
    zip: input.zip ?? null,
    countryCodeV2: input.countryCode,
    phone: input.phone ?? null,
  };
}
