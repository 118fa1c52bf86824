import { erpTotalExcess, isForGoneGoods, pendingEdit, type PendingEdit } from './amendment.ts';
import { editText } from './erp-form.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';
import type { OrderView } from './view.ts';
import type { Wanted } from './wanted-exception.ts';

/** What of an edit did not get into the ERP, by why not; nothing while the ERP is being asked. */
export function editExceptions(state: OrderState, view: OrderView, rules: OrderRules): readonly Wanted[] {
  const pending = pendingEdit(state, view, rules);
  const excessMinor = view.cancelled === null ? erpTotalExcess(state, rules) : 0;
  return [
    ...(pending === null ? [] : editException(state, view, pending)),
    ...(excessMinor === 0
      ? []
      : [
          {
            key: 'erp-order',
            cause: 'erp-order-differs',
            detail: `the ERP's order comes to ${excessMinor} minor units of ${view.content.currency} more than what it was given (less, where negative)`,
            valueMinor: excessMinor,
          } as const,
        ]),
  ];
}

function editException(state: OrderState, view: OrderView, pending: PendingEdit): readonly Wanted[] {
  const { carried } = state.erp;
  const amend = state.amend ?? null;
  if (carried === null || amend?.phase === 'asked') return [];
  const { content } = view;
  const edits = pending.edits.map(editText);
  const valueMinor = content.totalMinor - carried.totalMinor;
  const totals = `the ERP has a total of ${carried.totalMinor}, the storefront ${content.totalMinor} (minor units of ${content.currency})`;
  const detail = [...edits, totals].join('; ');
  const isCancelled = view.cancelled !== null;
  if (amend?.phase === 'refused' && amend.trouble !== null && amend.trouble.kind !== 'withdrawn') {
    const why = `${amend.trouble.code}: ${amend.trouble.detail}`;
    // Of a cancelled order the cancellation itself is open already; this says that its rest was not called off either.
    return [
      {
        key: 'edited',
        cause: 'order-edit-not-applied',
        detail: `${detail}; ${why}`,
        ...(!isCancelled && { valueMinor }),
      },
    ];
  }
  if (isCancelled) return [];
  if (isForGoneGoods(pending.edits, view))
    return [{ key: 'edited', cause: 'address-changed-too-late', detail: edits.join('; ') }];
  const waits = { erp: '', nobody: '', payment: '; waits for the payment', hold: '; waits for the hold' };
  return [
    {
      key: 'edited',
      cause: 'edited-after-release',
      detail: detail + (pending.waitsFor === null ? '' : waits[pending.waitsFor]),
      valueMinor,
    },
  ];
}
