import type { CommandIntent, CommandResult } from '../process.ts';
import { type Absorbed, applied, superseded } from './absorbed.ts';
import { deliveries } from './echo-news.ts';
import { idle, type Planned, slots } from './planned.ts';
import { canDo, type OrderRules } from './rules.ts';
import type { OrderState, Told, Trouble } from './state.ts';
import type { OrderView } from './view.ts';

/**
 * Tells the storefront how a shipment that it knows went on in the ERP, once a state, where its connector can: ready for pick-up, collected,
 * delivered, undeliverable; where the retailer wants it. What the storefront shows already is not told.
 */
export function planDelivery(state: OrderState, view: OrderView, rules: OrderRules): Planned {
  const { ref: source } = view.order;
  if (!rules.fulfillment.tellDeliveries || !canDo(rules, source.connection, 'storefront.fulfillment.update'))
    return idle(state);
  const told: Record<string, Told> = {};
  const commands: CommandIntent[] = [];
  for (const [key] of view.book.outside) {
    const [before, shipment] = [state.told[key], view.placed.byKey.get(key)];
    if (shipment === undefined || before?.phase !== 'told' || before.ref === null) continue;
    const { status } = shipment;
    // Once told of something else, what it showed before says nothing of where it is now.
    const isShown =
      before.delivery === undefined &&
      (view.book.echoes.get(key) ?? []).some((echo) => state.shipments[echo]?.data.status === status);
    if (!deliveries.includes(status) || before.delivery?.status === status || isShown) continue;
    told[key] = { ...before, delivery: { status, phase: 'asked', trouble: null } };
    commands.push({
      name: 'storefront.fulfillment.update',
      connection: source.connection,
      slot: slots.delivery(shipment.id),
      payload: {
        order: source,
        fulfillment: before.ref,
        shipment,
        notifyCustomer: rules.fulfillment.notifiesCustomer === 'storefront',
      },
    });
  }
  return commands.length === 0
    ? idle(state)
    : { ...idle({ ...state, told: { ...state.told, ...told } }), commands };
}

/** Takes what became of it. A refusal stays until the next state, which says more. `slot` names the shipment. */
export function absorbDeliveryResult(state: OrderState, slot: string, result: CommandResult): Absorbed {
  const key = Object.keys(state.told).find((candidate) => {
    const id = state.shipments[candidate]?.data.id;
    return id !== undefined && slots.delivery(id) === slot;
  });
  const before = key === undefined ? undefined : state.told[key];
  if (key === undefined || before?.delivery === undefined)
    return superseded(state, `${slot} is not under way`);
  const { delivery } = before;
  const put = (phase: 'asked' | 'told' | 'refused', trouble: Trouble | null): Absorbed =>
    applied({
      ...state,
      told: { ...state.told, [key]: { ...before, delivery: { ...delivery, phase, trouble } } },
    });
  switch (result.kind) {
    case 'done':
      return put('told', null);
    case 'rejected':
      return put('refused', { kind: 'rejected', code: result.code, detail: result.detail });
    case 'parked':
      return put('asked', { kind: 'parked', code: result.cause, detail: result.detail });
    case 'withdrawn':
      return put('refused', { kind: 'withdrawn', code: 'withdrawn', detail: 'taken back by an operator' });
    case 'stale': {
      // Due again at once.
      const { delivery: _forgotten, ...undelivered } = before;
      return applied({ ...state, told: { ...state.told, [key]: undelivered } });
    }
  }
}
