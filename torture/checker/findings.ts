/** A promise that was broken, with everything that is known of the record it was broken for. */
export type Violation = {
  readonly invariant: string;
  /** What kind of break it is, for counting: e.g. `lost-in-erp`. */
  readonly kind: string;
  readonly retailer: string;
  /** The order's key, e.g. `order:shopify-us:123`, or what else it is about. */
  readonly entity: string;
  readonly what: string;
  /** The record's history over shop, ERP, CRM, deliveries and product, oldest first; one line an event. */
  readonly history: readonly string[];
};

export type InvariantFindings = {
  readonly title: string;
  readonly checked: number;
  readonly violations: readonly Violation[];
};

/** Something without which a clean run proves little. */
export type Floor = {
  readonly name: string;
  readonly wanted: number;
  readonly seen: number;
  readonly met: boolean;
  /** Why it does not count in this run; it is met then. */
  readonly excluded?: string;
};

/** Amounts of all orders that both systems have, by retailer and currency. Minor units, as text. */
export type CurrencyTotals = {
  readonly retailer: string;
  readonly currency: string;
  readonly orders: number;
  readonly shopMinor: string;
  readonly erpMinor: string;
  readonly crmMinor: string;
};

/** What happened when, for a picture. Counts are by bucket. */
export type Timeline = {
  readonly fromMs: number;
  readonly bucketMs: number;
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly faults: readonly {
    readonly id: string;
    readonly fault: string;
    readonly kind: string;
    readonly beginMs: number;
    readonly endMs: number;
    readonly inFlight: number | null;
  }[];
};

/** Everything that the evidence of one run shows. */
export type Findings = {
  readonly seed: number;
  readonly minutes: number;
  /** Faults that began. */
  readonly faults: number;
  /** Orders that a shop shows, or of which a delivery was acknowledged. */
  readonly accepted: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Orders that are neither right everywhere nor covered by an open reason. */
  readonly unexplained: number;
  readonly outOfOrder: number;
  readonly invariants: Readonly<Record<string, InvariantFindings>>;
  readonly floors: readonly Floor[];
  /** Evidence that is not there, and so was not judged. */
  readonly missing: readonly string[];
  /** What this checker does not look at, in words. */
  readonly notChecked: readonly string[];
  readonly totals: readonly CurrencyTotals[];
  /** Orders by what became of them. */
  readonly fates: Readonly<Record<string, number>>;
  readonly timeline: Timeline;
  /** The run says something: every floor is met, all evidence is there. Whether it speaks for the product, the invariants tell. */
  readonly valid: boolean;
};
