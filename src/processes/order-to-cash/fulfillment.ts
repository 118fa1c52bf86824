import type { Shipment } from '#canonical/fulfillment.ts';
import type { CommandIntent, CommandResult } from '../process.ts';
import { type Absorbed, applied, superseded } from './absorbed.ts';
import { type Planned, slots } from './planned.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState, Told } from './state.ts';
import type { OrderView } from './view.ts';

/**
 * Tells the storefront of each shipment of the ERP, once. A shipment the storefront made itself, or shows already, is not told;
 * one that is cancelled before the storefront heard of it is taken back. What it refused is told again when it has changed.
 */
export function planFulfillment(state: OrderState, view: OrderView, rules: OrderRules): Planned {
  const told: Record<string, Told> = { ...state.told };
  const commands: CommandIntent[] = [];
  const withdraw: string[] = [];
  for (const [key] of view.book.outside) {
    const shipment = view.placed.byKey.get(key);
    const fact = state.shipments[key];
    if (shipment === undefined || fact === undefined) continue;
    const before = told[key];
    if (before?.phase === 'asked' && shipment.status === 'cancelled' && !before.withdrawing) {
      told[key] = { ...before, withdrawing: true };
      withdraw.push(slots.fulfillment(shipment.id));
    }
    const isNews = before === undefined || (before.phase === 'refused' && fact.at > before.at);
    const isDue = isNews && !view.book.echoes.has(key);
    if (!isDue || !isTold(shipment, rules)) continue;
    told[key] = { phase: 'asked', at: fact.at, ref: null, withdrawing: false, trouble: null };
    commands.push({
      name: 'storefront.fulfillment.create',
      connection: view.order.ref.connection,
      slot: slots.fulfillment(shipment.id),
      payload: {
        order: view.order.ref,
        shipment,
        notifyCustomer: rules.fulfillment.notifiesCustomer === 'storefront',
      },
    });
  }
  const changed = commands.length > 0 || withdraw.length > 0;
  return { state: changed ? { ...state, told } : state, commands, withdraw };
}

function isTold({ status, method, lines }: Shipment, { fulfillment }: OrderRules): boolean {
  return lines.length > 0 && fulfillment.tellOf.includes(status) && fulfillment.methods.includes(method);
}

/** Takes what became of telling the storefront. `slot` names the shipment. */
export function absorbFulfillmentResult(state: OrderState, slot: string, result: CommandResult): Absorbed {
  const key = Object.keys(state.told).find((candidate) => {
    const id = state.shipments[candidate]?.data.id;
    return id !== undefined && slots.fulfillment(id) === slot;
  });
  const before = key === undefined ? undefined : state.told[key];
  if (key === undefined || before === undefined) return superseded(state, `${slot} is not under way`);
  const put = (change: Partial<Told>): OrderState => ({
    ...state,
    told: { ...state.told, [key]: { ...before, ...change } },
  });
  switch (result.kind) {
    case 'done':
      return applied(
        put({ phase: 'told', ref: result.refs[0] ?? before.ref, withdrawing: false, trouble: null }),
      );
    case 'rejected':
      return applied(
        put({
          phase: 'refused',
          withdrawing: false,
          trouble: { kind: 'rejected', code: result.code, detail: result.detail },
        }),
      );
    case 'parked':
      return applied(put({ trouble: { kind: 'parked', code: result.cause, detail: result.detail } }));
    case 'withdrawn': {
      if (!before.withdrawing) {
        const trouble = {
          kind: 'withdrawn',
          code: 'withdrawn',
          detail: 'taken back by an operator',
        } as const;
        return applied(put({ phase: 'refused', trouble }));
      }
      const { [key]: _gone, ...told } = state.told;
      return applied({ ...state, told });
    }
    case 'stale':
      // `at` before every instant: it is due again at once.
      return applied(put({ phase: 'refused', at: '', withdrawing: false, trouble: null }));
  }
}
