import { createHash } from 'node:crypto';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { PaymentTransaction } from '#canonical/payment.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import { mapped, unmappable } from '#connector-sdk/mapping.ts';
import type { CallBounds, ShopifyClient } from './client.ts';
import { gid } from './gid.ts';
import type { Failure } from './graphql-answer.ts';
import { canonicalPayment, isProposal } from './inbound/canonical/payment.ts';
import { orderSubject } from './inbound/order-subject.ts';
import { graphqlTransactionSource } from './inbound/source/graphql-order.ts';
import { mostTransactions, type PaymentState, paymentStateQuery } from './queries/payment-state.ts';

/** One authorisation of an order, and what became of it. Amounts in minor units of the buyer's currency. */
export type Standing = {
  readonly currency: string;
  readonly financialStatus: string | null;
  readonly authorization: PaymentTransaction | null;
  readonly capturedMinor: number;
  /** A capture that the gateway has not answered yet. */
  readonly pending: PaymentTransaction | null;
  readonly captures: readonly PaymentTransaction[];
  readonly failures: readonly PaymentTransaction[];
  readonly void: PaymentTransaction | null;
};
export type StandingRead = { readonly kind: 'standing'; readonly standing: Standing } | Failure;

/** Where an authorisation stands, read by id. An order that the shop does not have is `rejected`. */
export async function readStanding(
  { orderId, authorizationId }: { readonly orderId: string; readonly authorizationId: string },
  call: CallBounds,
  client: ShopifyClient,
): Promise<StandingRead> {
  const answer = await client.run(paymentStateQuery, { id: gid('Order', orderId) }, call);
  if (answer.kind !== 'answer') return answer;
  const { order } = answer.data;
  if (order === null)
    return { kind: 'rejected', code: 'order-not-found', detail: `the shop has no order ${orderId}` };
  if (order.transactions.length >= mostTransactions)
    return {
      kind: 'rejected',
      code: 'order-too-large',
      detail: `order ${orderId} has ${mostTransactions} movements of money or more`,
    };
  const read = mapped(() => movements(order.transactions, client.connection));
  return read.ok
    ? { kind: 'standing', standing: standingOf(order, read.value, authorizationId) }
    : { kind: 'unavailable', retryAfterMs: null, detail: read.problems.map(({ message }) => message).join() };
}

function standingOf(
  order: PaymentState,
  all: readonly PaymentTransaction[],
  authorizationId: string,
): Standing {
  const below = all.filter(({ parentId }) => parentId === authorizationId);
  const captures = below.filter(({ kind, status }) => kind === 'capture' && status === 'succeeded');
  return {
    currency: order.presentmentCurrencyCode,
    financialStatus: order.displayFinancialStatus,
    authorization: all.find(({ id, kind }) => id === authorizationId && kind === 'authorization') ?? null,
    captures,
    failures: below.filter(({ kind, status }) => kind === 'capture' && status === 'failed'),
    capturedMinor: captures.reduce((sum, { amount }) => sum + amount.presentment.amountMinor, 0),
    pending:
      below.find(
        ({ kind, status }) => kind === 'capture' && (status === 'pending' || status === 'unknown'),
      ) ?? null,
    void: below.find(({ kind, status }) => kind === 'void' && status === 'succeeded') ?? null,
  };
}

/** Movements of money in our words. @throws UnmappableError */
export const movements = (
  transactions: PaymentState['transactions'],
  connection: string,
): readonly PaymentTransaction[] =>
  transactions
    .map(graphqlTransactionSource)
    .filter((source) => !isProposal(source))
    .map((source, index) => canonicalPayment(source, connection, `transactions[${index}].`));

/** A movement as the event by which the process hears of it, at once and also when the webhook is lost. */
export const paymentEvent = (
  transaction: PaymentTransaction,
  orderId: string,
  connection: string,
): CanonicalEvent => ({
  type: 'payment.observed',
  subject: orderSubject(connection, orderId),
  version: {
    at: transaction.at,
    hash: createHash('sha256').update(JSON.stringify(transaction)).digest('hex'),
  },
  data: transaction,
});

/** The numbers of an order and of one of its authorisations. @throws UnmappableError */
export function paymentIds(
  order: ExternalRef,
  authorization: ExternalRef,
): { readonly orderId: string; readonly authorizationId: string } {
  if (order.type !== 'Order' || !/^\d+$/.test(order.id))
    throw unmappable('order', `${order.type} ${order.id} is no Shopify order`);
  if (authorization.type !== 'OrderTransaction' || !/^\d+$/.test(authorization.id))
    throw unmappable('authorization', `${authorization.type} ${authorization.id} is no Shopify transaction`);
  return { orderId: order.id, authorizationId: authorization.id };
}
