import type { CommandName } from '#canonical/command.ts';
import { answerPrefix, type Decision, type Process, type ProcessInput } from '../process.ts';
import { type Absorbed, applied, rejected } from './absorbed.ts';
import { absorbAmendResult, planAmendment } from './amendment.ts';
import { absorbCancelResult, planCancellation } from './cancellation.ts';
import { absorbCaptureResult, absorbVoidResult, planPayments } from './capture.ts';
import { absorbCrmResult, planCrm } from './crm.ts';
import { absorbEvent } from './events.ts';
import { absorbCensusDeadline, censusDeadline, takeCensus } from './erp-census.ts';
import { exceptionChanges } from './exceptions.ts';
import { absorbFulfillmentResult, planFulfillment } from './fulfillment.ts';
import { adoptKeyed, linkKeyedDocument } from './keyed-document.ts';
import { absorbAction } from './operator.ts';
import { idle, type Planned } from './planned.ts';
import { lookUpPayment } from './payment-look-up.ts';
import { absorbPaymentDeadline, paymentDeadline, watchPayments } from './payment-watch.ts';
import { absorbReadDeadline, absorbReadResult, planRead, rereadDeadline } from './reads.ts';
import { absorbCreateResult, planRelease } from './release.ts';
import { planReservations } from './reservations.ts';
import { isUrgent } from './urgency.ts';
import type { OrderRules } from './rules.ts';
import { absorbDeliveryResult, planDelivery } from './delivery.ts';
import { emptyOrderState, type OrderState, upgradeOrderState } from './state.ts';
import { deriveView, type OrderView } from './view.ts';

/**
 * One order from capture to close. Each step takes what the input tells, derives where the order stands, and asks for what is
 * still missing; so the order in which messages arrive decides nothing.
 */
export const orderToCash: Process<OrderState, OrderRules> = {
  name: 'order-to-cash',
  version: 1,
  bulk: ['order'],
  decide: (state, input, rules) =>
    settle(state ?? emptyOrderState, absorb(state ?? emptyOrderState, input, rules), input, rules),
  isUrgent,
  upgrade: upgradeOrderState,
};

function absorb(state: OrderState, input: ProcessInput, rules: OrderRules): Absorbed {
  switch (input.kind) {
    case 'event':
      return absorbEvent(state, input.event, rules, input.id.startsWith(answerPrefix));
    case 'result':
      return absorbResult[input.name](state, input, rules);
    case 'deadline':
      if (input.name === rereadDeadline) return absorbReadDeadline(state, input.at);
      if (input.name === censusDeadline) return absorbCensusDeadline(state, input.at);
      if (input.name === paymentDeadline) return absorbPaymentDeadline(state, input.at, rules);
      return rejected(state, 'unknown-deadline', input.name);
    case 'reservation':
      return applied({ ...state, short: state.reserved.length === 0 ? [] : input.short });
    case 'operator':
      return input.document === undefined
        ? absorbAction(state, input.action, rules)
        : linkKeyedDocument(state, input.document, rules);
  }
}

type ResultInput = Extract<ProcessInput, { kind: 'result' }>;
const absorbResult: {
  readonly [N in CommandName]: (state: OrderState, input: ResultInput, rules: OrderRules) => Absorbed;
} = {
  'storefront.order.read': (state, { result }) => absorbReadResult(state, result),
  'storefront.fulfillment.create': (state, { slot, result }) => absorbFulfillmentResult(state, slot, result),
  'storefront.payment.capture': (state, { slot, result }) => absorbCaptureResult(state, slot, result),
  'storefront.payment.void': (state, { slot, result }) => absorbVoidResult(state, slot, result),
  'erp.order.create': (state, { result }, rules) =>
    adoptKeyed(state, result, rules) ?? absorbCreateResult(state, result, rules),
  'erp.order.cancel': (state, { result }) => absorbCancelResult(state, result),
  'storefront.fulfillment.update': (state, { slot, result }) => absorbDeliveryResult(state, slot, result),
  'erp.order.amend': (state, { result }, rules) => absorbAmendResult(state, result, rules),
  'crm.order.upsert': (state, { result }, rules) => absorbCrmResult(state, result, rules),
  'customer.identify': (state) => rejected(state, 'not-expected', 'an order identifies no customer'),
};

/** What the ERP is asked for comes first, since the others look at where that stands; the CRM is told of the outcome of all. */
const planners: readonly ((state: OrderState, view: OrderView, rules: OrderRules) => Planned)[] = [
  planRelease,
  planCancellation,
  planAmendment,
  planReservations,
  planFulfillment,
  planDelivery,
  planPayments,
];

function settle(
  before: OrderState,
  absorbed: Absorbed,
  input: ProcessInput,
  rules: OrderRules,
): Decision<OrderState> {
  const asking = lookUpPayment(absorbed.state, absorbed.read, rules);
  const read = planRead(asking.state, asking.read, input.at, rules);
  const isUntouched = absorbed.state === before && asking.read === undefined;
  const { planned, view } = isUntouched ? { planned: read, view: null } : planAll(read, rules);
  const { state, exceptions } = isUntouched
    ? { state: planned.state, exceptions: [] }
    : exceptionChanges(
        watchPayments(takeCensus(planned.state, view, input.at, rules), view, rules),
        view,
        rules,
      );
  return {
    state: view === null || view.status === state.status ? state : { ...state, status: view.status },
    disposition: absorbed.disposition,
    commands: planned.commands,
    withdraw: planned.withdraw,
    deadlines: deadlineChanges(before, state, rules),
    ...(planned.reservations === undefined ? {} : { reservations: planned.reservations }),
    exceptions,
    links: absorbed.links ?? [],
  };
}

/** The census waits until the ERP has been read past its deadline: one that is not being read shows nothing, and proves nothing. */
function deadlineChanges(
  before: OrderState,
  { read, census, payments }: OrderState,
  rules: OrderRules,
): Decision<OrderState>['deadlines'] {
  const watchAt = payments?.watchAt ?? null;
  const rereadAt = read?.rereadAt ?? null;
  return [
    ...(watchAt === (before.payments?.watchAt ?? null) ? [] : [{ name: paymentDeadline, at: watchAt }]),
    ...(rereadAt === (before.read?.rereadAt ?? null) ? [] : [{ name: rereadDeadline, at: rereadAt }]),
    ...(census.dueAt === before.census.dueAt
      ? []
      : [{ name: censusDeadline, at: census.dueAt, ...(rules.erp !== null && { source: rules.erp }) }]),
  ];
}

/** Runs the planners one after the other; the view is derived anew only after one that changed something. */
function planAll(
  first: Planned,
  rules: OrderRules,
): { readonly planned: Planned; readonly view: OrderView | null } {
  const { order } = first.state;
  if (order === null) return { planned: first, view: null };
  let planned = first;
  let view = deriveView(planned.state, order, rules);
  for (const plan of planners) {
    const next = plan(planned.state, view, rules);
    if (next.state !== planned.state) view = deriveView(next.state, order, rules);
    planned = joined(planned, next);
  }
  return { planned: joined(planned, planCrm(planned.state, view, rules)), view };
}

function joined(first: Planned, next: Planned): Planned {
  const reservations = next.reservations ?? first.reservations;
  return {
    ...idle(next.state),
    commands: [...first.commands, ...next.commands],
    withdraw: [...first.withdraw, ...next.withdraw],
    ...(reservations === undefined ? {} : { reservations }),
  };
}
