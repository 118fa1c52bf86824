import type { Decimal } from '#canonical/decimal.ts';
import type { Money } from '#canonical/money.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import type { Outcome } from './outcome.ts';

/** A document as it stands in a platform, as far as it can be held against an order of ours. */
export type DocumentView = {
  readonly ref: ExternalRef;
  readonly number: string | null;
  /** Taken back there, so that nothing comes of it. */
  readonly isCancelled: boolean;
  /** The reference that it carries, where our orders carry their own id; null where it carries none. */
  readonly reference: string | null;
  readonly total: Money<'presentment'> | null;
  readonly lines: readonly {
    /** All that the platform calls the item, for a crosswalk may name any: code, id, external id. */
    readonly names: readonly string[];
    readonly quantity: Decimal;
  }[];
};

/** The answer of a look at one document: it is there, it is not, or the look got no answer. */
export type DocumentReading =
  | { readonly kind: 'found'; readonly document: DocumentView }
  | { readonly kind: 'absent' }
  | Exclude<Outcome, { kind: 'done' | 'accepted' | 'unmappable' }>;
