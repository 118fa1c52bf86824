import type { ExternalRef } from '#canonical/primitives.ts';
import type { CommandResult, KeyedDocument } from '../process.ts';
import { type Absorbed, applied, rejected } from './absorbed.ts';
import { erpForm } from './erp-form.ts';
import { withErp } from './release.ts';
import type { OrderRules } from './rules.ts';
import { emptyOrderState, type OrderState } from './state.ts';
import { deriveView } from './view.ts';

/**
 * Takes a document that a person keyed into the ERP for the order's own, so that none is made beside it. A command that is under way
 * is taken back first: only its result tells whether the ERP has got a second one from us.
 */
export function linkKeyedDocument(state: OrderState, keyed: KeyedDocument, rules: OrderRules): Absorbed {
  if (state.order === null) return rejected(state, 'nothing-to-do', 'the order has not been seen yet');
  if (keyed.ref.connection !== rules.erp)
    return rejected(state, 'not-the-erp', `${keyed.ref.connection} does not take this order`);
  const { phase, ref } = state.erp;
  if (isSameRecord(ref, keyed.ref)) return rejected(state, 'nothing-to-do', 'it is the order’s already');
  if (phase === 'asked') return applied(withErp(state, { keyed }));
  const isLost = phase === 'created' && state.erpOrder === null;
  if (phase !== 'none' && phase !== 'refused' && !isLost)
    return rejected(
      state,
      'nothing-to-do',
      `the ERP has ${state.erp.number ?? ref?.id ?? 'an order'} for it (${phase})`,
    );
  return adopt(state, keyed, rules);
}

/** From now on the document is the ERP's order; what differs in it stays open as an edit that the ERP lacks. */
function adopt(state: OrderState, keyed: KeyedDocument, rules: OrderRules): Absorbed {
  const next = withErp(
    { ...state, census: emptyOrderState.census },
    {
      phase: 'created',
      ref: keyed.ref,
      number: keyed.number,
      carried: carriedBy(state, keyed, rules),
      withdrawing: false,
      trouble: null,
      staleTries: 0,
      keyed: null,
    },
  );
  return applied(next, { links: [keyed.ref] });
}

function carriedBy(state: OrderState, keyed: KeyedDocument, rules: OrderRules) {
  if (state.order === null) return null;
  const view = deriveView(state, state.order, rules);
  const fitting = { ...view.content, form: erpForm(view.order, view.lines), byHand: true } as const;
  if (keyed.fits) return fitting;
  const { hash: _hash, form: _form, ...rest } = fitting;
  return { ...rest, hash: '', ...(keyed.totalMinor !== null && { totalMinor: keyed.totalMinor }) };
}

/** Our own command came to nothing, so that the document keyed meanwhile is the order's; null where none was, or the command may still be done. */
export function adoptKeyed(state: OrderState, result: CommandResult, rules: OrderRules): Absorbed | null {
  const { phase, keyed } = state.erp;
  if (phase !== 'asked' || keyed === undefined || keyed === null) return null;
  return result.kind === 'done' || result.kind === 'parked' ? null : adopt(state, keyed, rules);
}

/** Says which two the ERP has: the one keyed by hand, and the one that our own command turned out to have made. Null: it has one. */
export function enteredTwice({ erp }: OrderState): string | null {
  const keyed = erp.keyed ?? null;
  if (keyed === null || erp.phase === 'asked' || isSameRecord(erp.ref, keyed.ref)) return null;
  return `${keyed.number ?? keyed.ref.id} was keyed by hand, ${erp.number ?? erp.ref?.id ?? 'another'} was made by us`;
}

const isSameRecord = (a: ExternalRef | null, b: ExternalRef): boolean =>
  a !== null && a.connection === b.connection && a.type === b.type && a.id === b.id;
