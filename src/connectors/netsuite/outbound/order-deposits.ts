import { moneyToDecimal } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { RenderContext } from '#connector-sdk/mapping.ts';
import { mapAll } from '#connector-sdk/all-problems.ts';
import { externalKey } from './external-key.ts';
import { recordName } from './record-name.ts';
import type { DepositRequest } from './request.ts';

/** What is paid already, payment by payment; an authorization is no money yet. @throws UnmappableError for a method without its row */
export function orderDeposits(order: Order, context: RenderContext): readonly DepositRequest[] {
  const paid = order.payment.transactions
    .map((payment, index) => ({ payment, path: `order.payment.transactions[${index}].method` }))
    .filter(
      ({ payment: { kind, status } }) => status === 'succeeded' && (kind === 'sale' || kind === 'capture'),
    );
  return mapAll(paid, ({ payment, path }) => ({
    key: externalKey('CD', `${order.id.replace(/^order:/, '')}/${payment.id}`),
    amount: moneyToDecimal(payment.amount.presentment),
    paymentMethod: recordName(context.crosswalk('payment-method', payment.method, path), path),
    memo: payment.gatewayReference ?? payment.id,
  }));
}
