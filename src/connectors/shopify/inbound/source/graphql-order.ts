import { parseWith } from '#connector-sdk/mapping.ts';
import { sourceAddress } from './address.ts';
import { assertOneCurrencyPerRole } from './currencies.ts';
import { type GraphqlFulfillmentOrder, type GraphqlOrder, graphqlOrder } from './graphql-schema.ts';
import type {
  SourceAddress,
  SourceFulfillment,
  SourceGroup,
  SourceLine,
  SourceOrder,
  SourceRefund,
  SourceTax,
  SourceTransaction,
} from './source-order.ts';

/** What the Admin API adds to an order: webhooks carry neither of the two. */
export type GraphqlReading = {
  readonly order: SourceOrder;
  readonly transactions: readonly SourceTransaction[];
  readonly fulfillmentOrders: readonly GraphqlFulfillmentOrder[];
};

const lower = (text: string): string => text.toLowerCase();

/** Reads an order as order-reading.ts puts it together from the Admin API. @throws UnmappableError */
export function readGraphqlOrder(body: unknown): GraphqlReading {
  const read = parseWith(graphqlOrder, body);
  assertOneCurrencyPerRole(read, { shop: read.currencyCode, presentment: read.presentmentCurrencyCode });
  return {
    order: sourceOrder(read),
    transactions: read.transactions.map(graphqlTransactionSource),
    fulfillmentOrders: read.fulfillmentOrders,
  };
}

function sourceOrder(read: GraphqlOrder): SourceOrder {
  const groups = new Map<string, SourceGroup>();
  for (const { lineItemGroup: group } of read.lineItems) {
    if (group !== null) groups.set(group.id, { ...group, sku: group.variantSku });
  }
  return {
    id: read.id,
    name: read.name,
    createdAt: read.createdAt,
    updatedAt: read.updatedAt,
    processedAt: read.processedAt,
    cancelledAt: read.cancelledAt,
    cancelReason: read.cancelReason && lower(read.cancelReason),
    closedAt: read.closedAt,
    test: read.test,
    confirmed: read.confirmed,
    sourceName: read.sourceName,
    sourceIdentifier: read.sourceIdentifier,
    shopCurrency: read.currencyCode,
    presentmentCurrency: read.presentmentCurrencyCode,
    taxesIncluded: read.taxesIncluded,
    dutiesIncluded: read.dutiesIncluded,
    taxExempt: read.taxExempt,
    financialStatus: lower(read.displayFinancialStatus),
    email: read.email,
    phone: read.phone,
    locale: read.customerLocale,
    customer: read.customer && {
      id: read.customer.id,
      email: read.customer.defaultEmailAddress?.emailAddress ?? null,
      emailVerified: read.customer.verifiedEmail,
      phone: read.customer.defaultPhoneNumber?.phoneNumber ?? null,
      firstName: read.customer.firstName,
      lastName: read.customer.lastName,
    },
    company: read.purchasingEntity && {
      ...read.purchasingEntity.company,
      location: read.purchasingEntity.location,
    },
    billingAddress: read.billingAddress && address(read.billingAddress),
    shippingAddress: read.shippingAddress && address(read.shippingAddress),
    poNumber: read.poNumber,
    paymentTerms: read.paymentTerms && {
      type: lower(read.paymentTerms.paymentTermsType),
      name: read.paymentTerms.paymentTermsName,
      dueInDays: read.paymentTerms.dueInDays,
      dueAt: read.paymentTerms.paymentSchedules[0]?.dueAt ?? null,
    },
    paymentGateways: read.paymentGatewayNames.filter((name) => name.trim() !== ''),
    note: read.note,
    tags: read.tags.map((tag) => tag.trim()).filter((tag) => tag !== ''),
    attributes: read.customAttributes.map(({ key, value }) => ({ name: key, value: value ?? '' })),
    groups: [...groups.values()],
    lines: read.lineItems.map(line),
    shippingLines: read.shippingLines.map((shipping) => ({
      id: shipping.id,
      code: shipping.code,
      title: shipping.title,
      carrier: shipping.carrierIdentifier,
      removed: shipping.isRemoved,
      price: shipping.originalPriceSet,
      discounted: shipping.discountedPriceSet,
      currentDiscounted: shipping.currentDiscountedPriceSet,
      allocations: shipping.discountAllocations.map(allocation),
      taxes: shipping.taxLines.map(tax),
    })),
    discounts: read.discountApplications.map((discount) => ({
      index: discount.index,
      kind: discountKinds[discount.__typename],
      code: discount.code,
      title: discount.title ?? discount.description,
      value:
        'percentage' in discount.value
          ? { type: 'percentage', amount: discount.value.percentage }
          : { type: 'fixed', amount: discount.value.amount },
      targetType: lower(discount.targetType),
      targetSelection: lower(discount.targetSelection),
    })),
    fulfillments: read.fulfillments.map(fulfillment),
    refunds: read.refunds.map(refund),
    totals: {
      original: read.totalPriceSet,
      current: read.currentTotalPriceSet,
      currentDiscounts: read.currentTotalDiscountsSet,
      currentTax: read.currentTotalTaxSet,
      currentDuties: read.currentTotalDutiesSet,
      currentFees: read.currentTotalAdditionalFeesSet,
      tips: read.totalTipReceivedSet,
      outstanding: read.totalOutstandingSet,
      cashRoundingOfPayments: read.totalCashRoundingAdjustment.paymentSet,
      cashRoundingOfRefunds: read.totalCashRoundingAdjustment.refundSet,
    },
  };
}

const discountKinds = {
  DiscountCodeApplication: 'discount_code',
  AutomaticDiscountApplication: 'automatic',
  ManualDiscountApplication: 'manual',
  ScriptDiscountApplication: 'script',
} as const;

const tax = (read: GraphqlOrder['lineItems'][number]['taxLines'][number]): SourceTax => ({
  title: read.title,
  rate: read.rate,
  amount: read.priceSet,
  channelLiable: read.channelLiable ?? false,
});

const allocation = (read: GraphqlOrder['lineItems'][number]['discountAllocations'][number]) => ({
  discountIndex: read.discountApplication.index,
  amount: read.allocatedAmountSet,
});

const gramsPer = { GRAMS: 1, KILOGRAMS: 1000, OUNCES: 28.349523125, POUNDS: 453.59237 } as const;

function line(read: GraphqlOrder['lineItems'][number]): SourceLine {
  return {
    id: read.id,
    groupId: read.lineItemGroup?.id ?? null,
    title: read.title,
    variantTitle: read.variantTitle,
    sku: read.sku,
    variantId: read.variant?.id ?? null,
    productId: read.product?.id ?? null,
    vendor: read.vendor,
    quantity: read.quantity,
    currentQuantity: read.currentQuantity,
    unfulfilledQuantity: read.unfulfilledQuantity,
    giftCard: read.isGiftCard,
    taxable: read.taxable,
    requiresShipping: read.requiresShipping,
    weightGrams: read.weight && Math.round(read.weight.value * gramsPer[read.weight.unit]),
    unitPrice: read.originalUnitPriceSet,
    subtotal: read.originalTotalSet,
    allocations: read.discountAllocations.map(allocation),
    taxes: read.taxLines.map(tax),
    duties: read.duties.map((duty) => ({
      harmonizedCode: duty.harmonizedSystemCode,
      countryOfOrigin: duty.countryCodeOfOrigin,
      amount: duty.price,
      taxes: duty.taxLines.map(tax),
    })),
    attributes: read.customAttributes.map(({ key, value }) => ({ name: key, value: value ?? '' })),
  };
}

function address(read: NonNullable<GraphqlOrder['billingAddress']>): SourceAddress {
  return sourceAddress({ ...read, countryCode: read.countryCodeV2 });
}

/** A movement of money as the Admin API shows it. */
export function graphqlTransactionSource(read: GraphqlOrder['transactions'][number]): SourceTransaction {
  return {
    id: read.id,
    parentId: read.parentTransaction?.id ?? null,
    kind: lower(read.kind),
    status: lower(read.status),
    gateway: read.gateway,
    manual: read.manualPaymentGateway,
    cardOrWallet: read.paymentDetails && {
      ...read.paymentDetails,
      wallet: read.paymentDetails.wallet && lower(read.paymentDetails.wallet),
    },
    amount: read.amountSet,
    at: read.processedAt ?? read.createdAt,
    expiresAt: read.authorizationExpiresAt,
    multiCapturable: read.multiCapturable,
    reference: read.paymentId,
    errorCode: read.errorCode && lower(read.errorCode),
    test: read.test,
  };
}

function fulfillment(read: GraphqlOrder['fulfillments'][number]): SourceFulfillment {
  return {
    id: read.id,
    name: read.name,
    status: lower(read.status),
    shipmentStatus: read.displayStatus && lower(read.displayStatus),
    createdAt: read.createdAt,
    updatedAt: read.updatedAt,
    deliveredAt: read.deliveredAt,
    locationId: read.location?.id ?? null,
    requiresShipping: read.requiresShipping,
    lines: read.fulfillmentLineItems.map(({ quantity, lineItem }) => ({
      lineId: lineItem.id,
      sku: lineItem.sku,
      quantity,
    })),
    packages: read.trackingInfo
      .filter(({ number }) => number !== null)
      .map(({ company, number, url }) => ({ carrier: company, number, url })),
  };
}

function refund(read: GraphqlOrder['refunds'][number]): SourceRefund {
  return {
    id: read.id,
    at: read.processedAt,
    note: read.note,
    lines: read.refundLineItems.map((item) => ({
      lineId: item.lineItem.id,
      quantity: item.quantity,
      restockType: lower(item.restockType),
      locationId: item.location?.id ?? null,
      subtotal: item.subtotalSet,
      tax: item.totalTaxSet,
    })),
    adjustments: [
      ...read.refundShippingLines.map((shipping) => ({
        kind: 'shipping' as const,
        reason: null,
        amount: shipping.subtotalAmountSet,
        tax: shipping.taxAmountSet,
      })),
      ...read.orderAdjustments.map((adjustment) => ({
        kind: 'discrepancy' as const,
        reason: adjustment.reason && lower(adjustment.reason),
        amount: adjustment.amountSet,
        tax: adjustment.taxAmountSet,
      })),
    ],
    transactionIds: read.transactions.map(({ id }) => id),
  };
}
