import type { PaymentTransaction } from '#canonical/payment.ts';
import type { Instant } from '#canonical/primitives.ts';
import { contentHash } from './content-hash.ts';
import { transactionMoves } from './moves.ts';
import { factKey, observe } from './observations.ts';
import type { OrderState } from './state.ts';

type Observed = ReturnType<typeof observe<PaymentTransaction>>;

/**
 * Takes one movement of money. Whether an authorisation can be captured in parts never changes, and not every message says it: so it is kept
 * once it was said, whichever message is the newer.
 */
export function observeTransaction(
  facts: OrderState['transactions'],
  wentBack: OrderState['wentBack'],
  { data, at }: { readonly data: PaymentTransaction; readonly at: Instant },
): Observed {
  const key = factKey(data.ref);
  const known = facts[key];
  const said = data.multiCapture ?? known?.data.multiCapture;
  const whole = said === undefined ? data : { ...data, multiCapture: said };
  const seen = observe(
    facts,
    wentBack,
    { key, record: `transaction ${key}`, at, data: whole },
    transactionMoves,
  );
  const isNews = said !== undefined && known !== undefined && known.data.multiCapture === undefined;
  if (seen.merged !== 'older' || !isNews) return seen;
  const completed = { ...known.data, multiCapture: said };
  return {
    ...seen,
    facts: { ...facts, [key]: { at: known.at, hash: contentHash(completed), data: completed } },
    merged: 'taken',
  };
}
