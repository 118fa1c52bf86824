import type { OrderStatus } from '#canonical/command.ts';
import type { Order } from '#canonical/order.ts';
import type { PaymentState } from '#canonical/payment.ts';
import type { Invoicing } from './invoices.ts';
import type { LineQuantities } from './line-buckets.ts';
import type { LineStructure } from './line-structure.ts';
import { isCovered } from './payment-book.ts';
import { isPositive, minus } from './quantity.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';

const settledPayments: readonly PaymentState[] = ['paid', 'partially-refunded', 'refunded'];

export type StatusInputs = {
  readonly state: OrderState;
  readonly order: Order;
  readonly holds: readonly string[];
  readonly structure: LineStructure;
  readonly lines: ReadonlyMap<string, LineQuantities>;
  readonly invoicing: Invoicing;
};

/** Where the order stands for the people who look at it: read off what is known, never stepped through. */
export function deriveStatus(inputs: StatusInputs, rules: OrderRules): OrderStatus {
  const { order, invoicing } = inputs;
  const { live, shipped } = goods(inputs);
  if (order.cancelled !== null && shipped === 'none') return 'cancelled';

  const delivered =
    shipped === 'all' || (live === 'none' && order.cancelled === null && isReleased(inputs, rules));
  const invoiced = rules.erp === null || invoicing.complete;
  if (delivered && (invoiced || !rules.close.invoiced) && (isPaid(inputs) || !rules.close.paid))
    return 'closed';
  if (delivered && rules.erp !== null && invoicing.complete) return 'invoiced';
  if (shipped === 'all') return 'shipped';
  if (shipped === 'some') return 'partially-shipped';
  return isHeld(inputs) ? 'on-hold' : isReleased(inputs, rules) ? 'released' : 'captured';
}

/** What of the order's goods is still wanted, and how much of that has left. */
function goods({ structure, lines }: StatusInputs): {
  readonly live: 'none' | 'some';
  readonly shipped: 'none' | 'some' | 'all';
} {
  let [live, shipped, waiting] = [false, false, false];
  for (const { id } of structure.goods) {
    const line = lines.get(id);
    if (line === undefined || !isPositive(line.live)) continue;
    live = true;
    if (isPositive(line.unshipped)) waiting = true;
    if (isPositive(minus(line.live, line.unshipped))) shipped = true;
  }
  return { live: live ? 'some' : 'none', shipped: shipped ? (waiting ? 'some' : 'all') : 'none' };
}

/** Also an order on the ERP's side of things may stand still: refused, parked, or blocked there (credit, approval ...). */
function isHeld({ state, holds }: StatusInputs): boolean {
  const { phase, trouble } = state.erp;
  if (holds.length > 0 || phase === 'refused') return true;
  if (phase === 'asked' && trouble !== null) return true;
  return (state.erpOrder?.data.blocks.length ?? 0) > 0 || state.erpOrder?.data.status === 'cancelled';
}

/** The ERP has it; without an ERP, the payment lets the goods go. */
function isReleased({ state, order }: StatusInputs, rules: OrderRules): boolean {
  if (rules.erp !== null)
    return state.erpOrder !== null || state.erp.phase === 'created' || state.erp.phase === 'uncancellable';
  return allowsRelease(order, rules) || isCovered(state, order, rules);
}

/** Whether the payment state, or the payment terms, let the ERP have the order. */
export function allowsRelease({ payment, paymentTerms }: Order, { release }: OrderRules): boolean {
  if (release.paymentStates.includes(payment.state)) return true;
  const openOnTerms = payment.state === 'pending' || payment.state === 'partially-paid';
  return release.onPaymentTerms && paymentTerms !== null && openOnTerms;
}

/** By the source's payment; for an order on terms also by the ERP's invoices, all paid. */
function isPaid({ order, invoicing }: StatusInputs): boolean {
  return (
    settledPayments.includes(order.payment.state) ||
    (order.paymentTerms !== null && invoicing.complete && invoicing.allPaid)
  );
}
