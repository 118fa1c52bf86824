import type { Json } from '#canonical/json.ts';
import type { CommandResult } from '../process.ts';
import { type Absorbed, applied, superseded } from './absorbed.ts';
import { erpForm } from './erp-form.ts';
import { isCovered } from './payment-book.ts';
import { ask, idle, type Planned, slots, takeBack } from './planned.ts';
import type { OrderRules } from './rules.ts';
import { emptyOrderState, type ErpState, type OrderState } from './state.ts';
import { allowsRelease } from './status.ts';
import type { OrderView } from './view.ts';

/** Whether the ERP should have the order now. */
export function mayRelease(state: OrderState, view: OrderView, rules: OrderRules): boolean {
  const { order } = view;
  if (rules.erp === null || order.ref.connection === rules.erp) return false;
  if (view.cancelled !== null || (order.test && rules.testOrders === 'reject') || view.holds.length > 0)
    return false;
  if (rules.release.whenShort === 'wait' && state.short.length > 0) return false;
  return allowsRelease(order, rules) || isCovered(state, order, rules);
}

/**
 * Asks for the ERP's order, one command at a time. An order that changes (or must not go) while a command is under way takes
 * that command back and waits for its result: `withdrawn` means that the ERP never saw it, and the newest form is asked for;
 * `done` means that the ERP has what the command carried. So there are never two orders, whether or not it had been sent.
 */
export function planRelease(state: OrderState, view: OrderView, rules: OrderRules): Planned {
  const { erp } = state;
  if (rules.erp === null) return idle(state);
  const may = mayRelease(state, view, rules);
  const { content } = view;
  const isSame = erp.carried?.hash === content.hash;
  if (erp.phase === 'asked') {
    if (erp.withdrawing || (may && isSame && (erp.keyed ?? null) === null)) return idle(state);
    return takeBack(withErp(state, { withdrawing: true }), slots.erpOrder);
  }
  const isDue = erp.phase === 'none' || (erp.phase === 'refused' && !isSame);
  if (!isDue || !may) return idle(state);
  const staleTries = isSame ? erp.staleTries : 0;
  const carried = { ...content, form: erpForm(view.order, view.lines) };
  return ask(withErp(state, { phase: 'asked', carried, trouble: null, withdrawing: false, staleTries }), {
    name: 'erp.order.create',
    connection: rules.erp,
    slot: slots.erpOrder,
    payload: { order: view.order },
  });
}

/** Takes what became of the ERP's order. Once the ERP has shown us the order, no result can say that it is not there. */
export function absorbCreateResult(state: OrderState, result: CommandResult, rules: OrderRules): Absorbed {
  const { erp } = state;
  if (result.kind === 'done') {
    const ref = result.refs.find(({ connection }) => connection === rules.erp) ?? erp.ref;
    const phase =
      erp.phase === 'asked' || erp.phase === 'none' || erp.phase === 'refused' ? 'created' : erp.phase;
    const number = numberIn(result.result) ?? erp.number;
    // It has its time to show up from now on: asked again at once, an ERP that finds a new record late would make a second one.
    const fresh = { ...state, census: emptyOrderState.census };
    const next = withErp(fresh, { phase, ref, number, withdrawing: false, trouble: null, staleTries: 0 });
    return applied(next, { links: ref === null ? [] : [ref] });
  }
  if (erp.phase !== 'asked') return superseded(state, `the ERP has shown the order (${erp.phase})`);
  switch (result.kind) {
    case 'withdrawn':
      return erp.withdrawing
        ? applied(withErp(state, { phase: 'none', carried: null, withdrawing: false, trouble: null }))
        : applied(
            refused(state, { kind: 'withdrawn', code: 'withdrawn', detail: 'taken back by an operator' }),
          );
    case 'rejected':
      return applied(refused(state, { kind: 'rejected', code: result.code, detail: result.detail }));
    case 'parked':
      return applied(
        withErp(state, { trouble: { kind: 'parked', code: result.cause, detail: result.detail } }),
      );
    case 'stale':
      return erp.staleTries + 1 >= rules.release.maxTries
        ? applied(refused(state, { kind: 'stale', code: 'stale', detail: result.detail }))
        : applied(withErp(state, { phase: 'none', withdrawing: false, staleTries: erp.staleTries + 1 }));
  }
}

/** The ERP showed the order: it is there, whatever became of our command. */
export function acknowledgeErpOrder(state: OrderState): OrderState {
  const seen = state.erpOrder?.data;
  if (seen === undefined) return state;
  const { phase } = state.erp;
  const known = { ref: seen.ref, number: seen.number ?? state.erp.number };
  if (phase === 'asked' || phase === 'none' || phase === 'refused') {
    return withErp(state, { ...known, phase: 'created', withdrawing: false, trouble: null });
  }
  return withErp(state, known);
}

export const withErp = (state: OrderState, change: Partial<ErpState>): OrderState => ({
  ...state,
  erp: { ...state.erp, ...change },
});

const refused = (state: OrderState, trouble: ErpState['trouble']): OrderState =>
  withErp(state, { phase: 'refused', withdrawing: false, staleTries: 0, trouble });

function numberIn(result: Json): string | null {
  if (result === null || typeof result !== 'object' || Array.isArray(result)) return null;
  const { number } = result as { readonly number?: Json };
  return typeof number === 'string' && number !== '' ? number : null;
}
