import type { JsonObject } from '#canonical/json.ts';

/** How a record of the account is named; `name` (items, currencies) is looked up before anything is written. */
export type RecordName =
  { readonly id: string } | { readonly externalId: string } | { readonly name: string };

/** A record named by our data, and where in the payload that came from, so that an unknown one can be mended. */
export type Looked = {
  readonly record: RecordName;
  readonly path: string;
  readonly table: string;
  /** Our value: the key of the crosswalk row. */
  readonly key: string;
};

export type CustomerRequest = {
  /** External id, `CUS-…`. */
  readonly key: string;
  /** Fields as NetSuite takes them. */
  readonly fields: JsonObject;
};

export type LineRequest = {
  /** Ours; comes back with shipments. Null for lines that only NetSuite has. */
  readonly lineId: string | null;
  readonly item: Looked;
  readonly description: string;
  /** Exact decimals. */
  readonly quantity: string;
  readonly rate: string;
  /** Net of discounts and included taxes, in the currency's decimals. */
  readonly amount: string;
  readonly units: RecordName | null;
  readonly taxCode: RecordName | null;
  /** Only where the lines of one order leave from several locations. */
  readonly location?: RecordName;
};

/** `erp.order.create` as it is stored: every word resolved that can be without asking. Amounts in minor units. */
export type OrderCreateRequest = {
  /** External id or value of the key field, `SO-…`. */
  readonly key: string;
  readonly customer: CustomerRequest;
  /** Fields of the order as NetSuite takes them, without customer, currency and lines. */
  readonly header: JsonObject;
  readonly currency: Looked;
  readonly lines: readonly LineRequest[];
  /** The item of rounding lines; null where the item crosswalk has no row "rounding". */
  readonly rounding: Looked | null;
  readonly untaxed: RecordName | null;
  readonly currencyCode: string;
  readonly taxMinor: number;
  readonly totalMinor: number;
  /** Only where the retailer books deposits. */
  readonly deposits?: readonly DepositRequest[];
};

/** A payment that becomes a customer deposit on the order. */
export type DepositRequest = {
  /** External id, `CD-…`: of the order and the payment. */
  readonly key: string;
  /** Exact decimal in the order's currency. */
  readonly amount: string;
  readonly paymentMethod: RecordName | null;
  readonly memo: string;
};

/** `erp.order.cancel` as it is stored. */
export type OrderCancelRequest = {
  readonly order: { readonly by: 'id'; readonly id: string } | { readonly by: 'key'; readonly key: string };
  readonly reason: string;
};

/** `erp.order.amend` as it is stored: the order as it should be; what the record has is looked at when it is sent. */
export type OrderAmendRequest = {
  /** Internal id. */
  readonly id: string;
  readonly wanted: OrderCreateRequest;
  /** Whether somebody said what it should come to, so that its rounding can be settled. */
  readonly isTotalStated: boolean;
};
