/** A difference between what should be and what a system itself says. */
export type Difference = {
  readonly system: 'erp' | 'shop' | 'crm' | 'product' | 'proof';
  /** The order, or what else was looked at. */
  readonly of: string;
  readonly what: string;
  readonly expected: unknown;
  readonly found: unknown;
};

/** What one system says of the orders. `lost` and `duplicated` count records that are missing or there more than once. */
export type Findings = {
  readonly differences: readonly Difference[];
  readonly lost: number;
  readonly duplicated: number;
};

/** Collects what differs in one system, and counts what is missing or double. */
export class Comparison {
  readonly differences: Difference[] = [];
  lost = 0;
  duplicated = 0;
  readonly #system: Difference['system'];

  constructor(system: Difference['system']) {
    this.#system = system;
  }

  equal(of: string, what: string, expected: unknown, found: unknown): void {
    if (JSON.stringify(expected) !== JSON.stringify(found))
      this.differences.push({ system: this.#system, of, what, expected, found });
  }

  /** How often a record is there. */
  times(of: string, what: string, expected: number, found: number): void {
    this.equal(of, what, expected, found);
    this.lost += Math.max(0, expected - found);
    this.duplicated += Math.max(0, found - expected);
  }
}
