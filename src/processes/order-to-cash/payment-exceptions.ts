import { paymentBook, knownCapturedMinor, unpaidMinor } from './payment-book.ts';
import { shippedGoods } from './capture-due.ts';
import { neededAuthorizations } from './payment-watch.ts';
import { paymentsOf } from './payments-state.ts';
import type { OrderException } from './exception-catalogue.ts';
import type { OrderState, Trouble } from './state.ts';
import type { OrderView } from './view.ts';
import type { Wanted } from './wanted-exception.ts';

/** What of an order's payment needs a person. Each follows from what is known, and is gone when that has changed. */
export function paymentExceptions(state: OrderState, view: OrderView): readonly Wanted[] {
  if (state.payments === undefined) return [];
  return [...refusals(state, view), ...endings(state, view), ...imbalances(state, view)];
}

function causeOf({ kind, code }: Trouble, refused: OrderException): OrderException {
  if (kind === 'parked') return 'waiting-for-a-repair';
  if (kind === 'withdrawn') return 'withdrawn-by-operator';
  return code === 'capture-too-late' ? 'authorization-expired' : refused;
}

/** Captures and voids that do not get on, as long as somebody else has not seen to it. */
function refusals(state: OrderState, view: OrderView): readonly Wanted[] {
  const { captures, voids } = paymentsOf(state);
  return paymentBook(state, view.order).authorizations.flatMap((authorization): Wanted[] => {
    const { key, isOpen, ref } = authorization;
    const capture = captures[key];
    const missingMinor = (capture?.upToMinor ?? 0) - knownCapturedMinor(authorization, state);
    const isMoot = capture?.phase === 'refused' && capture.withdrawing;
    const giveUp = voids[key];
    return [
      ...(capture?.trouble && missingMinor > 0 && !isMoot
        ? [
            {
              key: `capture ${key}`,
              cause: causeOf(capture.trouble, 'capture-refused'),
              detail: `capture from authorisation ${ref.id}: ${capture.trouble.code}: ${capture.trouble.detail}`,
              valueMinor: missingMinor,
            },
          ]
        : []),
      ...(giveUp?.trouble && isOpen && view.order.payment.state === 'authorized'
        ? [
            {
              key: `void ${key}`,
              cause: causeOf(giveUp.trouble, 'rejected-by-platform'),
              detail: `void of authorisation ${ref.id}: ${giveUp.trouble.code}: ${giveUp.trouble.detail}`,
              valueMinor: authorization.amountMinor,
            },
          ]
        : []),
    ];
  });
}

/** Authorisations that end, or have ended, before the money is there. */
function endings(state: OrderState, view: OrderView): readonly Wanted[] {
  const { warned, lapsed } = paymentsOf(state);
  const valueMinor = unpaidMinor(paymentBook(state, view.order), state, view.order);
  return neededAuthorizations(state, view).flatMap(({ key, ref, expiresAt, at }): Wanted[] => {
    const isOver = lapsed.includes(key);
    if (!isOver && !warned.includes(key)) return [];
    const detail = isOver
      ? `authorisation ${ref.id} expired at ${expiresAt ?? ''}`
      : `authorisation ${ref.id} expires ${expiresAt === null ? `some days after ${at}` : `at ${expiresAt}`}`;
    const cause = isOver ? 'authorization-expired' : 'authorization-expiring';
    return [{ key: `authorization ${key}`, cause, detail, valueMinor }];
  });
}

/** More is due than was authorised; or was captured by us although the order is no more. */
function imbalances(state: OrderState, view: OrderView): readonly Wanted[] {
  const { shortMinor, captures } = paymentsOf(state);
  const book = paymentBook(state, view.order);
  const wanted: Wanted[] = [];
  const lapsed = endings(state, view).some(({ cause }) => cause === 'authorization-expired');
  if (shortMinor > 0 && view.cancelled === null && !lapsed)
    wanted.push({
      key: 'authorization short',
      cause: 'authorization-too-small',
      detail: `${shortMinor} minor units of ${book.currency} are due beyond what was authorised`,
      valueMinor: shortMinor,
    });
  const byUs = book.authorizations.filter(({ key }) => captures[key]?.phase === 'captured');
  const takenMinor =
    byUs.reduce((sum, each) => sum + knownCapturedMinor(each, state), 0) - book.refundedMinor;
  const isNoMore = view.cancelled !== null && shippedGoods(view) === 'none';
  const isGivenBack = view.order.payment.state === 'refunded';
  if (isNoMore && takenMinor > 0 && !isGivenBack)
    wanted.push({
      key: 'captured for nothing',
      cause: 'captured-though-cancelled',
      detail: `${takenMinor} minor units of ${book.currency} were captured`,
      valueMinor: takenMinor,
    });
  return wanted;
}
