import type { Decimal } from '#canonical/decimal.ts';
import type { MoneyBag } from '#canonical/money.ts';
import type { Instant } from '#canonical/primitives.ts';

/**
 * An order as Shopify means it, free of the two shapes in which Shopify writes it (webhook body and Admin API).
 * Both readers end here, so that one mapping makes the canonical order. Ids are numbers as text, enums lower case.
 */
export type SourceOrder = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly processedAt: Instant;
  readonly cancelledAt: Instant | null;
  readonly cancelReason: string | null;
  readonly closedAt: Instant | null;
  readonly test: boolean;
  readonly confirmed: boolean;
  readonly sourceName: string | null;
  readonly sourceIdentifier: string | null;
  readonly shopCurrency: string;
  readonly presentmentCurrency: string;
  readonly taxesIncluded: boolean;
  readonly dutiesIncluded: boolean;
  readonly taxExempt: boolean;
  readonly financialStatus: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly locale: string | null;
  readonly customer: SourceCustomer | null;
  readonly company: SourceCompany | null;
  readonly billingAddress: SourceAddress | null;
  readonly shippingAddress: SourceAddress | null;
  readonly poNumber: string | null;
  readonly paymentTerms: SourcePaymentTerms | null;
  readonly paymentGateways: readonly string[];
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly attributes: readonly SourceAttribute[];
  readonly groups: readonly SourceGroup[];
  readonly lines: readonly SourceLine[];
  readonly shippingLines: readonly SourceShippingLine[];
  readonly discounts: readonly SourceDiscount[];
  readonly fulfillments: readonly SourceFulfillment[];
  readonly refunds: readonly SourceRefund[];
  readonly totals: SourceTotals;
};

export type SourceTotals = {
  readonly original: MoneyBag;
  readonly current: MoneyBag;
  readonly currentDiscounts: MoneyBag;
  readonly currentTax: MoneyBag;
  readonly currentDuties: MoneyBag | null;
  readonly currentFees: MoneyBag | null;
  readonly tips: MoneyBag;
  readonly outstanding: MoneyBag;
  readonly cashRoundingOfPayments: MoneyBag | null;
  readonly cashRoundingOfRefunds: MoneyBag | null;
};

export type SourceAttribute = { readonly name: string; readonly value: string };

export type SourceCustomer = {
  readonly id: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phone: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
};

export type SourceCompany = {
  readonly id: string;
  readonly name: string;
  readonly location: { readonly id: string; readonly name: string | null };
};

export type SourceAddress = {
  readonly name: string | null;
  readonly company: string | null;
  readonly lines: readonly string[];
  readonly city: string | null;
  readonly province: string | null;
  readonly provinceCode: string | null;
  readonly postalCode: string | null;
  readonly countryCode: string | null;
  readonly phone: string | null;
};

export type SourcePaymentTerms = {
  readonly type: string;
  readonly name: string | null;
  readonly dueInDays: number | null;
  readonly dueAt: Instant | null;
};

/** A bundle (or a product with add-ons): the lines that name it are its parts, and carry the price. */
export type SourceGroup = {
  readonly id: string;
  readonly title: string;
  readonly quantity: number;
  readonly sku: string | null;
  readonly variantId: string | null;
  readonly productId: string | null;
};

export type SourceTax = {
  readonly title: string;
  readonly rate: Decimal;
  readonly amount: MoneyBag;
  readonly channelLiable: boolean;
};

export type SourceAllocation = { readonly discountIndex: number; readonly amount: MoneyBag };

export type SourceDuty = {
  readonly harmonizedCode: string | null;
  readonly countryOfOrigin: string | null;
  readonly amount: MoneyBag;
  readonly taxes: readonly SourceTax[];
};

export type SourceLine = {
  readonly id: string;
  readonly groupId: string | null;
  readonly title: string;
  readonly variantTitle: string | null;
  readonly sku: string | null;
  readonly variantId: string | null;
  readonly productId: string | null;
  readonly vendor: string | null;
  readonly quantity: number;
  readonly currentQuantity: number;
  readonly unfulfilledQuantity: number;
  readonly giftCard: boolean;
  readonly taxable: boolean;
  readonly requiresShipping: boolean;
  readonly weightGrams: number | null;
  readonly unitPrice: MoneyBag;
  readonly subtotal: MoneyBag;
  readonly allocations: readonly SourceAllocation[];
  readonly taxes: readonly SourceTax[];
  readonly duties: readonly SourceDuty[];
  readonly attributes: readonly SourceAttribute[];
};

export type SourceShippingLine = {
  readonly id: string;
  readonly code: string | null;
  readonly title: string;
  readonly carrier: string | null;
  readonly removed: boolean;
  readonly price: MoneyBag;
  readonly discounted: MoneyBag;
  readonly currentDiscounted: MoneyBag;
  readonly allocations: readonly SourceAllocation[];
  readonly taxes: readonly SourceTax[];
};

export type SourceDiscount = {
  readonly index: number;
  readonly kind: string;
  readonly code: string | null;
  readonly title: string | null;
  readonly value: { readonly type: 'percentage' | 'fixed'; readonly amount: Decimal };
  readonly targetType: string;
  readonly targetSelection: string;
};

export type SourceFulfillment = {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly shipmentStatus: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly deliveredAt: Instant | null;
  readonly locationId: string | null;
  readonly requiresShipping: boolean;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string | null;
    readonly quantity: number;
  }[];
  readonly packages: readonly {
    readonly carrier: string | null;
    readonly number: string | null;
    readonly url: string | null;
  }[];
};

export type SourceTransaction = {
  readonly id: string;
  readonly parentId: string | null;
  readonly kind: string;
  readonly status: string;
  readonly gateway: string | null;
  readonly manual: boolean;
  readonly cardOrWallet: { readonly company: string | null; readonly wallet: string | null } | null;
  readonly amount: MoneyBag;
  readonly at: Instant;
  readonly expiresAt: Instant | null;
  /** Whether an authorisation may be captured in parts; null where the message does not say. */
  readonly multiCapturable: boolean | null;
  readonly reference: string | null;
  readonly errorCode: string | null;
  readonly test: boolean;
};

export type SourceRefund = {
  readonly id: string;
  readonly at: Instant;
  readonly note: string | null;
  readonly lines: readonly {
    readonly lineId: string;
    readonly quantity: number;
    readonly restockType: string;
    readonly locationId: string | null;
    readonly subtotal: MoneyBag;
    readonly tax: MoneyBag;
  }[];
  readonly adjustments: readonly {
    readonly kind: 'shipping' | 'discrepancy' | 'other';
    readonly reason: string | null;
    readonly amount: MoneyBag;
    readonly tax: MoneyBag;
  }[];
  readonly transactionIds: readonly string[];
};
