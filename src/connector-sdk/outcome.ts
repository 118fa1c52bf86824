import type { CanonicalEvent } from '#canonical/event.ts';
import type { Json } from '#canonical/json.ts';
import type { ExternalRef } from '#canonical/primitives.ts';

/** Where in a message or a payload a value could not be mapped, and, where a crosswalk row is missing, which one. */
export type MappingProblem = {
  /** Path in the input, e.g. `line_items[2].tax_lines[0].rate`. */
  readonly path: string;
  /** For the operator. */
  readonly message: string;
  readonly crosswalk?: {
    readonly table: string;
    readonly key: string;
    /** what we would guess */ readonly proposal: string | null;
  };
};

/**
 * What became of a call, as a closed set that says what happens next. Nobody parses a message.
 * - `done`: took effect, once.
 * - `accepted`: the platform works on it; ask again with `handle`.
 * - `conflict`: no effect; somebody else held or changed the record. `stale` = decide again, else the same bytes later.
 * - `rate-limited`: no effect; the account's budget is used up.
 * - `unavailable`: provably no effect; the platform cannot be reached or cannot work.
 * - `outcome-unknown`: may have taken effect. Never retried blindly.
 * - `unauthorized`: no effect; credentials or permission. Holds up the connection, not the record.
 * - `rejected`: no effect, and the same bytes will never have one: a business exception.
 * - `unmappable`: never left; our data does not say how the platform calls it.
 */
export type Outcome =
  | {
      readonly kind: 'done';
      readonly result: Json;
      readonly refs?: readonly ExternalRef[];
      readonly events?: readonly CanonicalEvent[];
    }
  | { readonly kind: 'accepted'; readonly handle: Json; readonly checkAfterMs: number }
  | { readonly kind: 'conflict'; readonly stale: boolean; readonly detail: string }
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number | null; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly retryAfterMs: number | null; readonly detail: string }
  | { readonly kind: 'outcome-unknown'; readonly detail: string }
  | { readonly kind: 'unauthorized'; readonly detail: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string; readonly field?: string }
  | { readonly kind: 'unmappable'; readonly problems: readonly MappingProblem[] };
export type OutcomeKind = Outcome['kind'];

/** The answer of a look-up: the effect is there, is not there, or the look-up itself got no answer. */
export type Found =
  | { readonly kind: 'found'; readonly outcome: Extract<Outcome, { kind: 'done' | 'accepted' | 'rejected' }> }
  | { readonly kind: 'absent' }
  | Exclude<Outcome, { kind: 'done' | 'accepted' | 'unmappable' }>;
