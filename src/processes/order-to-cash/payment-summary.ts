import type { CommandPayload } from '#canonical/command.ts';
import { money } from '#canonical/money.ts';
import { capturableMinor, paymentBook, knownCapturedMinor } from './payment-book.ts';
import { paymentExceptions } from './payment-exceptions.ts';
import type { OrderState } from './state.ts';
import type { OrderView } from './view.ts';

type Summary = NonNullable<CommandPayload<'crm.order.upsert'>['payment']>;

/** The payment as the service desk wants to see it, which the single movements do not say at a glance; null where nothing is known of it. */
export function paymentSummary(state: OrderState, view: OrderView): Summary | null {
  if (Object.keys(state.transactions).length === 0) return null;
  const book = paymentBook(state, view.order);
  const amount = (minor: number) => money('presentment', book.currency, minor);
  const open = book.authorizations.filter((each) => capturableMinor(each, state) > 0);
  const captured = book.authorizations.reduce((sum, each) => sum + knownCapturedMinor(each, state), 0);
  return {
    paid: amount(captured + book.otherPaidMinor),
    refunded: amount(book.refundedMinor),
    capturable: amount(open.reduce((sum, each) => sum + capturableMinor(each, state), 0)),
    captureBy: open.flatMap(({ expiresAt }) => expiresAt ?? []).toSorted()[0] ?? null,
    attention: paymentExceptions(state, view)[0]?.cause ?? null,
  };
}
