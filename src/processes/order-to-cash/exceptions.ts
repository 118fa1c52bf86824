import type { ExceptionNotice } from '../process.ts';
import { contentHash } from './content-hash.ts';
import { editExceptions } from './edit-exceptions.ts';
import { orderExceptions } from './exception-catalogue.ts';
import { missingDetail } from './erp-census.ts';
import { paymentExceptions } from './payment-exceptions.ts';
import { enteredTwice } from './keyed-document.ts';
import { brokenPromises } from './promises.ts';
import { isPositive } from './quantity.ts';
import type { Wanted } from './wanted-exception.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState, Trouble } from './state.ts';
import { isCancelledInErp, isInErp, type OrderView } from './view.ts';

/**
 * Opens what has come to need a person, and closes what no longer does: both follow from where the order stands, so nothing
 * has to remember to close them. One whose detail or value changed is told again under its key.
 */
export function exceptionChanges(
  state: OrderState,
  view: OrderView | null,
  rules: OrderRules,
): { readonly state: OrderState; readonly exceptions: readonly ExceptionNotice[] } {
  const wanted = [...troubles(state, view), ...(view === null ? [] : business(state, view, rules))];
  const open = Object.fromEntries(
    wanted.map((notice) => [
      notice.key,
      { cause: notice.cause, hash: contentHash([notice.detail, notice.valueMinor ?? null]) },
    ]),
  );
  const total = view?.order.totals.grand.presentment;
  const opened = wanted
    .filter(
      ({ key }) => state.open[key]?.hash !== open[key]?.hash || state.open[key]?.cause !== open[key]?.cause,
    )
    .map(({ key, cause, detail, valueMinor }) => ({
      key,
      open: true,
      cause,
      detail,
      remedy: orderExceptions[cause].remedy,
      value:
        total === undefined
          ? null
          : { amountMinor: valueMinor ?? total.amountMinor, currency: total.currency },
    }));
  const closed = Object.entries(state.open)
    .filter(([key]) => !(key in open))
    .map(([key, { cause }]) => ({ key, open: false, cause, detail: 'healed', remedy: '', value: null }));
  if (opened.length === 0 && closed.length === 0) return { state, exceptions: [] };
  return { state: { ...state, open }, exceptions: [...opened, ...closed] };
}

/** Commands that do not get on, by the slot they stand in. */
function troubles(state: OrderState, view: OrderView | null): readonly Wanted[] {
  const at = (slot: string, trouble: Trouble | null): readonly Wanted[] => {
    if (trouble === null) return [];
    const cause = (
      {
        rejected: 'rejected-by-platform',
        stale: 'rejected-by-platform',
        parked: 'waiting-for-a-repair',
        withdrawn: 'withdrawn-by-operator',
      } as const
    )[trouble.kind];
    return [{ key: `command ${slot}`, cause, detail: `${slot}: ${trouble.code}: ${trouble.detail}` }];
  };
  const { erp, crm, read, told } = state;
  const isTooLate = erp.phase === 'uncancellable';
  // An order that was cancelled meanwhile no longer needs the ERP that refused it.
  const isMoot = erp.phase === 'refused' && view !== null && view.cancelled !== null;
  const unread = read !== null && state.order === null && read.rereadAt === null;
  return [
    ...(isTooLate || isMoot ? [] : at('ERP order', erp.trouble)),
    // What was refused is an edit that was not applied; what stands still, or was put away, is a command's matter.
    ...(state.amend?.phase === 'asked' || state.amend?.trouble?.kind === 'withdrawn'
      ? at('ERP amendment', state.amend.trouble)
      : []),
    ...at('CRM order', crm.trouble),
    ...(unread
      ? [
          {
            key: 'unreadable',
            cause: 'order-unreadable',
            detail: read.trouble?.detail ?? `no answer in ${read.tries} reads`,
          } as const,
        ]
      : at('read of the order', read?.trouble ?? null)),
    // What the storefront shows, it has been told, whatever became of the command.
    ...Object.entries(told).flatMap(([key, { trouble, delivery }]) => [
      ...(view?.book.echoes.has(key) === true ? [] : at(`shipment ${key}`, trouble)),
      ...at(`delivery of shipment ${key}`, delivery?.trouble ?? null),
    ]),
  ];
}

function business(state: OrderState, view: OrderView, rules: OrderRules): readonly Wanted[] {
  const { erp } = state;
  const wanted: Wanted[] = [];
  const inErp = isInErp(state) && !isCancelledInErp(state);
  const isLive = view.cancelled === null && view.status !== 'closed';

  wanted.push(...editExceptions(state, view, rules));
  const isWaiting = [...view.lines.values()].some(({ unshipped }) => isPositive(unshipped));
  if (inErp && isLive && isWaiting && view.holds.length > 0) {
    wanted.push({ key: 'held', cause: 'held-after-release', detail: view.holds.join('; ') });
  }
  if (
    view.cancelled !== null &&
    erp.phase === 'uncancellable' &&
    !isCancelledInErp(state) &&
    erp.trouble !== null
  ) {
    const cause =
      erp.trouble.kind === 'withdrawn'
        ? 'withdrawn-by-operator'
        : erp.trouble.code === 'too-late'
          ? 'too-late-to-cancel'
          : 'rejected-by-platform';
    const detail = `${erp.trouble.code}: ${erp.trouble.detail}`;
    // A cancelled order's own total may be zero by now: what leaves is what the ERP has.
    wanted.push({
      key: 'cancellation',
      cause,
      detail,
      ...(erp.carried === null ? {} : { valueMinor: erp.carried.totalMinor }),
    });
  }
  const twice = enteredTwice(state);
  if (twice !== null) wanted.push({ key: 'entered-twice', cause: 'entered-twice', detail: twice });
  const isDeleted = state.deletedAt !== null && view.cancelled === null;
  if (isDeleted && state.deletionSeen !== state.deletedAt)
    wanted.push({
      key: 'deleted',
      cause: 'deleted-at-source',
      detail: `deleted at ${state.deletedAt}, when all had left`,
    });
  if (state.census.isMissing) {
    wanted.push({ key: 'missing', cause: 'missing-in-erp', detail: missingDetail(state) });
  }
  if (isCancelledInErp(state) && isLive) {
    wanted.push({
      key: 'cancelled-in-erp',
      cause: 'cancelled-in-erp',
      detail: `the ERP shows ${erp.number ?? 'its order'} cancelled`,
    });
  }
  if (state.short.length > 0 && isLive) {
    const detail = state.short
      .map(({ sku, location, quantity }) => `${quantity} x ${sku} at ${location}`)
      .join('; ');
    wanted.push({ key: 'short', cause: 'stock-short', detail });
  }
  const late =
    isLive && isWaiting && state.order !== null
      ? brokenPromises(state.order, state.erpOrder?.data ?? null)
      : [];
  if (late.length > 0) wanted.push({ key: 'promised', cause: 'promised-later', detail: late.join('; ') });
  for (const [record, { from, to }] of Object.entries(state.wentBack)) {
    wanted.push({
      key: `backwards ${record}`,
      cause: 'went-backwards',
      detail: `${record}: ${from} -> ${to}`,
    });
  }
  if (view.invoicing.excessMinor > 0) {
    const detail = `${view.invoicing.excessMinor} minor units more than the order`;
    wanted.push({
      key: 'invoices',
      cause: 'invoiced-more-than-ordered',
      detail,
      valueMinor: view.invoicing.excessMinor,
    });
  }
  return [...wanted, ...paymentExceptions(state, view), ...shipmentExceptions(state, view)];
}

function shipmentExceptions(state: OrderState, view: OrderView): readonly Wanted[] {
  const excess = [...view.lines].filter(([, line]) => isPositive(line.excess));
  const mismatches = [
    ...view.placed.unplaced,
    ...excess.map(([id, line]) => `line ${id}: ${line.excess} more than ordered`),
  ];
  const unwanted = [...view.lines].filter(([, line]) => isPositive(line.unwanted));
  return [
    ...(unwanted.length === 0
      ? []
      : [
          {
            key: 'unwanted',
            cause: 'shipped-despite-edit',
            detail: unwanted
              .map(([id, line]) => `line ${id}: ${line.unwanted} more than is wanted`)
              .join('; '),
          } as const,
        ]),
    ...(mismatches.length === 0
      ? []
      : [{ key: 'shipments', cause: 'shipment-mismatch', detail: mismatches.join('; ') } as const]),
    ...Object.entries(state.shipments).flatMap(([key, { data }]): readonly Wanted[] => {
      if (data.status === 'undeliverable')
        return [
          { key: `undeliverable ${key}`, cause: 'undeliverable', detail: `shipment ${data.number ?? key}` },
        ];
      const isTold = state.told[key]?.phase === 'told';
      if (data.status !== 'cancelled' || !isTold) return [];
      return [
        {
          key: `cancelled ${key}`,
          cause: 'shipment-cancelled-after-told',
          detail: `shipment ${data.number ?? key}`,
        },
      ];
    }),
  ];
}
