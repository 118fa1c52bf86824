import type { Json } from '#canonical/json.ts';
import { money, moneyToDecimal } from '#canonical/money.ts';
import type { PaymentTransaction } from '#canonical/payment.ts';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import { mapped, unmappable } from '#connector-sdk/mapping.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { CallBounds, ShopifyClient } from '../client.ts';
import { gid } from '../gid.ts';
import { userErrorOutcome } from '../graphql-answer.ts';
import {
  movements,
  paymentEvent,
  paymentIds,
  readStanding,
  type Standing,
} from '../payment-state-reading.ts';
import { orderCaptureMutation } from '../queries/order-capture.ts';

export type CaptureRequest = {
  readonly orderId: string;
  readonly authorizationId: string;
  readonly currency: string;
  /** What is to be captured of the authorisation in all, earlier captures included. Minor units. */
  readonly upToMinor: number;
  readonly final: boolean;
};

/** How long until a capture that the gateway works on is asked about. Milliseconds. */
const checkAfterMs = 5_000;

/**
 * Captures authorised money up to a mark. Shopify takes no idempotency key here, so what was captured already is read (by id: no lag) before every
 * attempt, and only what is missing to the mark is taken: a repetition finds nothing missing.
 */
export const paymentCapture: CommandHandler<'storefront.payment.capture', CaptureRequest, ShopifyClient> = {
  name: 'storefront.payment.capture',
  safety: { kind: 'lookup-first' },
  timeoutMs: 25_000,
  // (K) how long a mutation, and the gateway behind it, may still run after its connection was lost.
  settleMs: 10_000,
  searchLagMs: 0,
  render({ order, authorization, upTo, final }) {
    if (upTo.amountMinor <= 0)
      throw unmappable('upTo.amountMinor', `${upTo.amountMinor} is nothing to capture`);
    return {
      ...paymentIds(order, authorization),
      currency: upTo.currency,
      upToMinor: upTo.amountMinor,
      final,
    };
  },
  /** Two captures of one order would each count on what the other one left. */
  conflictKeys: ({ orderId }) => [`payment:${orderId}`],
  async find(request, call, client): Promise<Found> {
    const read = await readStanding(request, call, client);
    if (read.kind !== 'standing') return read;
    return already(request, read.standing, client) ?? { kind: 'absent' };
  },
  async send(request, call, client): Promise<Outcome> {
    const read = await readStanding(request, call, client);
    if (read.kind !== 'standing') return read;
    const { standing } = read;
    const found = already(request, standing, client);
    if (found !== null) return found.outcome;
    return refusal(request, standing) ?? capture(request, standing, call, client);
  },
  async check(handle, request, call, client): Promise<Outcome> {
    const read = await readStanding(request, call, client);
    if (read.kind !== 'standing') return read;
    const { pending, captures, failures } = read.standing;
    if (pending !== null && pending.id === handle) return waiting(pending);
    const settled = captures.find(({ id }) => id === handle);
    if (settled === undefined)
      return declined(
        'the gateway did not capture in the end',
        failures.find(({ id }) => id === handle)?.error ?? null,
      );
    return (
      already(request, read.standing, client)?.outcome ?? {
        kind: 'conflict',
        stale: false,
        detail: 'another capture was under way; what is missing is captured now',
      }
    );
  },
};

type Settled = Extract<Found, { kind: 'found' }>;

/** The mark is reached, or a capture that is under way has to end first. */
function already(request: CaptureRequest, standing: Standing, client: ShopifyClient): Settled | null {
  const isReached = standing.authorization !== null && standing.capturedMinor >= request.upToMinor;
  if (isReached) return { kind: 'found', outcome: done(request, standing.captures, client) };
  return standing.pending === null ? null : { kind: 'found', outcome: waiting(standing.pending) };
}

const waiting = ({ id }: PaymentTransaction): Extract<Outcome, { kind: 'accepted' }> => ({
  kind: 'accepted',
  handle: id,
  checkAfterMs,
});

function done(
  { orderId }: CaptureRequest,
  captures: readonly PaymentTransaction[],
  { connection }: ShopifyClient,
): Extract<Outcome, { kind: 'done' }> {
  return {
    kind: 'done',
    result: { captures: captures.map(({ id }) => id) },
    refs: captures.map(({ ref }) => ref),
    events: captures.map((transaction) => paymentEvent(transaction, orderId, connection)),
  };
}

type Rejection = Extract<Outcome, { kind: 'rejected' }>;
const declined = (detail: string, errorCode: string | null): Rejection => ({
  kind: 'rejected',
  code: errorCode === 'authorization_expired' ? 'capture-too-late' : 'capture-declined',
  detail: errorCode === null ? detail : `${detail}: ${errorCode}`,
});

/** What would be refused, or would take what nobody authorised, is not sent. */
function refusal(request: CaptureRequest, standing: Standing): Rejection | null {
  const { authorization, capturedMinor } = standing;
  const rejected = (code: string, detail: string): Rejection => ({ kind: 'rejected', code, detail });
  if (authorization === null || authorization.status !== 'succeeded')
    return rejected(
      'authorization-not-found',
      `order ${request.orderId} has no authorisation ${request.authorizationId}`,
    );
  if (standing.void !== null) return rejected('authorization-voided', 'the authorisation was given up');
  if (request.currency !== standing.currency)
    return rejected('currency-differs', `the order is in ${standing.currency}, not in ${request.currency}`);
  const { amountMinor } = authorization.amount.presentment;
  if (request.upToMinor > amountMinor)
    return rejected(
      'capture-exceeds-authorization',
      `${request.upToMinor} of ${amountMinor} minor units authorised`,
    );
  if (capturedMinor > 0 && authorization.multiCapture !== true)
    return rejected(
      'single-capture',
      `${capturedMinor} minor units were captured, and this gateway captures once`,
    );
  return null;
}

async function capture(
  request: CaptureRequest,
  { capturedMinor, authorization }: Standing,
  call: CallBounds,
  client: ShopifyClient,
): Promise<Outcome> {
  const missing = money('presentment', request.currency, request.upToMinor - capturedMinor);
  const input: { [name: string]: Json } = {
    id: gid('Order', request.orderId),
    parentTransactionId: gid('OrderTransaction', request.authorizationId),
    amount: moneyToDecimal(missing),
    currency: request.currency,
    ...(authorization?.multiCapture === true && { finalCapture: request.final }),
  };
  const answer = await client.run(orderCaptureMutation, { input }, call);
  if (answer.kind !== 'answer') return answer;
  const payload = answer.data.orderCapture;
  const refused = userErrorOutcome(payload?.userErrors ?? []);
  if (refused !== null) return refused;
  const made = mapped(() => movements(payload?.transaction ? [payload.transaction] : [], client.connection));
  const transaction = made.ok ? made.value[0] : undefined;
  switch (transaction?.status) {
    case 'succeeded':
      return done(request, [transaction], client);
    case 'pending':
      return waiting(transaction);
    case 'failed':
      return declined('the gateway declined the capture', transaction.error);
    case 'unknown':
    case undefined:
      return { kind: 'outcome-unknown', detail: 'neither a capture nor an error came back' };
  }
}
