import type { Ids } from './order-input.ts';
import type { OrderRecord, TransactionRecord } from './records.ts';
import { secondsLater } from './shop-time.ts';

/** A movement of the order's whole current total. */
export function newTransaction(
  order: OrderRecord,
  kind: TransactionRecord['kind'],
  gateway: string,
  at: string,
  ids: Ids,
): TransactionRecord {
  const parent = order.transactions.find(
    (earlier) => earlier.kind === (kind === 'REFUND' ? 'SALE' : 'AUTHORIZATION'),
  );
  return {
    id: ids.gid('OrderTransaction'),
    kind,
    status: 'SUCCESS',
    gateway,
    manualPaymentGateway: false,
    multiCapturable: false,
    createdAt: at,
    processedAt: at,
    authorizationExpiresAt: kind === 'AUTHORIZATION' ? secondsLater(at, 7 * 86_400) : null,
    paymentId: `${order.name}.${order.transactions.length + 1}`,
    errorCode: null,
    test: order.test,
    amountSet: order.currentTotalPriceSet,
    parentTransaction: parent ? { id: parent.id } : null,
    paymentDetails:
      gateway === 'shopify_payments'
        ? { __typename: 'CardPaymentDetails', company: 'Visa', wallet: null }
        : null,
  };
}
