import type { PlacedAddress } from '#connectors/shopify/emulator/order-input.ts';

/** An article and how often it is bought: the first ones of a catalogue sell most. */
export type Article = {
  readonly sku: string;
  readonly title: string;
  /** Unit price in the shop's currency, as it is shown there (with VAT where the shop's prices include it). */
  readonly price: string;
  readonly grams: number;
};

/** Several articles under one SKU and one title; the parts carry the prices. */
export type Bundle = {
  readonly sku: string;
  readonly parts: readonly { readonly sku: string; readonly quantity: number }[];
};

/** Where people buy, with the tax that is levied there; `weight` is a share among the profile's places. */
export type Place = {
  readonly weight: number;
  readonly address: Omit<PlacedAddress, 'firstName' | 'lastName' | 'company' | 'address1'>;
  /** Null: nothing is levied. `shipping`: whether delivery is taxed too. */
  readonly tax: { readonly title: string; readonly rate: number; readonly shipping: boolean } | null;
};

export type Company = { readonly name: string; readonly location: string; readonly netDays: number };

/** One retailer's shop as traffic is made for it. Probabilities are shares of orders, in [0, 1]. */
export type ShopProfile = {
  /** Folder of the retailer's data, and the tenant. */
  readonly retailer: string;
  readonly currency: string;
  readonly taxesIncluded: boolean;
  /** Share of all orders of an installation. */
  readonly weight: number;
  readonly articles: readonly Article[];
  /** The first so many articles take this share of the demand; without it, demand falls off along the catalogue. */
  readonly hot?: { readonly articles: number; readonly share: number };
  readonly bundles: readonly Bundle[];
  readonly places: readonly Place[];
  readonly shipping: readonly { readonly title: string; readonly code: string; readonly price: string }[];
  readonly presentments: readonly {
    readonly currency: string;
    readonly rate: string;
    readonly share: number;
  }[];
  readonly codes: readonly { readonly code: string; readonly percent: number }[];
  readonly automatic: { readonly title: string; readonly percent: number } | null;
  readonly companies: readonly Company[];
  readonly gateways: readonly string[];
  readonly shares: {
    readonly company: number;
    readonly pos: number;
    readonly guest: number;
    readonly bundle: number;
    readonly code: number;
    readonly automatic: number;
    readonly tip: number;
    readonly giftCardBought: number;
    readonly giftCardUsed: number;
    readonly authorized: number;
    readonly paidLater: number;
    readonly test: number;
    readonly cancelledEarly: number;
    readonly cancelledLate: number;
    readonly editedEarly: number;
    /** Changed after the payment, when the ERP may have it already. */
    readonly editedLate: number;
    /** Cancelled while the warehouse picks: whoever is first wins. */
    readonly cancelledRacing: number;
    /** Sales of which the warehouse ships a part and no more. */
    readonly shippedInPart: number;
  };
};
