import type { ReadReason } from './absorbed.ts';
import { paymentsOf, withPayments } from './payments-state.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';

/**
 * What has to be known of the payment before we capture, and was not told: the authorisation itself (its message may be lost), or whether it can
 * be captured in parts (a message may not say). Empty when nothing is missing.
 */
function missing({ order, transactions }: OrderState, { payments }: OrderRules): string {
  if (order === null || payments.capture === 'storefront') return '';
  const held = Object.entries(transactions).filter(
    ([, { data }]) => data.kind === 'authorization' && data.ref.connection === order.ref.connection,
  );
  const { state } = order.payment;
  if (held.length === 0) return state === 'authorized' ? `authorization at ${order.version.at}` : '';
  if (payments.capture !== 'shipment') return '';
  return held
    .filter(([, { data }]) => data.status === 'succeeded' && data.multiCapture === undefined)
    .map(([key]) => key)
    .toSorted()
    .join();
}

/** Reads the order at its source once for each thing that is missing. A source that does not say it then is taken to capture once. */
export function lookUpPayment(
  state: OrderState,
  read: ReadReason | undefined,
  rules: OrderRules,
): { readonly state: OrderState; readonly read: ReadReason | undefined } {
  const lookedFor = missing(state, rules);
  if (lookedFor === '' || lookedFor === paymentsOf(state).lookedFor) return { state, read };
  return { state: withPayments(state, { lookedFor }), read: read ?? 'asked' };
}

/** Whether the read that may tell of this authorisation has not brought its answer yet. */
export function isAskedAbout(key: string, state: OrderState): boolean {
  const { read } = state;
  if (read === null || read.trouble !== null) return false;
  const isUnderWay = read.answered || read.rereadAt !== null || read.shown;
  return isUnderWay && (paymentsOf(state).lookedFor ?? '').includes(key);
}
