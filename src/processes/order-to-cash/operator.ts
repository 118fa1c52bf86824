import { type Absorbed, applied, rejected } from './absorbed.ts';
import { noCensus } from './erp-census.ts';
import { withErp } from './release.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';
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
      const again = { ...state, told, crm: { asked: null, trouble: null } };
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
        : applied(withErp(state, { carried: deriveView(state, state.order, rules).content })),

    /** The buyer keeps what could not be cancelled any more. */
    'keep-despite-cancel': (state) =>
      state.erp.phase === 'uncancellable'
        ? applied(withErp(state, { trouble: null }))
        : nothingTo('keep', state),
  };

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
