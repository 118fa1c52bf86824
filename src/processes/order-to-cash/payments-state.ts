import type { OrderState, PaymentsState } from './state.ts';

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
