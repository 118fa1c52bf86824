import { randomUUID } from 'node:crypto';
import type { JsonObject } from '#canonical/json.ts';
import {
  type CaptureAsked,
  type CaptureRefused,
  checkedCapture,
  checkedVoid,
  hasLapsed,
  heldOf,
  newCapture,
  settleCapture,
} from './capturing.ts';
import { newTransaction } from './new-transaction.ts';
import type { Ids } from './order-input.ts';
import type { OrderRecord, TransactionRecord } from './records.ts';
import { settleTotals } from './totals.ts';

/** What the desk needs of its shop. */
export type PaymentsShop = {
  readonly orders: ReadonlyMap<string, OrderRecord>;
  readonly ids: Ids;
  now(): number;
  instant(): string;
  /** Writes the effect down and stamps the order. */
  changed(type: string, order: OrderRecord, data: JsonObject): void;
  tellTransaction(transaction: TransactionRecord, order: OrderRecord, event: string, delayMs: number): void;
  tellOrder(topics: readonly string[], order: OrderRecord, event: string): void;
};

/** Where authorised money is captured and given up: the shop's side of its payment gateways. */
export class PaymentsDesk {
  readonly #shop: PaymentsShop;
  readonly #refusals: string[] = [];
  #settleAfterMs = 0;
  /** How much later than the fact the webhook of a movement of money leaves. Milliseconds. */
  webhookDelayMs = 0;

  constructor(shop: PaymentsShop) {
    this.#shop = shop;
  }

  /** The gateway declines the next captures, each with one of these error codes. */
  decline(...errorCodes: readonly string[]): void {
    this.#refusals.push(...errorCodes);
  }

  /** Captures are pending for so long before the gateway says yes. */
  settleAfter(ms: number): void {
    this.#settleAfterMs = ms;
  }

  /** The shop captures an authorisation by itself, whole and once, or takes a payment that was pending. Webhooks: order_transactions/create, orders/paid, orders/updated. */
  pay(order: OrderRecord): void {
    const authorized = order.transactions.some(({ kind }) => kind === 'AUTHORIZATION');
    const isCaptured = order.transactions.some(
      ({ kind, status }) => kind === 'CAPTURE' && status !== 'FAILURE',
    );
    if (authorized && isCaptured) return;
    const gateway = order.transactions[0]?.gateway ?? 'manual';
    const kind = authorized ? 'CAPTURE' : 'SALE';
    const transaction = newTransaction(order, kind, gateway, this.#shop.instant(), this.#shop.ids);
    order.transactions.push(transaction);
    order.displayFinancialStatus = 'PAID';
    if (!order.paymentGatewayNames.includes(gateway)) order.paymentGatewayNames.push(gateway);
    settleTotals(order, 'later');
    this.#shop.changed('order.paid', order, { amount: transaction.amountSet.presentmentMoney.amount });
    this.#tell(transaction, order, ['orders/paid']);
  }

  /** orderCapture. Webhooks: order_transactions/create; orders/paid once all is paid, orders/updated. */
  capture(asked: CaptureAsked): TransactionRecord | CaptureRefused {
    this.settle(this.#shop.orders.get(asked.id));
    const nowMs = this.#shop.now();
    const checked = checkedCapture(this.#shop.orders.get(asked.id), asked, nowMs);
    if ('refused' in checked) return checked;
    const { order, authorization } = checked;
    const capture = newCapture(order, authorization, asked.amount, this.#shop.instant(), this.#shop.ids);
    const errorCode = hasLapsed(authorization, nowMs) ? 'AUTHORIZATION_EXPIRED' : this.#refusals.shift();
    if (errorCode !== undefined) Object.assign(capture, { status: 'FAILURE', errorCode });
    else if (this.#settleAfterMs > 0) capture.status = 'PENDING';
    order.transactions.push(capture);
    if (capture.status === 'SUCCESS')
      this.#captured(order, authorization, capture, asked.finalCapture ?? false);
    else {
      this.#shop.changed('payment.not-captured', order, { transaction: capture.id, status: capture.status });
      if (capture.status === 'PENDING')
        this.#pending.push({
          order,
          authorization,
          capture,
          final: asked.finalCapture ?? false,
          dueMs: nowMs + this.#settleAfterMs,
        });
      this.#shop.tellTransaction(capture, order, randomUUID(), this.webhookDelayMs);
    }
    return capture;
  }

  /** transactionVoid. Webhooks: order_transactions/create, orders/updated. */
  void(parentTransactionId: string): TransactionRecord | CaptureRefused {
    const holder = [...this.#shop.orders.values()].find(({ transactions }) =>
      transactions.some(({ id }) => id === parentTransactionId),
    );
    this.settle(holder);
    const checked = checkedVoid(holder, parentTransactionId, this.#shop.now());
    if ('refused' in checked) return checked;
    const made = this.#release(checked.order, checked.authorization);
    if (checked.order.displayFinancialStatus === 'AUTHORIZED')
      checked.order.displayFinancialStatus = 'VOIDED';
    this.#shop.changed('payment.voided', checked.order, { authorization: parentTransactionId });
    this.#tell(made, checked.order, []);
    return made;
  }

  /** Pending captures whose time has come, and an order whose authorisations' time is over. Webhook: orders/updated. */
  settle(order: OrderRecord | undefined): void {
    const nowMs = this.#shop.now();
    for (const each of this.#pending.splice(0)) {
      if (each.dueMs > nowMs) this.#pending.push(each);
      else {
        each.capture.status = 'SUCCESS';
        this.#captured(each.order, each.authorization, each.capture, each.final);
      }
    }
    if (order?.displayFinancialStatus !== 'AUTHORIZED') return;
    const held = order.transactions.filter(({ kind }) => kind === 'AUTHORIZATION');
    if (held.length === 0 || !held.every((authorization) => hasLapsed(authorization, nowMs))) return;
    order.displayFinancialStatus = 'EXPIRED';
    this.#shop.changed('payment.expired', order, {});
    this.#shop.tellOrder(['orders/updated'], order, randomUUID());
  }

  readonly #pending: {
    order: OrderRecord;
    authorization: TransactionRecord;
    capture: TransactionRecord;
    final: boolean;
    dueMs: number;
  }[] = [];

  #captured(
    order: OrderRecord,
    authorization: TransactionRecord,
    capture: TransactionRecord,
    isFinal: boolean,
  ): void {
    settleCapture(order);
    const { amount, currencyCode } = capture.amountSet.presentmentMoney;
    this.#shop.changed('payment.captured', order, {
      transaction: capture.id,
      authorization: authorization.id,
      amount,
      currency: currencyCode,
    });
    const isPaid = order.displayFinancialStatus === 'PAID';
    this.#tell(capture, order, isPaid ? ['orders/paid'] : []);
    const rest = heldOf(order, authorization, this.#shop.now());
    if (isFinal && authorization.multiCapturable && rest.gt(0))
      this.#tell(this.#release(order, authorization), order, []);
  }

  #release(order: OrderRecord, authorization: TransactionRecord): TransactionRecord {
    const made: TransactionRecord = {
      ...newTransaction(order, 'VOID', authorization.gateway, this.#shop.instant(), this.#shop.ids),
      amountSet: authorization.amountSet,
      parentTransaction: { id: authorization.id },
    };
    order.transactions.push(made);
    return made;
  }

  #tell(transaction: TransactionRecord, order: OrderRecord, topics: readonly string[]): void {
    const event = randomUUID();
    this.#shop.tellTransaction(transaction, order, event, this.webhookDelayMs);
    this.#shop.tellOrder([...topics, 'orders/updated'], order, event);
  }
}

/** What the shop says of the payment once an order is cancelled. Money that was taken in part stays until it is refunded. */
export function statusOnceCancelled(
  { displayFinancialStatus: status }: OrderRecord,
  authorization: 'voided' | 'open',
): string {
  if (status === 'PARTIALLY_PAID' || (status === 'AUTHORIZED' && authorization === 'open')) return status;
  return status === 'PAID' ? 'REFUNDED' : 'VOIDED';
}
