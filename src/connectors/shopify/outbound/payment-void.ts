import type { CommandHandler } from '#connector-sdk/connector.ts';
import { mapped } from '#connector-sdk/mapping.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { ShopifyClient } from '../client.ts';
import { gid } from '../gid.ts';
import { userErrorOutcome } from '../graphql-answer.ts';
import {
  movements,
  paymentEvent,
  paymentIds,
  readStanding,
  type Standing,
} from '../payment-state-reading.ts';
import { transactionVoidMutation } from '../queries/transaction-void.ts';

export type VoidRequest = { readonly orderId: string; readonly authorizationId: string };

/** Nothing is held any more, whoever saw to it. */
const gone: readonly (string | null)[] = ['VOIDED', 'EXPIRED'];

/** Gives up an authorisation before anything was captured of it. Looked up first; giving it up twice has no second effect. */
export const paymentVoid: CommandHandler<'storefront.payment.void', VoidRequest, ShopifyClient> = {
  name: 'storefront.payment.void',
  safety: { kind: 'lookup-first' },
  timeoutMs: 25_000,
  // (K) as for a capture.
  settleMs: 10_000,
  searchLagMs: 0,
  render: ({ order, authorization }) => paymentIds(order, authorization),
  conflictKeys: ({ orderId }) => [`payment:${orderId}`],
  async find(request, call, client): Promise<Found> {
    const read = await readStanding(request, call, client);
    if (read.kind !== 'standing') return read;
    return isGone(read.standing)
      ? { kind: 'found', outcome: done(request, read.standing, client) }
      : { kind: 'absent' };
  },
  async send(request, call, client): Promise<Outcome> {
    const read = await readStanding(request, call, client);
    if (read.kind !== 'standing') return read;
    const { standing } = read;
    if (isGone(standing)) return done(request, standing, client);
    if (standing.authorization === null)
      return {
        kind: 'rejected',
        code: 'authorization-not-found',
        detail: `order ${request.orderId} has no authorisation ${request.authorizationId}`,
      };
    if (standing.pending !== null)
      return { kind: 'conflict', stale: false, detail: 'a capture is under way' };
    if (standing.capturedMinor > 0)
      return {
        kind: 'rejected',
        code: 'already-captured',
        detail: `${standing.capturedMinor} minor units were captured`,
      };
    const variables = { parentTransactionId: gid('OrderTransaction', request.authorizationId) };
    const answer = await client.run(transactionVoidMutation, variables, call);
    if (answer.kind !== 'answer') return answer;
    const payload = answer.data.transactionVoid;
    const refused = userErrorOutcome(payload?.userErrors ?? []);
    if (refused !== null) return refused;
    const made = mapped(() =>
      movements(payload?.transaction ? [payload.transaction] : [], client.connection),
    );
    const transaction = made.ok ? (made.value[0] ?? null) : null;
    if (transaction?.status === 'succeeded') return done(request, { ...standing, void: transaction }, client);
    if (transaction?.status === 'failed')
      return { kind: 'rejected', code: 'void-declined', detail: transaction.error ?? 'the gateway refused' };
    return { kind: 'outcome-unknown', detail: 'the gateway has not said that the authorisation is void' };
  },
};

const isGone = (standing: Standing): boolean =>
  standing.void !== null || (standing.capturedMinor === 0 && gone.includes(standing.financialStatus));

const done = (
  { orderId }: VoidRequest,
  { void: made }: Standing,
  { connection }: ShopifyClient,
): Extract<Outcome, { kind: 'done' }> => ({
  kind: 'done',
  result: { void: made?.id ?? null },
  refs: made === null ? [] : [made.ref],
  events: made === null ? [] : [paymentEvent(made, orderId, connection)],
});
