import type { PaymentTransaction } from '#canonical/payment.ts';
import { unmappable } from '#connector-sdk/mapping.ts';
import { shopifyRef } from '../../gid.ts';
import type { SourceTransaction } from '../source/source-order.ts';

const kinds: Readonly<Record<string, PaymentTransaction['kind']>> = {
  authorization: 'authorization',
  emv_authorization: 'authorization',
  capture: 'capture',
  sale: 'sale',
  void: 'void',
  refund: 'refund',
  change: 'change',
};

/** Only `success` moves money. A gateway that has not answered yet may still do it, so that is pending, not failed. */
const statuses: Readonly<Record<string, PaymentTransaction['status']>> = {
  success: 'succeeded',
  pending: 'pending',
  awaiting_response: 'pending',
  failure: 'failed',
  error: 'failed',
  unknown: 'unknown',
};

/** A proposal for a refund moves nothing and is none. */
export const isProposal = (transaction: SourceTransaction): boolean =>
  transaction.kind === 'suggested_refund';

/** `path` stands before the field's name in a problem. @throws UnmappableError for a kind or status that Shopify did not have in 2026-10 */
export function canonicalPayment(
  transaction: SourceTransaction,
  connection: string,
  path = '',
): PaymentTransaction {
  const kind = kinds[transaction.kind];
  if (kind === undefined) throw unmappable(`${path}kind`, `"${transaction.kind}" is not known`);
  const status = statuses[transaction.status];
  if (status === undefined) throw unmappable(`${path}status`, `"${transaction.status}" is not known`);
  // An order made through the API may name no gateway; its row in the payment-method crosswalk is called so.
  const method = transaction.gateway ?? 'unnamed';
  return {
    id: transaction.id,
    ref: shopifyRef(connection, 'OrderTransaction', transaction.id),
    parentId: transaction.parentId,
    kind,
    status,
    method,
    instrument: instrument(transaction, method),
    amount: transaction.amount,
    settlement: null,
    at: transaction.at,
    expiresAt: kind === 'authorization' ? transaction.expiresAt : null,
    ...(kind === 'authorization' &&
      transaction.multiCapturable !== null && { multiCapture: transaction.multiCapturable }),
    gatewayReference: transaction.reference,
    error: transaction.errorCode,
    test: transaction.test,
    extensions: {},
  };
}

function instrument(transaction: SourceTransaction, gateway: string): PaymentTransaction['instrument'] {
  if (gateway === 'gift_card') return 'gift-card';
  if (gateway === 'shopify_store_credit') return 'store-credit';
  if (gateway === 'cash') return 'cash';
  if (transaction.cardOrWallet?.wallet) return 'wallet';
  if (transaction.cardOrWallet?.company) return 'card';
  return 'other';
}
