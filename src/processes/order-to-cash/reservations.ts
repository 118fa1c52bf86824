import type { Decimal } from '#canonical/decimal.ts';
import type { FulfillmentOrder } from '#canonical/fulfillment.ts';
import type { Reservation } from '../process.ts';
import { idle, type Planned } from './planned.ts';
import { plain, plus, zero } from './quantity.ts';
import { type RoutingDemand, routingPolicies } from './routing.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';
import { isCancelledInErp, isInErp, type OrderView } from './view.ts';

/** Hands the engine the whole demand of this order whenever it has changed; what shipped or was cancelled is no longer in it. */
export function planReservations(state: OrderState, view: OrderView, rules: OrderRules): Planned {
  const reservations = demand(state, view, rules);
  if (isSame(reservations, state.reserved)) return idle(state);
  const short = reservations.length === 0 ? [] : state.short;
  return { ...idle({ ...state, reserved: reservations, short }), reservations };
}

const isSame = (a: readonly Reservation[], b: readonly Reservation[]): boolean =>
  a.length === b.length &&
  a.every(({ sku, location, quantity }, index) => {
    const other = b[index];
    return other?.sku === sku && other.location === location && other.quantity === quantity;
  });

/** By SKU and location, sorted. Goods of a cancelled order stay reserved until the ERP, too, has let go of them. */
function demand(state: OrderState, view: OrderView, rules: OrderRules): readonly Reservation[] {
  if (view.order.test && rules.testOrders === 'reject') return [];
  if (state.erp.phase === 'refused' && rules.reservation.whenErpRefuses === 'release') return [];
  const mayStillLeave = state.erp.phase === 'asked' || (isInErp(state) && !isCancelledInErp(state));
  const isOver = view.cancelled !== null && !mayStillLeave;
  // A cancelled order of which the ERP has only what left already, or is being picked.
  const isRestCalledOff = state.erp.carried?.hash === view.content.hash;
  const wanted: RoutingDemand[] = [];
  for (const line of view.structure.goods) {
    const quantities = view.lines.get(line.id);
    if (line.sku === null || quantities === undefined || isOver) continue;
    const waiting =
      view.cancelled === null || isRestCalledOff
        ? quantities.unshipped
        : plus(quantities.unshipped, quantities.quantities.cancelled);
    const { location, method } = promised(line.id, view.order.fulfillmentOrders, rules);
    wanted.push({ lineId: line.id, sku: line.sku, quantity: waiting, method, location });
  }
  const { routing, places, defaultLocation } = rules.reservation;
  const sums = new Map<string, Reservation>();
  for (const { sku, location, quantity } of routingPolicies[routing](wanted, places, defaultLocation)) {
    const key = `${sku}\n${location}`;
    const sum = plus((sums.get(key)?.quantity ?? zero) as Decimal, quantity);
    sums.set(key, { sku, location, quantity: plain(sum) });
  }
  return [...sums.keys()].toSorted().flatMap((key) => sums.get(key) ?? []);
}

/** Where and how the source will have a line delivered; a place that the retailer's file does not know is none of ours. */
function promised(
  lineId: string,
  fulfillmentOrders: readonly FulfillmentOrder[],
  { reservation }: OrderRules,
): Pick<RoutingDemand, 'location' | 'method'> {
  const own = fulfillmentOrders.filter(
    ({ status, lines }) => status !== 'cancelled' && lines.some((line) => line.lineId === lineId),
  );
  const id = own.find(({ location }) => location !== null)?.location?.id;
  const location = (id === undefined ? undefined : reservation.locations[id]) ?? null;
  return { location, method: own[0]?.method ?? 'ship' };
}
