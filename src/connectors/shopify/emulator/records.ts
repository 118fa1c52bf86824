/** The emulated shop's own records, in the shape of the Admin API; webhook bodies are written from the same records. */
export type Money = { amount: string; currencyCode: string };
export type Bag = { shopMoney: Money; presentmentMoney: Money };
export type TaxRecord = { title: string; rate: number; channelLiable: boolean | null; priceSet: Bag };
export type AllocationRecord = {
  allocatedAmountSet: Bag;
  discountApplication: { __typename: string; index: number };
};
export type AddressRecord = {
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  address1: string | null;
  address2: string | null;
  city: string | null;
  province: string | null;
  provinceCode: string | null;
  zip: string | null;
  countryCodeV2: string | null;
  phone: string | null;
};

export type LineRecord = {
  id: string;
  title: string;
  variantTitle: string | null;
  sku: string | null;
  vendor: string | null;
  quantity: number;
  currentQuantity: number;
  unfulfilledQuantity: number;
  isGiftCard: boolean;
  taxable: boolean;
  requiresShipping: boolean;
  weight: { unit: 'GRAMS'; value: number } | null;
  variant: { id: string } | null;
  product: { id: string } | null;
  lineItemGroup: GroupRecord | null;
  customAttributes: { key: string; value: string | null }[];
  originalUnitPriceSet: Bag;
  originalTotalSet: Bag;
  discountAllocations: AllocationRecord[];
  taxLines: TaxRecord[];
  duties: {
    harmonizedSystemCode: string | null;
    countryCodeOfOrigin: string | null;
    price: Bag;
    taxLines: TaxRecord[];
  }[];
};

export type GroupRecord = {
  id: string;
  title: string;
  quantity: number;
  variantSku: string | null;
  variantId: string | null;
  productId: string | null;
};

export type ShippingLineRecord = {
  id: string;
  code: string | null;
  title: string;
  carrierIdentifier: string | null;
  isRemoved: boolean;
  originalPriceSet: Bag;
  discountedPriceSet: Bag;
  currentDiscountedPriceSet: Bag;
  discountAllocations: AllocationRecord[];
  taxLines: TaxRecord[];
};

export type DiscountRecord = {
  __typename: 'DiscountCodeApplication' | 'AutomaticDiscountApplication';
  index: number;
  targetType: 'LINE_ITEM' | 'SHIPPING_LINE';
  targetSelection: 'ALL' | 'ENTITLED' | 'EXPLICIT';
  value: { __typename: 'PricingPercentageValue'; percentage: number } | ({ __typename: 'MoneyV2' } & Money);
  code?: string;
  title?: string;
};

export type TransactionRecord = {
  id: string;
  kind: 'AUTHORIZATION' | 'CAPTURE' | 'SALE' | 'REFUND' | 'VOID';
  status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  gateway: string;
  manualPaymentGateway: boolean;
  multiCapturable: boolean;
  createdAt: string;
  processedAt: string | null;
  authorizationExpiresAt: string | null;
  paymentId: string | null;
  errorCode: string | null;
  test: boolean;
  amountSet: Bag;
  parentTransaction: { id: string } | null;
  paymentDetails: { __typename: 'CardPaymentDetails'; company: string | null; wallet: string | null } | null;
};

export type FulfillmentRecord = {
  __typename: 'Fulfillment';
  id: string;
  name: string;
  status: 'SUCCESS' | 'CANCELLED';
  displayStatus: string | null;
  createdAt: string;
  updatedAt: string;
  deliveredAt: string | null;
  requiresShipping: boolean;
  location: { id: string } | null;
  trackingInfo: { company: string | null; number: string | null; url: string | null }[];
  fulfillmentLineItems: { quantity: number; lineItem: LineRecord }[];
};

export type FulfillmentOrderRecord = {
  __typename: 'FulfillmentOrder';
  id: string;
  status: 'OPEN' | 'ON_HOLD' | 'CLOSED' | 'CANCELLED';
  fulfillAt: string | null;
  fulfillBy: string | null;
  assignedLocation: { location: { id: string } | null };
  deliveryMethod: { methodType: string } | null;
  fulfillmentHolds: { reason: string; reasonNotes: string | null }[];
  supportedActions: { action: string }[];
  lineItems: { id: string; totalQuantity: number; remainingQuantity: number; lineItem: LineRecord }[];
  /** Shopify routes after the order was placed; until then nobody sees it. Milliseconds since the epoch. */
  visibleFromMs: number;
};

export type RefundRecord = {
  __typename: 'Refund';
  id: string;
  createdAt: string;
  processedAt: string;
  note: string | null;
  refundLineItems: {
    quantity: number;
    restockType: 'NO_RESTOCK' | 'CANCEL' | 'RETURN';
    location: { id: string } | null;
    lineItem: LineRecord;
    subtotalSet: Bag;
    totalTaxSet: Bag;
  }[];
  orderAdjustments: { reason: string | null; amountSet: Bag; taxAmountSet: Bag }[];
  refundShippingLines: { subtotalAmountSet: Bag; taxAmountSet: Bag }[];
  transactions: TransactionRecord[];
};

export type OrderRecord = {
  __typename: 'Order';
  id: string;
  name: string;
  createdAt: string;
  updatedAt: string;
  /** When the search index may show the last write. Milliseconds since the epoch. */
  indexedFromMs: number;
  processedAt: string;
  cancelledAt: string | null;
  cancelReason: string | null;
  closedAt: string | null;
  test: boolean;
  confirmed: boolean;
  sourceName: string;
  sourceIdentifier: string | null;
  currencyCode: string;
  presentmentCurrencyCode: string;
  /** Presentment units for one unit of the shop's currency. */
  rate: string;
  taxesIncluded: boolean;
  dutiesIncluded: boolean;
  taxExempt: boolean;
  displayFinancialStatus: string;
  displayFulfillmentStatus: 'UNFULFILLED' | 'PARTIALLY_FULFILLED' | 'FULFILLED';
  email: string | null;
  phone: string | null;
  customerLocale: string | null;
  poNumber: string | null;
  note: string | null;
  tags: string[];
  paymentGatewayNames: string[];
  customAttributes: { key: string; value: string | null }[];
  billingAddress: AddressRecord | null;
  shippingAddress: AddressRecord | null;
  customer: {
    id: string;
    firstName: string | null;
    lastName: string | null;
    verifiedEmail: boolean;
    defaultEmailAddress: { emailAddress: string } | null;
    defaultPhoneNumber: { phoneNumber: string } | null;
  } | null;
  purchasingEntity: {
    __typename: 'PurchasingCompany';
    company: { id: string; name: string };
    location: { id: string; name: string };
  } | null;
  paymentTerms: {
    paymentTermsName: string;
    paymentTermsType: string;
    dueInDays: number | null;
    paymentSchedules: { dueAt: string | null }[];
  } | null;
  totalPriceSet: Bag;
  currentTotalPriceSet: Bag;
  currentTotalDiscountsSet: Bag;
  currentTotalTaxSet: Bag;
  currentTotalDutiesSet: Bag | null;
  currentTotalAdditionalFeesSet: Bag | null;
  totalTipReceivedSet: Bag;
  totalOutstandingSet: Bag;
  totalCashRoundingAdjustment: { paymentSet: Bag; refundSet: Bag };
  discountApplications: DiscountRecord[];
  shippingLines: ShippingLineRecord[];
  lineItems: LineRecord[];
  transactions: TransactionRecord[];
  fulfillments: FulfillmentRecord[];
  fulfillmentOrders: FulfillmentOrderRecord[];
  refunds: RefundRecord[];
};

export type SubscriptionRecord = { id: string; topic: string; uri: string; format: 'JSON' };
