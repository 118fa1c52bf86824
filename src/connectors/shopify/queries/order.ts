import { z } from 'zod';
import { jsonObject } from './json-object.ts';
import { bag } from './bag.ts';
import { allocationFields, lineItemFields, taxLineFields } from './line-item-fields.ts';
import type { Operation } from './operation.ts';
import { transactionFields } from './transaction-fields.ts';

const address =
  '{ name firstName lastName company address1 address2 city province provinceCode zip countryCodeV2 phone }';
const customer =
  '{ id firstName lastName verifiedEmail defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } }';

/** The order without its fulfilment: head, sums, discounts, first lines, money movements. */
export const orderQuery: Operation<{ order: Record<string, z.core.util.JSONType> | null }> = {
  name: 'Order',
  kind: 'query',
  text: `query Order($id: ID!, $lines: Int!, $linesAfter: String, $transactions: Int!) {
  order(id: $id) {
    id name createdAt updatedAt processedAt cancelledAt cancelReason closedAt test confirmed sourceName sourceIdentifier
    currencyCode presentmentCurrencyCode taxesIncluded dutiesIncluded taxExempt displayFinancialStatus
    email phone customerLocale poNumber note tags paymentGatewayNames
    customAttributes { key value }
    billingAddress ${address} shippingAddress ${address}
    customer ${customer}
    purchasingEntity { ... on PurchasingCompany { company { id name } location { id name } } }
    paymentTerms { paymentTermsName paymentTermsType dueInDays paymentSchedules(first: 1) { nodes { dueAt } } }
    totalPriceSet ${bag} currentTotalPriceSet ${bag} currentTotalDiscountsSet ${bag} currentTotalTaxSet ${bag}
    currentTotalDutiesSet ${bag} currentTotalAdditionalFeesSet ${bag} totalTipReceivedSet ${bag} totalOutstandingSet ${bag}
    totalCashRoundingAdjustment { paymentSet ${bag} refundSet ${bag} }
    discountApplications(first: 10) {
      nodes {
        __typename index targetType targetSelection
        value { __typename ... on MoneyV2 { amount currencyCode } ... on PricingPercentageValue { percentage } }
        ... on DiscountCodeApplication { code }
        ... on AutomaticDiscountApplication { title }
        ... on ManualDiscountApplication { title description }
        ... on ScriptDiscountApplication { title }
      }
      pageInfo { hasNextPage }
    }
    shippingLines(first: 3, includeRemovals: true) {
      nodes {
        id code title carrierIdentifier isRemoved
        originalPriceSet ${bag} discountedPriceSet ${bag} currentDiscountedPriceSet ${bag}
        ${allocationFields} ${taxLineFields}
      }
      pageInfo { hasNextPage }
    }
    lineItems(first: $lines, after: $linesAfter) {
      nodes { ${lineItemFields} }
      pageInfo { hasNextPage endCursor }
    }
    refunds(first: 1) { id }
    transactions(first: $transactions) ${transactionFields}
  }
}`,
  data: z.object({ order: jsonObject.nullable() }),
};
