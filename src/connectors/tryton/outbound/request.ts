/** A code of Tryton's master data and where in the payload it came from, so that an unknown one can be mended. */
export type Looked = {
  /** The code, name or symbol in Tryton; `id:17` names a record directly. */
  readonly code: string;
  /** Where our value stands in the payload. */
  readonly path: string;
  readonly table: string;
  /** Our value: the key of the crosswalk row. */
  readonly key: string;
};

export type AddressRequest = {
  readonly partyName: string | null;
  readonly street: string | null;
  readonly postalCode: string | null;
  readonly city: string | null;
  /** ISO 3166-1 alpha-2, as Tryton codes countries. */
  readonly country: Looked | null;
  /** ISO 3166-2; left out where the server does not have it. */
  readonly subdivision: string | null;
};

export type PartyRequest = {
  /** Our key: the party's code in Tryton, which is unique there. */
  readonly code: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly registrations: readonly string[];
};

export type SaleLineRequest = {
  /** Ours; comes back with shipments. Null for lines that only Tryton has. */
  readonly lineId: string | null;
  readonly product: Looked;
  readonly description: string;
  readonly quantity: string;
  readonly unit: Looked;
  /** Net of discounts and of included taxes, with the server's decimals. */
  readonly unitPrice: string;
  readonly taxes: readonly Looked[];
};

/** `erp.order.create` as it is stored: every word resolved, ids of the server left to `send`. Amounts in minor units. */
export type OrderCreateRequest = {
  readonly reference: string;
  readonly description: string;
  readonly saleDate: string;
  readonly party: PartyRequest;
  readonly invoiceAddress: AddressRequest;
  readonly shipmentAddress: AddressRequest;
  readonly currency: Looked;
  readonly warehouse: Looked;
  readonly paymentTerm: Looked | null;
  readonly invoiceMethod: string;
  readonly shipmentMethod: string;
  readonly lines: readonly SaleLineRequest[];
  /** The product of rounding lines; null where the item crosswalk has no row "rounding". */
  readonly rounding: Looked | null;
  readonly currencyCode: string;
  readonly taxMinor: number;
  readonly totalMinor: number;
};

/** `erp.order.amend` as it is stored: all that an amendment may change. `totalMinor` is null where the source does not say. */
export type OrderAmendRequest = Pick<
  OrderCreateRequest,
  'party' | 'invoiceAddress' | 'shipmentAddress' | 'paymentTerm' | 'rounding' | 'lines' | 'currencyCode'
> & { readonly sale: number; readonly totalMinor: number | null };

/** `erp.order.cancel` as it is stored. */
export type OrderCancelRequest = {
  /** The sale's id, or the reference it was made under. */
  readonly sale:
    { readonly by: 'id'; readonly id: number } | { readonly by: 'reference'; readonly reference: string };
  readonly reason: string;
};
