export type PlacedLine = {
  readonly sku?: string | null;
  readonly title?: string;
  readonly quantity?: number;
  /** Unit price in the shop's currency, e.g. "19.90". */
  readonly price: string;
  /** A fraction, e.g. 0.2; 0 or absent = no tax line. */
  readonly taxRate?: number;
  readonly channelLiable?: boolean;
  readonly giftCard?: boolean;
  readonly requiresShipping?: boolean;
  readonly grams?: number;
  /** A line without a product of the shop. */
  readonly custom?: boolean;
  /** The bundle it is a part of, by the bundle's SKU. */
  readonly bundle?: string;
  readonly duty?: string;
};

export type PlacedAddress = {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly company?: string;
  readonly address1?: string;
  readonly city?: string;
  readonly province?: string;
  readonly provinceCode?: string;
  readonly zip?: string;
  readonly countryCode: string;
  readonly phone?: string;
};

/** What a buyer (or a test) puts into the shop. Amounts are decimals as text in the shop's currency. */
export type OrderInput = {
  readonly lines: readonly PlacedLine[];
  readonly currency?: string;
  readonly presentmentCurrency?: string;
  /** Presentment units for one shop unit. */
  readonly rate?: string;
  readonly email?: string | null;
  readonly customer?: {
    readonly firstName?: string;
    readonly lastName?: string;
    readonly email: string;
  } | null;
  readonly shippingAddress?: PlacedAddress | null;
  readonly billingAddress?: PlacedAddress | null;
  readonly shipping?: {
    readonly title: string;
    readonly code?: string;
    readonly price: string;
    readonly taxRate?: number;
  } | null;
  /** By a code, or, without one, given by the shop itself under a title. */
  readonly discount?: { readonly code?: string; readonly title?: string; readonly percent: number };
  readonly taxesIncluded?: boolean;
  readonly taxTitle?: string;
  /** 'paid' by default; an authorisation is captured with payOrder. */
  readonly payment?: 'paid' | 'authorized' | 'pending';
  readonly gateway?: string;
  /** Whether the authorisation may be captured in parts: Shopify Payments on Plus. */
  readonly multiCapture?: boolean;
  /** How long the authorisation holds; 7 days by default. */
  readonly authorizedForMs?: number;
  readonly tip?: string;
  readonly test?: boolean;
  readonly sourceName?: string;
  readonly sourceIdentifier?: string | null;
  readonly poNumber?: string;
  readonly company?: { readonly name: string; readonly location: string };
  readonly netDays?: number;
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
};

/** Hands out ids beyond 2^53; `named` gives the same one for the same name. */
export type Ids = { next(): string; gid(type: string): string; named(type: string, name: string): string };
