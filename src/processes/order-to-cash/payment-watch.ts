import type { Instant } from '#canonical/primitives.ts';
import { type Absorbed, applied, superseded } from './absorbed.ts';
import { type Authorization, capturableMinor, paymentBook, unpaidMinor } from './payment-book.ts';
import { paymentsOf, withPayments } from './payments-state.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';
import type { OrderView } from './view.ts';

/** The deadline at which an authorisation's time is looked at. */
export const paymentDeadline = 'authorization';

type Times = { readonly warnAt: Instant; readonly lapsesAt: Instant | null };

/** When somebody is told, and when the platform says that it is over. */
function timesOf({ at, expiresAt }: Authorization, { payments }: OrderRules): Times | null {
  const { assumedValidityMs, warnBeforeExpiryMs } = payments;
  if (expiresAt === null && assumedValidityMs === null) return null;
  const endMs = expiresAt === null ? Date.parse(at) + (assumedValidityMs ?? 0) : Date.parse(expiresAt);
  return { warnAt: new Date(endMs - warnBeforeExpiryMs).toISOString(), lapsesAt: expiresAt };
}

/** Authorisations of which money is still wanted. */
export function neededAuthorizations(state: OrderState, view: OrderView): readonly Authorization[] {
  if (view.cancelled !== null) return [];
  const book = paymentBook(state, view.order);
  if (unpaidMinor(book, state, view.order) === 0) return [];
  const { lapsed } = paymentsOf(state);
  return book.authorizations.filter(
    (each) => capturableMinor(each, state) > 0 || (lapsed.includes(each.key) && each.capturedMinor === 0),
  );
}

/** Watches that no authorisation of an order that is to be paid runs out unseen. */
export function watchPayments(state: OrderState, view: OrderView | null, rules: OrderRules): OrderState {
  if (view === null || Object.keys(state.transactions).length === 0) return state;
  const { warned, lapsed, watchAt } = paymentsOf(state);
  const next = neededAuthorizations(state, view).flatMap((each) => {
    const times = timesOf(each, rules);
    if (times === null) return [];
    if (!warned.includes(each.key)) return times.warnAt;
    return times.lapsesAt === null || lapsed.includes(each.key) ? [] : times.lapsesAt;
  });
  const at = next.toSorted()[0] ?? null;
  return at === watchAt ? state : withPayments(state, { watchAt: at });
}

/** The time has come at which an authorisation's end is near, or past. */
export function absorbPaymentDeadline(state: OrderState, at: Instant, rules: OrderRules): Absorbed {
  const { watchAt, warned, lapsed } = paymentsOf(state);
  if (state.order === null || watchAt === null || watchAt > at)
    return superseded(state, 'no authorisation is near its end');
  const all = paymentBook(state, state.order).authorizations;
  const keysOf = (isDue: (times: Times) => boolean): string[] =>
    all.flatMap((each) => {
      const times = timesOf(each, rules);
      return times !== null && isDue(times) ? [each.key] : [];
    });
  const joined = (known: readonly string[], more: readonly string[]): string[] =>
    [...new Set([...known, ...more])].toSorted();
  return applied(
    withPayments(state, {
      warned: joined(
        warned,
        keysOf(({ warnAt }) => warnAt <= at),
      ),
      lapsed: joined(
        lapsed,
        keysOf(({ lapsesAt }) => lapsesAt !== null && lapsesAt <= at),
      ),
    }),
  );
}
