import { money } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { CommandResult } from '../process.ts';
import { type Absorbed, applied, superseded } from './absorbed.ts';
import { contentHash } from './content-hash.ts';
import { asksForMore, type Edit, editsBetween, erpForm } from './erp-form.ts';
import type { LineQuantities } from './line-buckets.ts';
import { factHashes } from './observations.ts';
import { ask, idle, type Planned, slots, takeBack } from './planned.ts';
import { isPositive } from './quantity.ts';
import { withErp } from './release.ts';
import { canDo, type OrderRules } from './rules.ts';
import type { AmendState, OrderState } from './state.ts';
import { allowsRelease } from './status.ts';
import { isCancelledInErp, isInErp, type OrderView } from './view.ts';

/** How the order differs from what the ERP has of it, and why that is not carried there; null where they agree. */
export type PendingEdit = {
  readonly edits: readonly Edit[];
  readonly waitsFor: 'erp' | 'payment' | 'hold' | 'nobody' | null;
};

/** The edits are unknown (an empty list) for an order that was released before forms were kept. */
export function pendingEdit(state: OrderState, view: OrderView, rules: OrderRules): PendingEdit | null {
  const { erp } = state;
  const { carried } = erp;
  if (carried === null || !isInErp(state) || isCancelledInErp(state) || carried.hash === view.content.hash)
    return null;
  const form = erpForm(view.order, view.lines);
  const edits = carried.form === undefined ? [] : editsBetween(carried.form, form, skusOf(view.order));
  const isMore = carried.form === undefined || edits.some(asksForMore);
  // What is left of a cancelled order is carried there only where the ERP would not take back the whole.
  const isOver =
    view.cancelled !== null && !(erp.phase === 'uncancellable' && erp.trouble?.code === 'too-late');
  if (isOver || form.lines.length === 0 || isForGoneGoods(edits, view)) return { edits, waitsFor: 'nobody' };
  if (!rules.edits.amend || !canDo(rules, rules.erp, 'erp.order.amend')) return { edits, waitsFor: 'nobody' };
  if (erp.ref === null || erp.phase === 'asked' || erp.phase === 'cancelling')
    return { edits, waitsFor: 'erp' };
  if (isMore && view.cancelled === null && !allowsRelease(view.order, rules))
    return { edits, waitsFor: 'payment' };
  return { edits, waitsFor: isMore && view.holds.length > 0 ? 'hold' : null };
}

const skusOf = ({ lines }: Order): ReadonlyMap<string, string | null> =>
  new Map(lines.map(({ id, sku }) => [id, sku]));

/** Another address for goods that have all left is a matter for the carrier, not for the ERP. */
export const isForGoneGoods = (edits: readonly Edit[], view: OrderView): boolean =>
  edits.length > 0 &&
  edits.every(({ kind }) => kind === 'address-changed') &&
  view.structure.goods.length > 0 &&
  ![...view.lines.values()].some(({ unshipped }) => isPositive(unshipped));

/**
 * Carries an edit into the order that the ERP has, one command at a time, as release.ts makes it: a change meanwhile takes the command
 * back and waits for its result. What the ERP refused is tried again when its goods have moved on, or the order has changed again.
 */
export function planAmendment(state: OrderState, view: OrderView, rules: OrderRules): Planned {
  const amend = state.amend ?? null;
  const pending = pendingEdit(state, view, rules);
  const isWanted = pending !== null && pending.waitsFor === null;
  const isSame = amend?.carried.hash === view.content.hash;
  if (amend?.phase === 'asked') {
    if (amend.withdrawing || (isWanted && isSame)) return idle(state);
    return takeBack({ ...state, amend: { ...amend, withdrawing: true } }, slots.erpAmend);
  }
  if (!isWanted) return amend === null ? idle(state) : idle({ ...state, amend: null });
  if (amend?.phase === 'refused' && isSame && !isWorthAnotherTry(state, amend)) return idle(state);
  const { ref, number, carried } = state.erp;
  if (rules.erp === null || ref === null) return idle(state);
  const next: AmendState = {
    phase: 'asked',
    carried: {
      ...view.content,
      // A cancelled order's own total may be zero by now: what leaves is what the ERP has.
      totalMinor: view.cancelled === null ? view.content.totalMinor : (carried?.totalMinor ?? 0),
      form: erpForm(view.order, view.lines),
    },
    withdrawing: false,
    tries: isSame ? amend.tries : 0,
    movedHash: '',
    trouble: null,
  };
  return ask(
    { ...state, amend: next },
    {
      name: 'erp.order.amend',
      connection: rules.erp,
      slot: slots.erpAmend,
      payload: {
        order: { ...view.order, cancelled: null, lines: linesAsWanted(view.order, view.lines) },
        erp: ref,
        number,
        changes: [...(pending?.edits ?? [])],
        total: statedTotal(view),
      },
    },
  );
}

/** An answer that the same goods will get again is not asked for again. */
function isWorthAnotherTry(state: OrderState, { trouble, movedHash }: AmendState): boolean {
  const isFinal = trouble?.code === 'cannot-amend' || trouble?.code === 'unsupported-command';
  return trouble?.kind === 'rejected' && !isFinal && movedHash !== whereGoodsAre(state);
}

const whereGoodsAre = ({ shipments, erpOrder }: OrderState): string =>
  contentHash([factHashes(shipments), erpOrder?.data.status ?? null]);

const linesAsWanted = (order: Order, lines: ReadonlyMap<string, LineQuantities>): Order['lines'] =>
  order.lines.map((line) => ({ ...line, current: lines.get(line.id)?.live ?? line.current }));

/** The source's total is that of the ERP's order as long as nothing that the ERP still has was refunded or cancelled. */
function statedTotal({ order, cancelled }: OrderView) {
  const isRefunded = order.refunds.some(
    ({ lines, adjustments }) =>
      adjustments.length > 0 || lines.some(({ restock }) => restock !== 'cancelled'),
  );
  if (cancelled !== null || isRefunded) return null;
  const { amountMinor, currency } = order.totals.grand.presentment;
  return money('presentment', currency, amountMinor);
}

/** Takes what became of the amendment. A refusal leaves the ERP's order as it was, as a business exception. */
export function absorbAmendResult(state: OrderState, result: CommandResult, rules: OrderRules): Absorbed {
  const amend = state.amend ?? null;
  if (amend?.phase !== 'asked') return superseded(state, 'no amendment is under way');
  const put = (change: Partial<AmendState>): Absorbed =>
    applied({ ...state, amend: { ...amend, withdrawing: false, ...change } });
  const refused = (trouble: AmendState['trouble']): Absorbed =>
    put({ phase: 'refused', trouble, movedHash: whereGoodsAre(state) });
  switch (result.kind) {
    case 'done':
      return applied(
        withErp(
          { ...state, amend: null, shipments: withoutPlans(state.shipments, rules) },
          { carried: amend.carried, amendedOver: state.erpOrder?.hash ?? null },
        ),
      );
    case 'rejected':
      return refused({ kind: 'rejected', code: result.code, detail: result.detail });
    case 'parked':
      return applied({
        ...state,
        amend: { ...amend, trouble: { kind: 'parked', code: result.cause, detail: result.detail } },
      });
    case 'withdrawn':
      return amend.withdrawing
        ? applied({ ...state, amend: null })
        : refused({ kind: 'withdrawn', code: 'withdrawn', detail: 'taken back by an operator' });
    case 'stale':
      return amend.tries + 1 >= rules.release.maxTries
        ? refused({ kind: 'stale', code: 'stale', detail: result.detail })
        : put({ phase: 'again', tries: amend.tries + 1, trouble: null });
  }
}

/** What was planned for the old form is planned anew, in the same shipments or in others. */
const withoutPlans = (shipments: OrderState['shipments'], { erp }: OrderRules): OrderState['shipments'] =>
  Object.fromEntries(
    Object.entries(shipments).filter(
      ([, { data }]) => data.status !== 'planned' || data.ref.connection !== erp,
    ),
  );

/**
 * By how much the ERP's order differs from what it was last given, in minor units; 0 within the tolerance, or where it cannot be told. So it
 * is found when an older form arrived there after all: a command sent again by hand, or taken for dead too early.
 */
export function erpTotalExcess({ erp, amend, erpOrder }: OrderState, rules: OrderRules): number {
  const { carried } = erp;
  const total = erpOrder?.data.total ?? null;
  const isFirm = ['confirmed', 'processing', 'done'].includes(erpOrder?.data.status ?? '');
  if (carried === null || total === null || !isFirm || carried.byHand === true) return 0;
  if (total.currency !== carried.currency || (amend ?? null)?.phase === 'asked') return 0;
  if (erp.phase !== 'created' || erp.amendedOver === erpOrder?.hash) return 0;
  const excessMinor = total.amountMinor - carried.totalMinor;
  return Math.abs(excessMinor) > rules.close.invoiceToleranceMinor ? excessMinor : 0;
}
