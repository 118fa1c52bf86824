import type { Order } from '#canonical/order.ts';
import type { OrderRules } from '#processes/order-to-cash/rules.ts';
import type { CommandIntent, Decision, Process, ProcessInput } from '#processes/process.ts';

/** The newest form of the order, and what the ERP has made of it. */
type State = { readonly order: Order | null; readonly erp: 'none' | 'asked' | 'there' };

/**
 * Just what the peers do: an order goes to the ERP, and once it is there to the CRM; what changes afterwards goes to the CRM. No holds, no
 * reservations, no census. With it the engine is compared like for like, one call a system an order, and the business process set apart.
 */
export const relay: Process<State, OrderRules> = {
  // The retailer's rules, which name its ERP and CRM, are found by it.
  name: 'order-to-cash',
  version: 1,
  decide(before, input, rules) {
    const state = before ?? { order: null, erp: 'none' };
    if (input.kind === 'event')
      return input.event.type === 'order.observed'
        ? observed(state, input.event.data, rules)
        : decision(state);
    if (input.kind !== 'result' || input.result.kind !== 'done' || input.name !== 'erp.order.create')
      return decision(state);
    return arrived({ ...state, erp: 'there' }, input, rules);
  },
};

function observed(state: State, order: Order, rules: OrderRules): Decision<State> {
  if (state.order !== null && state.order.version.at >= order.version.at)
    return decision(state, [], { kind: 'superseded', by: state.order.version.at });
  if (state.erp === 'none')
    return decision({ order, erp: 'asked' }, [
      { name: 'erp.order.create', connection: rules.erp ?? '', slot: 'erp', payload: { order } },
    ]);
  const next = { ...state, order };
  return state.erp === 'asked'
    ? decision(next)
    : decision(next, [toCrm(order, rules, { connection: rules.erp ?? '', type: 'Order', id: order.ref.id })]);
}

function arrived(
  state: State,
  input: Extract<ProcessInput, { kind: 'result' }>,
  rules: OrderRules,
): Decision<State> {
  const ref = input.result.kind === 'done' ? input.result.refs[0] : undefined;
  if (state.order === null || ref === undefined) return decision(state);
  return decision(state, [toCrm(state.order, rules, ref)]);
}

const toCrm = (order: Order, rules: OrderRules, ref: Order['ref']): CommandIntent => ({
  name: 'crm.order.upsert',
  connection: rules.crm ?? '',
  slot: 'crm',
  payload: { order, status: 'released', erp: { ref, number: null }, shipments: [], invoices: [] },
});

const decision = (
  state: State,
  commands: readonly CommandIntent[] = [],
  disposition: Decision<State>['disposition'] = { kind: 'applied' },
): Decision<State> => ({
  state,
  disposition,
  commands,
  withdraw: [],
  deadlines: [],
  exceptions: [],
  links: [],
});
