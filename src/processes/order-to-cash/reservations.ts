import type { Decimal } from '#canonical/decimal.ts';
import type { FulfillmentOrder } from '#canonical/fulfillment.ts';
import type { Reservation } from '../process.ts';
import { idle, type Planned } from './planned.ts';
import { isPositive, plain, plus, zero } from './quantity.ts';
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
  const sums = new Map<string, Reservation>();
  for (const line of view.structure.goods) {
    const quantities = view.lines.get(line.id);
    if (line.sku === null || quantities === undefined || isOver) continue;
    const { sku } = line;
    const location = locationOf(line.id, view.order.fulfillmentOrders, rules);
    const waiting =
      view.cancelled === null
        ? quantities.unshipped
        : plus(quantities.unshipped, quantities.quantities.cancelled);
    if (!isPositive(waiting)) continue;
    const key = `${sku}\n${location}`;
    const sum = plus((sums.get(key)?.quantity ?? zero) as Decimal, waiting);
    sums.set(key, { sku, location, quantity: plain(sum) });
  }
  return [...sums.keys()].toSorted().flatMap((key) => sums.get(key) ?? []);
}

function locationOf(
  lineId: string,
  fulfillmentOrders: readonly FulfillmentOrder[],
  { reservation }: OrderRules,
): string {
  const promised = fulfillmentOrders.find(
    ({ status, location, lines }) =>
      status !== 'cancelled' && location !== null && lines.some((line) => line.lineId === lineId),
  );
  const id = promised?.location?.id;
  return (id === undefined ? undefined : reservation.locations[id]) ?? reservation.defaultLocation;
}
