import { z } from 'zod';
import { currencyCode, exactNumber, gidSchema, graphqlBag, instantSchema, optionalText } from './scalars.ts';

/** The part of the Admin API's order that we read: what queries/order.ts and queries/order-fulfilment.ts ask for, put together. */
const nodes = <T extends z.ZodType>(item: T) =>
  z.object({ nodes: z.array(item) }).transform((page) => page.nodes);
const optionalInstant = instantSchema.nullable();
const idOf = (type: string) => z.object({ id: gidSchema(type) });

const tax = z.object({
  title: z.string().trim().min(1),
  rate: exactNumber,
  channelLiable: z.boolean().nullable(),
  priceSet: graphqlBag,
});
const allocation = z.object({
  allocatedAmountSet: graphqlBag,
  discountApplication: z.object({ index: z.int().nonnegative() }),
});
const attributes = z.array(z.object({ key: z.string().trim().min(1), value: z.string().nullable() }));

const line = z.object({
  id: gidSchema('LineItem'),
  title: z.string().trim().min(1),
  variantTitle: optionalText,
  sku: optionalText,
  vendor: optionalText,
  quantity: z.int().nonnegative(),
  currentQuantity: z.int().nonnegative(),
  unfulfilledQuantity: z.int().nonnegative(),
  isGiftCard: z.boolean(),
  taxable: z.boolean(),
  requiresShipping: z.boolean(),
  weight: z
    .object({ unit: z.enum(['GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS']), value: z.number().nonnegative() })
    .nullable(),
  variant: idOf('ProductVariant').nullable(),
  product: idOf('Product').nullable(),
  lineItemGroup: z
    .object({
      id: gidSchema('LineItemGroup'),
      title: z.string().trim().min(1),
      quantity: z.int().nonnegative(),
      variantSku: optionalText,
      variantId: gidSchema('ProductVariant').nullable(),
      productId: gidSchema('Product').nullable(),
    })
    .nullable(),
  customAttributes: attributes,
  originalUnitPriceSet: graphqlBag,
  originalTotalSet: graphqlBag,
  discountAllocations: z.array(allocation),
  taxLines: z.array(tax),
  duties: z.array(
    z.object({
      harmonizedSystemCode: optionalText,
      countryCodeOfOrigin: optionalText,
      price: graphqlBag,
      taxLines: z.array(tax),
    }),
  ),
});

const shippingLine = z.object({
  id: gidSchema('ShippingLine'),
  code: optionalText,
  title: z.string().trim().min(1),
  carrierIdentifier: optionalText,
  isRemoved: z.boolean(),
  originalPriceSet: graphqlBag,
  discountedPriceSet: graphqlBag,
  currentDiscountedPriceSet: graphqlBag,
  discountAllocations: z.array(allocation),
  taxLines: z.array(tax),
});

const discount = z.object({
  __typename: z.enum([
    'DiscountCodeApplication',
    'AutomaticDiscountApplication',
    'ManualDiscountApplication',
    'ScriptDiscountApplication',
  ]),
  index: z.int().nonnegative(),
  targetType: z.enum(['LINE_ITEM', 'SHIPPING_LINE']),
  targetSelection: z.enum(['ALL', 'ENTITLED', 'EXPLICIT']),
  value: z.union([z.object({ percentage: exactNumber }), z.object({ amount: exactNumber })]),
  code: optionalText,
  title: optionalText,
  description: optionalText,
});

const address = z.object({
  name: optionalText,
  firstName: optionalText,
  lastName: optionalText,
  company: optionalText,
  address1: optionalText,
  address2: optionalText,
  city: optionalText,
  province: optionalText,
  provinceCode: optionalText,
  zip: optionalText,
  countryCodeV2: optionalText,
  phone: optionalText,
});

/** A movement of money, as `queries/transaction-fields.ts` asks for it. */
export const graphqlTransaction = z.object({
  id: gidSchema('OrderTransaction'),
  kind: z.string(),
  status: z.string(),
  gateway: optionalText,
  manualPaymentGateway: z.boolean(),
  multiCapturable: z.boolean(),
  createdAt: instantSchema,
  processedAt: optionalInstant,
  authorizationExpiresAt: optionalInstant,
  paymentId: optionalText,
  errorCode: optionalText,
  test: z.boolean(),
  amountSet: graphqlBag,
  parentTransaction: idOf('OrderTransaction').nullable(),
  paymentDetails: z.object({ company: optionalText, wallet: optionalText }).nullable(),
});

const fulfillment = z.object({
  id: gidSchema('Fulfillment'),
  name: optionalText,
  status: z.enum(['PENDING', 'OPEN', 'SUCCESS', 'CANCELLED', 'ERROR', 'FAILURE']),
  displayStatus: optionalText,
  createdAt: instantSchema,
  updatedAt: instantSchema,
  deliveredAt: optionalInstant,
  requiresShipping: z.boolean(),
  location: idOf('Location').nullable(),
  trackingInfo: z.array(z.object({ company: optionalText, number: optionalText, url: optionalText })),
  fulfillmentLineItems: nodes(
    z.object({
      quantity: z.int().nonnegative(),
      lineItem: z.object({ id: gidSchema('LineItem'), sku: optionalText }),
    }),
  ),
});

const fulfillmentOrder = z.object({
  id: gidSchema('FulfillmentOrder'),
  status: z.enum(['OPEN', 'SCHEDULED', 'ON_HOLD', 'IN_PROGRESS', 'INCOMPLETE', 'CLOSED', 'CANCELLED']),
  fulfillAt: optionalInstant,
  fulfillBy: optionalInstant,
  assignedLocation: z.object({ location: idOf('Location').nullable() }),
  deliveryMethod: z.object({ methodType: z.string() }).nullable(),
  fulfillmentHolds: z.array(z.object({ reason: z.string(), reasonNotes: optionalText })),
  lineItems: nodes(
    z.object({
      id: gidSchema('FulfillmentOrderLineItem'),
      totalQuantity: z.int(),
      remainingQuantity: z.int(),
      lineItem: idOf('LineItem'),
    }),
  ),
});

const refund = z.object({
  id: gidSchema('Refund'),
  createdAt: optionalInstant,
  processedAt: instantSchema,
  note: optionalText,
  refundLineItems: nodes(
    z.object({
      quantity: z.int().nonnegative(),
      restockType: z.string(),
      location: idOf('Location').nullable(),
      lineItem: idOf('LineItem'),
      subtotalSet: graphqlBag,
      totalTaxSet: graphqlBag,
    }),
  ),
  orderAdjustments: nodes(
    z.object({ reason: optionalText, amountSet: graphqlBag, taxAmountSet: graphqlBag }),
  ),
  refundShippingLines: nodes(z.object({ subtotalAmountSet: graphqlBag, taxAmountSet: graphqlBag })),
  transactions: nodes(idOf('OrderTransaction')),
});

export const graphqlOrder = z.object({
  id: gidSchema('Order'),
  name: z.string().trim().min(1),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  processedAt: instantSchema,
  cancelledAt: optionalInstant,
  cancelReason: optionalText,
  closedAt: optionalInstant,
  test: z.boolean(),
  confirmed: z.boolean(),
  sourceName: optionalText,
  sourceIdentifier: optionalText,
  currencyCode,
  presentmentCurrencyCode: currencyCode,
  taxesIncluded: z.boolean(),
  dutiesIncluded: z.boolean(),
  taxExempt: z.boolean(),
  displayFinancialStatus: z.string(),
  email: optionalText,
  phone: optionalText,
  customerLocale: optionalText,
  poNumber: optionalText,
  note: optionalText,
  tags: z.array(z.string()),
  paymentGatewayNames: z.array(z.string()),
  customAttributes: attributes,
  billingAddress: address.nullable(),
  shippingAddress: address.nullable(),
  customer: z
    .object({
      id: gidSchema('Customer'),
      firstName: optionalText,
      lastName: optionalText,
      verifiedEmail: z.boolean(),
      defaultEmailAddress: z.object({ emailAddress: optionalText }).nullable(),
      defaultPhoneNumber: z.object({ phoneNumber: optionalText }).nullable(),
    })
    .nullable(),
  purchasingEntity: z
    .object({
      company: z.object({ id: gidSchema('Company'), name: z.string().trim().min(1) }),
      location: z.object({ id: gidSchema('CompanyLocation'), name: optionalText }),
    })
    .or(z.strictObject({}).transform(() => null))
    .nullable(),
  paymentTerms: z
    .object({
      paymentTermsName: optionalText,
      paymentTermsType: z.string(),
      dueInDays: z.int().nonnegative().nullable(),
      paymentSchedules: nodes(z.object({ dueAt: optionalInstant })),
    })
    .nullable(),
  totalPriceSet: graphqlBag,
  currentTotalPriceSet: graphqlBag,
  currentTotalDiscountsSet: graphqlBag,
  currentTotalTaxSet: graphqlBag,
  currentTotalDutiesSet: graphqlBag.nullable(),
  currentTotalAdditionalFeesSet: graphqlBag.nullable(),
  totalTipReceivedSet: graphqlBag,
  totalOutstandingSet: graphqlBag,
  totalCashRoundingAdjustment: z.object({ paymentSet: graphqlBag, refundSet: graphqlBag }),
  discountApplications: nodes(discount),
  shippingLines: nodes(shippingLine),
  lineItems: nodes(line),
  transactions: z.array(graphqlTransaction),
  fulfillments: z.array(fulfillment),
  fulfillmentOrders: nodes(fulfillmentOrder),
  refunds: z.array(refund),
});
export type GraphqlOrder = z.output<typeof graphqlOrder>;
export type GraphqlFulfillmentOrder = GraphqlOrder['fulfillmentOrders'][number];
