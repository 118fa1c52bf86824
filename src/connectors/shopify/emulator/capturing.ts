import Big from 'big.js';
import { minorUnitDigits } from '#canonical/currency.ts';
import { newTransaction } from './new-transaction.ts';
import type { Ids } from './order-input.ts';
import type { Bag, OrderRecord, TransactionRecord } from './records.ts';
import { settleTotals } from './totals.ts';

/** The input of orderCapture. */
export type CaptureAsked = {
  readonly id: string;
  readonly parentTransactionId: string;
  readonly amount: string;
  readonly currency?: string | null;
  readonly finalCapture?: boolean | null;
};

/** Why the shop did not even ask the gateway. */
export type CaptureRefused = {
  readonly refused: string;
  readonly field: readonly string[] | null;
  readonly code?: string;
};
const refuse = (
  refused: string,
  field: readonly string[] | null = null,
  code = 'GENERIC_ERROR',
): CaptureRefused => ({
  refused,
  field,
  code,
});

const below = (order: OrderRecord, authorization: TransactionRecord) =>
  order.transactions.filter(({ parentTransaction }) => parentTransaction?.id === authorization.id);
const isUnder = ({ status }: TransactionRecord): boolean => status === 'SUCCESS' || status === 'PENDING';

/** What an authorisation still holds, in the buyer's currency: nothing once it is void, has lapsed, or was captured by a gateway that does so once. */
export function heldOf(order: OrderRecord, authorization: TransactionRecord, nowMs: number): Big {
  const children = below(order, authorization).filter(isUnder);
  const captures = children.filter(({ kind }) => kind === 'CAPTURE');
  const isOver =
    authorization.kind !== 'AUTHORIZATION' ||
    authorization.status !== 'SUCCESS' ||
    children.some(({ kind }) => kind === 'VOID') ||
    order.displayFinancialStatus === 'VOIDED' ||
    hasLapsed(authorization, nowMs) ||
    (captures.length > 0 && !authorization.multiCapturable);
  if (isOver) return new Big(0);
  return captures.reduce(
    (left, { amountSet }) => left.minus(amountSet.presentmentMoney.amount),
    new Big(authorization.amountSet.presentmentMoney.amount),
  );
}

export const hasLapsed = ({ authorizationExpiresAt }: TransactionRecord, nowMs: number): boolean =>
  authorizationExpiresAt !== null && Date.parse(authorizationExpiresAt) <= nowMs;

/** What orderCapture is checked for before the gateway is asked. The amount is in the buyer's currency. */
export function checkedCapture(
  order: OrderRecord | undefined,
  asked: CaptureAsked,
  nowMs: number,
): { readonly order: OrderRecord; readonly authorization: TransactionRecord } | CaptureRefused {
  if (!order) return refuse('Order does not exist.', ['input', 'id']);
  const authorization = order.transactions.find(({ id }) => id === asked.parentTransactionId);
  if (!authorization) return refuse('Parent transaction does not exist.', ['input', 'parentTransactionId']);
  if (order.currencyCode !== order.presentmentCurrencyCode && !asked.currency)
    return refuse('Currency is required for orders in several currencies.', ['input', 'currency']);
  if (asked.currency && asked.currency !== order.presentmentCurrencyCode)
    return refuse('Currency must be the presentment currency of the order.', ['input', 'currency']);
  const amount = new Big(asked.amount);
  if (amount.lte(0)) return refuse('Amount must be positive.', ['input', 'amount']);
  if (amount.round(minorUnitDigits(order.presentmentCurrencyCode)).cmp(amount) !== 0)
    return refuse('Amount has too many decimals.', ['input', 'amount']);
  // A lapsed authorisation is found out by the gateway.
  if (hasLapsed(authorization, nowMs)) return { order, authorization };
  const held = heldOf(order, authorization, nowMs);
  if (held.lte(0)) return refuse('Transaction cannot be captured.', ['input', 'parentTransactionId']);
  if (amount.gt(held)) return refuse('Amount exceeds what can be captured.', ['input', 'amount']);
  return { order, authorization };
}

/** A capture as the gateway answered it. The shop's amount follows the rate of the order, rounded to its own currency. */
export function newCapture(
  order: OrderRecord,
  authorization: TransactionRecord,
  amount: string,
  at: string,
  ids: Ids,
): TransactionRecord {
  const { presentmentCurrencyCode: presentment, currencyCode: shop } = order;
  const whole = authorization.amountSet;
  const isWhole = new Big(amount).eq(whole.presentmentMoney.amount);
  const bag: Bag = isWhole
    ? whole
    : {
        presentmentMoney: {
          amount: new Big(amount).toFixed(minorUnitDigits(presentment)),
          currencyCode: presentment,
        },
        shopMoney: {
          amount: new Big(amount).div(order.rate).toFixed(minorUnitDigits(shop), Big.roundHalfUp),
          currencyCode: shop,
        },
      };
  return {
    ...newTransaction(order, 'CAPTURE', authorization.gateway, at, ids),
    amountSet: bag,
    parentTransaction: { id: authorization.id },
  };
}

/** What the shop says of the payment once a capture has settled. A single capture gives the rest back, and so does a final one. */
export function settleCapture(order: OrderRecord): void {
  const total = (kinds: readonly string[]) =>
    order.transactions
      .filter(({ kind, status }) => status === 'SUCCESS' && kinds.includes(kind))
      .reduce((sum, { amountSet }) => sum.plus(amountSet.presentmentMoney.amount), new Big(0));
  const received = total(['CAPTURE', 'SALE']);
  const isWhole = received.gte(order.currentTotalPriceSet.presentmentMoney.amount);
  if (total(['REFUND']).eq(0)) order.displayFinancialStatus = isWhole ? 'PAID' : 'PARTIALLY_PAID';
  settleTotals(order, 'later');
}

/** The authorisation given up, or why not. */
export function checkedVoid(
  order: OrderRecord | undefined,
  parentTransactionId: string,
  nowMs: number,
): { readonly order: OrderRecord; readonly authorization: TransactionRecord } | CaptureRefused {
  const field = ['parentTransactionId'];
  const authorization = order?.transactions.find(({ id }) => id === parentTransactionId);
  if (!order || !authorization) return refuse('Transaction does not exist.', field, 'TRANSACTION_NOT_FOUND');
  if (authorization.kind !== 'AUTHORIZATION' || authorization.status !== 'SUCCESS')
    return refuse('Transaction must be a successful authorization.', field, 'AUTH_NOT_SUCCESSFUL');
  const isTouched = below(order, authorization).some(isUnder);
  if (isTouched || heldOf(order, authorization, nowMs).lte(0))
    return refuse('Transaction must be voidable.', field, 'AUTH_NOT_VOIDABLE');
  return { order, authorization };
}
