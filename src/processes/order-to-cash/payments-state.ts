import type { Instant } from '#canonical/primitives.ts';
import type { OrderState, Trouble } from './state.ts';

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

const nothing: PaymentsState = {
  captures: {},
  voids: {},
  watchAt: null,
  warned: [],
  lapsed: [],
  lookedFor: null,
  shortMinor: 0,
};

export const paymentsOf = ({ payments }: OrderState): PaymentsState => payments ?? nothing;

export const withPayments = (state: OrderState, change: Partial<PaymentsState>): OrderState => ({
  ...state,
  payments: { ...paymentsOf(state), ...change },
});
