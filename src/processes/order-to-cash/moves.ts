import type { ErpOrder } from '#canonical/event.ts';
import type { FulfillmentOrder, Shipment } from '#canonical/fulfillment.ts';
import type { Invoice } from '#canonical/invoice.ts';
import type { PaymentState, PaymentTransaction } from '#canonical/payment.ts';

/**
 * From each state, every state that may be reported next: those further on (messages in between may be missing) and the
 * declared reversals. A platform that reports something else is believed, and the move is flagged.
 */
export type Moves<S extends string> = { readonly [From in S]: readonly S[] };

export const paymentMoves: Moves<PaymentState> = {
  pending: ['authorized', 'partially-paid', 'paid', 'partially-refunded', 'refunded', 'voided', 'expired'],
  authorized: ['partially-paid', 'paid', 'partially-refunded', 'refunded', 'voided', 'expired'],
  'partially-paid': ['paid', 'partially-refunded', 'refunded', 'voided'],
  // An order that grew by an edit is only partly paid again.
  paid: ['partially-refunded', 'refunded', 'partially-paid'],
  // A refund that failed gives the money back to us.
  'partially-refunded': ['refunded', 'paid', 'partially-paid'],
  refunded: ['partially-refunded', 'paid', 'partially-paid'],
  voided: ['authorized', 'partially-paid', 'paid', 'refunded'],
  expired: ['authorized', 'partially-paid', 'paid', 'voided', 'refunded'],
};

export const transactionMoves: Moves<PaymentTransaction['status']> = {
  pending: ['succeeded', 'failed', 'unknown'],
  unknown: ['succeeded', 'failed'],
  // A bank's or a wallet's refund may fail days after it was reported.
  succeeded: ['failed'],
  failed: [],
};

export const fulfillmentOrderMoves: Moves<FulfillmentOrder['status']> = {
  scheduled: ['open', 'on-hold', 'in-progress', 'incomplete', 'closed', 'cancelled'],
  open: ['on-hold', 'scheduled', 'in-progress', 'incomplete', 'closed', 'cancelled'],
  'on-hold': ['scheduled', 'open', 'in-progress', 'incomplete', 'closed', 'cancelled'],
  // A warehouse may decline what it had accepted.
  'in-progress': ['open', 'on-hold', 'incomplete', 'closed', 'cancelled'],
  incomplete: ['open', 'closed', 'cancelled'],
  // A fulfilment that is cancelled opens its fulfilment order again.
  closed: ['open', 'in-progress'],
  cancelled: [],
};

const outAndGone = ['collected', 'delivered', 'undeliverable', 'cancelled'] as const;
export const shipmentMoves: Moves<Shipment['status']> = {
  planned: ['picked', 'packed', 'shipped', 'ready-for-pickup', ...outAndGone],
  picked: ['packed', 'shipped', 'ready-for-pickup', ...outAndGone],
  packed: ['shipped', 'ready-for-pickup', ...outAndGone],
  'ready-for-pickup': ['shipped', ...outAndGone],
  shipped: ['ready-for-pickup', ...outAndGone],
  collected: [],
  // A carrier corrects itself.
  delivered: ['undeliverable'],
  undeliverable: ['shipped', 'delivered', 'cancelled'],
  cancelled: [],
};

export const invoiceMoves: Moves<Invoice['status']> = {
  draft: ['posted', 'paid', 'cancelled'],
  posted: ['paid', 'cancelled'],
  // A payment that bounces opens the invoice again.
  paid: ['posted', 'cancelled'],
  cancelled: ['draft'],
};

export const erpOrderMoves: Moves<ErpOrder['status']> = {
  draft: ['quotation', 'confirmed', 'processing', 'done', 'cancelled'],
  quotation: ['draft', 'confirmed', 'processing', 'done', 'cancelled'],
  confirmed: ['draft', 'quotation', 'processing', 'done', 'cancelled'],
  processing: ['done', 'cancelled'],
  // A shipment that is cancelled in the ERP opens its order again.
  done: ['processing', 'cancelled'],
  cancelled: ['draft'],
};

/** Whether a reported move is neither further on nor a declared reversal. */
export function goesBack<S extends string>(moves: Moves<S>, from: S, to: S): boolean {
  return from !== to && !moves[from].includes(to);
}
