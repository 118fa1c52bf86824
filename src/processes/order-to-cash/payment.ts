import type { Order } from '#canonical/order.ts';
import type { PaymentState, PaymentTransaction } from '#canonical/payment.ts';
import { sortedFacts } from './observations.ts';
import type { OrderState } from './state.ts';

/**
 * The payment state as the source reports it; where the source has shown transactions that are younger than the snapshot,
 * the state that all known transactions come to.
 */
export function paymentState(state: OrderState, order: Order): PaymentState {
  const { connection } = order.ref;
  const isYounger = Object.values(state.transactions).some(
    (fact) => fact.data.ref.connection === connection && fact.at > order.version.at,
  );
  if (!isYounger) return unlessLapsed(order.payment.state, state);
  const transactions = sortedFacts(state.transactions).map(([, transaction]) => transaction);
  const own = transactions.filter((transaction) => transaction.ref.connection === connection);
  return unlessLapsed(stateOf(own, order.totals.grand.presentment.amountMinor) ?? order.payment.state, state);
}

/** What is authorised no more, whatever the source has not said yet. */
function unlessLapsed(known: PaymentState, { payments, transactions }: OrderState): PaymentState {
  if (known !== 'authorized' || payments === undefined || payments.lapsed.length === 0) return known;
  const held = Object.entries(transactions).filter(
    ([, { data }]) => data.kind === 'authorization' && data.status === 'succeeded',
  );
  return held.every(([key]) => payments.lapsed.includes(key)) ? 'expired' : known;
}

/** Null when no transaction moved anything. `owedMinor` is what the buyer owes for the order as it stands, in presentment currency. */
function stateOf(transactions: readonly PaymentTransaction[], owedMinor: number): PaymentState | null {
  const succeeded = transactions.filter((transaction) => transaction.status === 'succeeded');
  const sum = (...kinds: readonly PaymentTransaction['kind'][]): number =>
    succeeded
      .filter((transaction) => kinds.includes(transaction.kind))
      .reduce((total, transaction) => total + transaction.amount.presentment.amountMinor, 0);
  const captured = sum('capture', 'sale') - sum('change');
  const refunded = sum('refund');
  if (captured > 0) {
    if (refunded >= captured) return 'refunded';
    if (refunded > 0) return 'partially-refunded';
    return captured >= owedMinor ? 'paid' : 'partially-paid';
  }
  const voided = new Set(succeeded.filter(({ kind }) => kind === 'void').map(({ parentId }) => parentId));
  const authorizations = succeeded.filter(({ kind }) => kind === 'authorization');
  if (authorizations.length === 0) return null;
  return authorizations.every(({ id }) => voided.has(id)) ? 'voided' : 'authorized';
}
