import type { Instant } from '#canonical/primitives.ts';
import { type Absorbed, applied, superseded } from './absorbed.ts';
import { mayRelease } from './release.ts';
import type { OrderRules } from './rules.ts';
import type { CensusState, OrderState } from './state.ts';
import { isCancelledInErp, type OrderView } from './view.ts';

/** The deadline by which the ERP must have shown an order that it should have. */
export const censusDeadline = 'erp-census';

/**
 * Watches that each order which the ERP should have is really seen there. The word of a command is not enough: an ERP may say yes and keep
 * nothing, and a command may be on its way for longer than anybody looks.
 */
export function takeCensus(
  state: OrderState,
  view: OrderView | null,
  at: Instant,
  rules: OrderRules,
): OrderState {
  const isExpected = view !== null && isExpectedInErp(state, view, rules);
  const { census } = state;
  if (!isExpected) return census.dueAt === null ? state : { ...state, census: noCensus };
  if (census.dueAt !== null) return state;
  const dueAt = new Date(Date.parse(at) + rules.census.missingAfterMs).toISOString();
  return { ...state, census: { dueAt, isMissing: false } };
}

function isExpectedInErp(state: OrderState, view: OrderView, rules: OrderRules): boolean {
  if (rules.erp === null || state.erpOrder !== null || isCancelledInErp(state)) return false;
  return view.cancelled === null && (state.erp.phase === 'created' || mayRelease(state, view, rules));
}

/** The time is over in which the ERP should have shown the order. */
export function absorbCensusDeadline(state: OrderState, at: Instant): Absorbed {
  const { dueAt, isMissing } = state.census;
  if (dueAt === null || isMissing || dueAt > at) return superseded(state, 'the ERP has shown the order');
  return applied({ ...state, census: { dueAt, isMissing: true } });
}

export const noCensus: CensusState = { dueAt: null, isMissing: false };

/** Where a missing order stands, for the operator. */
export function missingDetail({ erp }: OrderState): string {
  if (erp.phase === 'created')
    return `the ERP said that it took the order${erp.number === null ? '' : ` as ${erp.number}`}, but does not show it`;
  if (erp.trouble !== null)
    return `the ERP has not got the order: ${erp.trouble.code}: ${erp.trouble.detail}`;
  return erp.phase === 'asked'
    ? 'the ERP has been asked to take the order and has not answered'
    : 'the ERP has not got the order';
}
