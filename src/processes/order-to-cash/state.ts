import type { OrderStatus } from '#canonical/command.ts';
import type { Decimal } from '#canonical/decimal.ts';
import type { ErpOrder } from '#canonical/event.ts';
import type { FulfillmentOrder, Shipment } from '#canonical/fulfillment.ts';
import type { Invoice } from '#canonical/invoice.ts';
import type { Json } from '#canonical/json.ts';
import type { Order } from '#canonical/order.ts';
import type { PaymentTransaction } from '#canonical/payment.ts';
import type { ExternalRef, Instant } from '#canonical/primitives.ts';
import type { KeyedDocument, Reservation } from '../process.ts';

/** The newest that one platform showed of one record. Instants are compared only within one key, hence within one platform. */
export type Fact<T extends Json> = { readonly at: Instant; readonly hash: string; readonly data: T };
/** By `connection/id`. */
export type Facts<T extends Json> = { readonly [key: string]: Fact<T> };

/** Why a command did not take effect (or does not move). */
export type Trouble = {
  readonly kind: 'rejected' | 'parked' | 'withdrawn' | 'stale';
  readonly code: string;
  readonly detail: string;
};

/** A read of the order at its source that is not answered yet, or whose answer did not show the order. */
export type ReadState = {
  readonly tries: number;
  /** The command has its result. */
  readonly answered: boolean;
  /** A snapshot arrived since it was asked. */
  readonly shown: boolean;
  /** When it is asked again; null once the tries are used up. */
  readonly rereadAt: Instant | null;
  readonly trouble: Trouble | null;
};

/** The parts of what an ERP order is made from, compact: fingerprints of what stands above the lines, and each line's. */
export type ErpForm = {
  readonly address: string;
  readonly charges: string;
  readonly terms: string;
  readonly lines: readonly FormLine[];
};

/** `made` is a fingerprint of item, price and discounts. A tuple, since there is one a line. */
export type FormLine = readonly [id: string, quantity: Decimal, made: string];

/** What a command that made (or amended) the ERP's order carried, to tell an edit from a repetition. */
export type Carried = {
  readonly hash: string;
  readonly totalMinor: number;
  readonly currency: string;
  /** Absent where a state of before forms were kept has it. */
  readonly form?: ErpForm;
  /** An operator says that the ERP has it; in which records, and at what total, is not known. */
  readonly byHand?: true;
};

/** An amendment of the ERP's order that is under way, is to be asked for again, or was refused. */
export type AmendState = {
  readonly phase: 'asked' | 'again' | 'refused';
  readonly carried: Carried;
  readonly withdrawing: boolean;
  /** Times that it was refused as stale. */
  readonly tries: number;
  /** Where the goods stood when it was refused: once they moved on, it is worth another try. */
  readonly movedHash: string;
  readonly trouble: Trouble | null;
};

/**
 * The order as far as the ERP is concerned. `asked` is written in the commit that sends the command, so that what has to be
 * undone is known before the step is taken.
 */
export type ErpState = {
  readonly phase: 'none' | 'asked' | 'created' | 'refused' | 'cancelling' | 'cancelled' | 'uncancellable';
  readonly carried: Carried | null;
  readonly ref: ExternalRef | null;
  readonly number: string | null;
  readonly withdrawing: boolean;
  /** Times that a create was refused as stale since the order last changed. */
  readonly staleTries: number;
  readonly trouble: Trouble | null;
  /** Fingerprint of what the ERP had shown of its order when it was amended: older than the amendment, hence no word on it. */
  readonly amendedOver?: string | null;
  /** Keyed by hand while our own command was under way: it is the order's once that command has come to nothing. */
  readonly keyed?: KeyedDocument | null;
};

/** A capture from one authorisation: up to which mark, in minor units of the presentment currency. */
export type CaptureState = {
  readonly phase: 'asked' | 'captured' | 'refused';
  readonly upToMinor: number;
  readonly withdrawing: boolean;
  readonly trouble: Trouble | null;
};

/** An authorisation that is given up. */
export type VoidState = {
  readonly phase: 'asked' | 'voided' | 'refused';
  readonly withdrawing: boolean;
  readonly trouble: Trouble | null;
};

/** What was done about an order's payment. Authorisations by the key of their transaction. */
export type PaymentsState = {
  readonly captures: { readonly [authorization: string]: CaptureState };
  readonly voids: { readonly [authorization: string]: VoidState };
  /** When an authorisation's time is looked at next. */
  readonly watchAt: Instant | null;
  /** Authorisations whose end is near, and whose end is past. */
  readonly warned: readonly string[];
  readonly lapsed: readonly string[];
  /** What was missing from what the source had told of the payment when it was read for that. */
  readonly lookedFor: string | null;
  /** What should be captured and is not authorised. Minor units. */
  readonly shortMinor: number;
};

/** Until when the ERP should have shown the order; null while it need not. */
export type CensusState = { readonly dueAt: Instant | null; readonly isMissing: boolean };

export type CrmState = {
  /** Hash of the payload last asked for; null = ask (again). */
  readonly asked: string | null;
  readonly trouble: Trouble | null;
};

/** One shipment, as told to the storefront. */
export type Told = {
  readonly phase: 'asked' | 'told' | 'refused';
  /** Instant of the shipment's version that was told. */
  readonly at: Instant;
  /** The storefront's record of it. */
  readonly ref: ExternalRef | null;
  readonly withdrawing: boolean;
  readonly trouble: Trouble | null;
  /** How it went on, as the storefront was told last. */
  readonly delivery?: {
    readonly status: Shipment['status'];
    readonly phase: 'asked' | 'told' | 'refused';
    readonly trouble: Trouble | null;
  };
};

/** A reported state that went backwards without being a declared reversal. */
export type WentBack = { readonly from: string; readonly to: string };

/**
 * All that one order's process remembers. Written on every step, hence compact: the last snapshot once, and its
 * transactions, fulfilment orders and shipments only in the maps below.
 */
export type OrderState = {
  readonly v: 1;
  /** The record at the platform that captured the order. */
  readonly source: ExternalRef | null;
  readonly order: Order | null;
  /** Fingerprints of the snapshot, computed once: of all but its version, and of what an ERP order has besides lines. */
  readonly hashes: { readonly order: string; readonly erpHeader: string };
  /** Hashes of the bodies heard of at the instant of the snapshot, or of the last touch, that need no more attention. */
  readonly settledHashes: readonly string[];
  readonly tieReads: number;
  readonly touchedAt: Instant | null;
  readonly deletedAt: Instant | null;
  /** The deletion that an operator has taken note of. */
  readonly deletionSeen?: Instant | null;
  readonly refusedAs: 'test-order' | null;
  readonly transactions: Facts<PaymentTransaction>;
  readonly fulfillmentOrders: Facts<FulfillmentOrder>;
  readonly shipments: Facts<Shipment>;
  readonly invoices: Facts<Invoice>;
  readonly erpOrder: Fact<ErpOrder> | null;
  readonly read: ReadState | null;
  readonly erp: ErpState;
  readonly amend?: AmendState | null;
  /** Absent until something was done about the payment. */
  readonly payments?: PaymentsState;
  readonly crm: CrmState;
  readonly census: CensusState;
  readonly told: { readonly [shipmentKey: string]: Told };
  /** The demand last handed to the engine. */
  readonly reserved: readonly Reservation[];
  readonly short: readonly Reservation[];
  readonly wentBack: { readonly [record: string]: WentBack };
  /** As last derived; kept for those who read the state. */
  readonly status: OrderStatus | null;
  /** Open exceptions: cause and fingerprint by key. */
  readonly open: { readonly [key: string]: { readonly cause: string; readonly hash: string } };
};

/** The state of an order of which nothing is known. */
export const emptyOrderState: OrderState = {
  v: 1,
  source: null,
  order: null,
  hashes: { order: '', erpHeader: '' },
  settledHashes: [],
  tieReads: 0,
  touchedAt: null,
  deletedAt: null,
  refusedAs: null,
  transactions: {},
  fulfillmentOrders: {},
  shipments: {},
  invoices: {},
  erpOrder: null,
  read: null,
  erp: {
    phase: 'none',
    carried: null,
    ref: null,
    number: null,
    withdrawing: false,
    staleTries: 0,
    trouble: null,
  },
  crm: { asked: null, trouble: null },
  census: { dueAt: null, isMissing: false },
  told: {},
  reserved: [],
  short: [],
  wentBack: {},
  status: null,
  open: {},
};

/** Each takes a state of its version to the next. */
const upgrades: { readonly [fromVersion: number]: (state: Json) => Json } = {};

/** Takes over the state of an older version. @throws RangeError when there is no way from that version. */
export function upgradeOrderState(state: Json, fromVersion: number): OrderState {
  let [current, version] = [state, fromVersion];
  while (version < emptyOrderState.v) {
    const step = upgrades[version];
    if (step === undefined) throw new RangeError(`no upgrade of an order's state from version ${version}`);
    current = step(current);
    version += 1;
  }
  if (version !== emptyOrderState.v)
    throw new RangeError(`an order's state of version ${version} is newer than this code`);
  return current as OrderState;
}
