import type { Evidence, RetailerEvidence } from '../evidence/evidence.ts';
import { keyOf } from '../evidence/evidence.ts';
import { excusesOf, type Excuses } from '../facts/excuses.ts';
import { Histories } from '../history.ts';
import type { InvariantFindings, Violation } from '../findings.ts';

/** A retailer's evidence with what invariants ask again and again. */
export type Case = RetailerEvidence & {
  readonly excuses: Excuses;
  readonly histories: Histories;
};

/** What an invariant looks at: every retailer, and what is of none. */
export type Cases = { readonly evidence: Evidence; readonly retailers: readonly Case[] };

/** Counts what it looked at and tells what is broken. */
export type Tally = {
  readonly checked: (count?: number) => void;
  readonly broken: (retailer: Case, kind: string, entity: string, what: string) => void;
};

/** A promise of the product that the evidence of a run can break. */
export type Invariant = {
  /** As QUALITY names it: `I1`. */
  readonly name: string;
  readonly title: string;
  readonly check: (cases: Cases, tally: Tally) => void;
};

/** Whole histories of more violations than these would only swell the report. */
const historiesTold = 100;

/** Holds one invariant against the evidence. */
export function judge({ name, title, check }: Invariant, cases: Cases): InvariantFindings {
  let checked = 0;
  const violations: Violation[] = [];
  check(cases, {
    checked: (count = 1) => void (checked += count),
    broken: (own, kind, entity, what) => {
      const history = violations.length < historiesTold ? own.histories.of(entity) : [];
      violations.push({ invariant: name, kind, retailer: own.retailer, entity, what, history });
    },
  });
  return { title, checked, violations };
}

export const casesOf = (evidence: Evidence): Cases => ({
  evidence,
  retailers: evidence.retailers.map((own) => ({
    ...own,
    excuses: excusesOf(own),
    histories: new Histories(own),
  })),
});

export { keyOf };
