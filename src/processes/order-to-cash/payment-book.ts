import type { Order } from '#canonical/order.ts';
import type { PaymentTransaction } from '#canonical/payment.ts';
import type { ExternalRef, Instant } from '#canonical/primitives.ts';
import { sortedFacts } from './observations.ts';
import { paymentsOf } from './payments-state.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';

/** One authorisation and what became of it, as far as its platform has told. Minor units of the presentment currency. */
export type Authorization = {
  readonly key: string;
  readonly ref: ExternalRef;
  readonly amountMinor: number;
  /** Pending captures included: what the gateway may still take is not there to be taken again. */
  readonly capturedMinor: number;
  /** Neither given up nor lapsed. */
  readonly isOpen: boolean;
  readonly multiCapture: boolean | null;
  readonly at: Instant;
  readonly expiresAt: Instant | null;
};

/** The order's payment at the platform that captured it. Minor units of the presentment currency. */
export type PaymentBook = {
  readonly currency: string;
  /** The one that lapses first comes first. */
  readonly authorizations: readonly Authorization[];
  readonly capturedMinor: number;
  /** Paid in another way than by capturing a known authorisation: sales, gift cards, cash less change. */
  readonly otherPaidMinor: number;
  readonly refundedMinor: number;
};

/** Sums up what is known of the order's payment. Only what succeeded counts; what is in another currency cannot be summed up and is left out. */
export function paymentBook(state: OrderState, order: Order): PaymentBook {
  const currency = order.currencies.presentment;
  const all = sortedFacts(state.transactions).filter(
    ([, { ref, amount }]) =>
      ref.connection === order.ref.connection && amount.presentment.currency === currency,
  );
  const { lapsed } = paymentsOf(state);
  const sum = (pick: (transaction: PaymentTransaction) => boolean): number =>
    all.reduce(
      (total, [, transaction]) =>
        total + (pick(transaction) ? transaction.amount.presentment.amountMinor : 0),
      0,
    );
  const held = all.filter(([, { kind, status }]) => kind === 'authorization' && status === 'succeeded');
  const ids = new Set(held.map(([, { id }]) => id));
  const only = held.length === 1 ? held[0]?.[1].id : undefined;
  /** A capture that names no authorisation is of the only one. */
  const parentOf = ({ parentId }: PaymentTransaction): string | undefined =>
    parentId !== null && ids.has(parentId) ? parentId : only;

  const authorizations = held.map(([key, authorization]): Authorization => {
    const isVoid = all.some(
      ([, child]) =>
        child.kind === 'void' && child.status === 'succeeded' && parentOf(child) === authorization.id,
    );
    return {
      key,
      ref: authorization.ref,
      amountMinor: authorization.amount.presentment.amountMinor,
      capturedMinor: sum(
        (child) =>
          child.kind === 'capture' &&
          (child.status === 'succeeded' || child.status === 'pending') &&
          parentOf(child) === authorization.id,
      ),
      isOpen: !isVoid && !lapsed.includes(key),
      multiCapture: authorization.multiCapture ?? null,
      at: authorization.at,
      expiresAt: authorization.expiresAt,
    };
  });
  const succeeded = (...kinds: readonly PaymentTransaction['kind'][]): number =>
    sum(({ kind, status }) => status === 'succeeded' && kinds.includes(kind));
  const stray = sum(
    (child) => child.kind === 'capture' && child.status === 'succeeded' && parentOf(child) === undefined,
  );
  return {
    currency,
    authorizations: authorizations.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
    capturedMinor: succeeded('capture') - stray,
    otherPaidMinor: succeeded('sale') + stray - succeeded('change'),
    refundedMinor: succeeded('refund'),
  };
}

const orderOf = ({ expiresAt, at, key }: Authorization): string => `${expiresAt ?? '9'} ${at} ${key}`;

/** What is known to be captured of an authorisation: told by the platform, or by the answer to our command. */
export function knownCapturedMinor({ key, capturedMinor }: Authorization, state: OrderState): number {
  const ours = paymentsOf(state).captures[key];
  return Math.max(capturedMinor, ours?.phase === 'captured' ? ours.upToMinor : 0);
}

/** What can still be taken of an authorisation. */
export function capturableMinor(authorization: Authorization, state: OrderState): number {
  const captured = knownCapturedMinor(authorization, state);
  if (!authorization.isOpen || (captured > 0 && authorization.multiCapture !== true)) return 0;
  return Math.max(0, authorization.amountMinor - captured);
}

/** Whether an order that is paid in part (a gift card, say) is authorised for the rest, where authorised orders may go. */
export function isCovered(state: OrderState, order: Order, { release }: OrderRules): boolean {
  if (order.payment.state !== 'partially-paid' || !release.paymentStates.includes('authorized')) return false;
  const book = paymentBook(state, order);
  const capturable = book.authorizations.reduce((sum, each) => sum + capturableMinor(each, state), 0);
  return capturable > 0 && unpaidMinor(book, state, order) <= capturable;
}

/** What the order comes to and nobody has paid yet. */
export function unpaidMinor(book: PaymentBook, state: OrderState, order: Order): number {
  const captured = book.authorizations.reduce((total, each) => total + knownCapturedMinor(each, state), 0);
  return Math.max(0, order.totals.grand.presentment.amountMinor - captured - book.otherPaidMinor);
}
