import type { Order } from '#canonical/order.ts';
import { type Absorbed, applied, rejected } from './absorbed.ts';
import { withoutRefusals } from './capture.ts';
import { noCensus } from './erp-census.ts';
import { erpForm } from './erp-form.ts';
import { withErp } from './release.ts';
import { canDo, type OrderRules } from './rules.ts';
import type { Carried, OrderState } from './state.ts';
import { deriveView } from './view.ts';

/** What an operator may do to an order, by name; each returns the state in which the process goes on by itself. */
export const orderActions: { readonly [action: string]: (state: OrderState, rules: OrderRules) => Absorbed } =
  {
    /** Reads the order at its source. */
    reread: (state) => (state.source === null ? nothingTo('read', state) : applied(state, { read: 'asked' })),

    /** Asks again for whatever was refused, with the order as it is now. */
    retry: (state) => {
      const told = Object.fromEntries(
        Object.entries(state.told).map(([key, one]) => [
          key,
          one.phase === 'refused' ? { ...one, at: '' } : one,
        ]),
      );
      const amend = state.amend?.phase === 'refused' ? null : (state.amend ?? null);
      const again = { ...withoutRefusals(state), told, amend, crm: { asked: null, trouble: null } };
      if (state.erp.phase === 'refused') return applied(withErp(again, { phase: 'none', trouble: null }));
      // Took the order and does not show it: asked again, the ERP is looked into first, so that there are never two.
      if (state.census.isMissing && state.erp.phase === 'created')
        return applied(
          withErp({ ...again, census: noCensus }, { phase: 'none', ref: null, number: null, trouble: null }),
        );
      return applied(
        state.erp.phase === 'uncancellable' ? withErp(again, { phase: 'created', trouble: null }) : again,
      );
    },

    /** Somebody gave the ERP's order the form that the storefront shows. */
    'erp-amended': (state, rules) =>
      state.order === null
        ? nothingTo('compare', state)
        : applied(withErp({ ...state, amend: null }, { carried: confirmed(state, state.order, rules) })),

    /** Gives the ERP's order the storefront's form once more, whatever it shows. */
    amend: (state, rules) =>
      state.erp.carried === null || !canDo(rules, rules.erp, 'erp.order.amend')
        ? nothingTo('amend', state)
        : applied(withErp({ ...state, amend: null }, { carried: { ...state.erp.carried, hash: '' } })),

    /** Somebody saw to what the deletion of a delivered order's record was for. */
    'acknowledge-deletion': (state) =>
      state.deletedAt === null
        ? nothingTo('acknowledge', state)
        : applied({ ...state, deletionSeen: state.deletedAt }),

    /** The buyer keeps what could not be cancelled any more. */
    'keep-despite-cancel': (state) =>
      state.erp.phase === 'uncancellable'
        ? applied(withErp(state, { trouble: null }))
        : nothingTo('keep', state),
  };

function confirmed(state: OrderState, order: Order, rules: OrderRules): Carried {
  const view = deriveView(state, order, rules);
  return { ...view.content, form: erpForm(view.order, view.lines), byHand: true };
}

export function absorbAction(state: OrderState, action: string, rules: OrderRules): Absorbed {
  const act = Object.hasOwn(orderActions, action) ? orderActions[action] : undefined;
  if (act === undefined)
    return rejected(
      state,
      'unknown-action',
      `an order knows ${Object.keys(orderActions).join(', ')}; not "${action}"`,
    );
  return act(state, rules);
}

const nothingTo = (what: string, state: OrderState): Absorbed =>
  rejected(state, 'nothing-to-do', `there is nothing to ${what}`);
