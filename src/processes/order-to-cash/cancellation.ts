import type { CommandResult } from '../process.ts';
import { type Absorbed, applied, superseded } from './absorbed.ts';
import { ask, idle, type Planned, slots } from './planned.ts';
import { withErp } from './release.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';
import { isCancelledInErp, type OrderView } from './view.ts';

/**
 * Cancels in the ERP what it got. Before the ERP has the order, release.ts takes the command back; when that came too late, its
 * `done` leads here. Waits for the ERP's record where only an observation will tell it.
 */
export function planCancellation(state: OrderState, view: OrderView, rules: OrderRules): Planned {
  const { erp } = state;
  const isDue = view.cancelled !== null && erp.phase === 'created' && !isCancelledInErp(state);
  if (!isDue || rules.erp === null || erp.ref === null) return idle(state);
  return ask(withErp(state, { phase: 'cancelling', trouble: null }), {
    name: 'erp.order.cancel',
    connection: rules.erp,
    slot: slots.erpCancel,
    payload: {
      order: erp.ref,
      number: erp.number ?? view.order.number,
      reason: view.cancelled?.reason ?? 'cancelled',
    },
  });
}

/** Takes what became of the cancellation. A refusal leaves the order where it is, as a business exception. */
export function absorbCancelResult(state: OrderState, result: CommandResult): Absorbed {
  if (state.erp.phase !== 'cancelling')
    return superseded(state, `no cancellation is under way (${state.erp.phase})`);
  switch (result.kind) {
    case 'done':
      return applied(withErp(state, { phase: 'cancelled', trouble: null }));
    case 'rejected':
      return applied(uncancellable(state, { kind: 'rejected', code: result.code, detail: result.detail }));
    case 'withdrawn':
      return applied(
        uncancellable(state, { kind: 'withdrawn', code: 'withdrawn', detail: 'taken back by an operator' }),
      );
    case 'parked':
      return applied(
        withErp(state, { trouble: { kind: 'parked', code: result.cause, detail: result.detail } }),
      );
    case 'stale':
      return applied(withErp(state, { phase: 'created' }));
  }
}

const uncancellable = (state: OrderState, trouble: OrderState['erp']['trouble']): OrderState =>
  withErp(state, { phase: 'uncancellable', trouble });
