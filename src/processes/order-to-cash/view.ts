import type { OrderStatus } from '#canonical/command.ts';
import { type Decimal, decimal } from '#canonical/decimal.ts';
import type { FulfillmentOrder, Shipment } from '#canonical/fulfillment.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import { withNewsOfEchoes } from './echo-news.ts';
import { carriedContent } from './erp-content.ts';
import { holdsOn } from './holds.ts';
import { type Invoicing, invoicing } from './invoices.ts';
import { type LineQuantities, lineQuantities, parentQuantities, refundedQuantities } from './line-buckets.ts';
import { type LineStructure, lineStructure } from './line-structure.ts';
import { sortedFacts } from './observations.ts';
import { paymentState } from './payment.ts';
import { isPositive, minus, plus, zero } from './quantity.ts';
import { promisedAt, scheduledQuantity } from './promises.ts';
import type { OrderRules } from './rules.ts';
import { movedQuantities, type PlacedShipments, placeShipments } from './shipped-lines.ts';
import { countedShipments, type ShipmentBook, shipmentBook } from './shipments.ts';
import type { Carried, OrderState } from './state.ts';
import { deriveStatus } from './status.ts';

/** The order as it stands, derived from all that is known: a function of the facts, so that their order of arrival does not matter. */
export type OrderView = {
  /** The last snapshot with its payment, fulfilment orders, shipments and line quantities brought up to date. */
  readonly order: Order;
  readonly cancelled: { readonly at: string; readonly reason: string } | null;
  readonly holds: readonly string[];
  readonly structure: LineStructure;
  readonly lines: ReadonlyMap<string, LineQuantities>;
  readonly book: ShipmentBook;
  readonly placed: PlacedShipments;
  /** What an ERP order made now would be made from. */
  readonly content: Carried;
  readonly invoicing: Invoicing;
  readonly status: OrderStatus;
};

/** Whether the ERP's order is known to be cancelled, by our command or by somebody there. */
export const isCancelledInErp = (state: OrderState): boolean =>
  state.erp.phase === 'cancelled' || state.erpOrder?.data.status === 'cancelled';

/** Whether the ERP has the order. */
export const isInErp = (state: OrderState): boolean =>
  state.erpOrder !== null ||
  ['created', 'cancelling', 'cancelled', 'uncancellable'].includes(state.erp.phase);

export function deriveView(state: OrderState, snapshot: Order, rules: OrderRules): OrderView {
  const deleted = state.deletedAt !== null && state.deletedAt >= snapshot.version.at ? state.deletedAt : null;
  const fulfillmentOrders = sortedFacts(state.fulfillmentOrders).map(([, data]) => data);
  const holds = holdsOn(snapshot, fulfillmentOrders, rules);
  const structure = lineStructure(snapshot.lines);
  const book = withNewsOfEchoes(shipmentBook(state, rules, structure), state.shipments);
  const placed = placeShipments(countedShipments(book), structure);
  const reckon = (isCancelled: boolean) =>
    quantitiesOf(state, snapshot, { structure, placed, fulfillmentOrders, holds, cancelled: isCancelled });
  const asOrdered = reckon(snapshot.cancelled !== null);
  // Of an order that has all left, nothing is called off by deleting its record.
  const isMoot = deleted === null || hasAllLeft(structure, asOrdered);
  const cancelled = snapshot.cancelled ?? (isMoot ? null : { at: deleted, reason: 'deleted' });
  const lines = cancelled !== null && snapshot.cancelled === null ? reckon(true) : asOrdered;
  const payment = paymentState(state, snapshot);
  const expected = Math.min(
    snapshot.totals.grand.presentment.amountMinor,
    state.erp.carried?.totalMinor ?? Infinity,
  );
  const invoices = invoicing(state, expected, snapshot.currencies.presentment, rules);

  const order: Order = {
    ...snapshot,
    cancelled,
    lines: snapshot.lines.map((line) => ({
      ...line,
      quantities: lines.get(line.id)?.quantities ?? line.quantities,
      promisedAt: promisedAt(line, fulfillmentOrders, state.erpOrder?.data ?? null),
    })),
    payment: { state: payment, transactions: sortedFacts(state.transactions).map(([, data]) => data) },
    fulfillmentOrders,
    shipments: shipmentsOfSource(state, snapshot.ref.connection),
  };
  const status = deriveStatus({ state, order, holds, structure, lines, invoicing: invoices }, rules);
  const content = carriedContent(snapshot, state.hashes.erpHeader, lines);
  return { order, cancelled, holds, structure, lines, book, placed, content, invoicing: invoices, status };
}

function hasAllLeft({ goods }: LineStructure, lines: ReadonlyMap<string, LineQuantities>): boolean {
  const wanted = goods.flatMap(({ id }) => lines.get(id) ?? []).filter(({ live }) => isPositive(live));
  return wanted.length > 0 && !wanted.some(({ unshipped }) => isPositive(unshipped));
}

const shipmentsOfSource = (state: OrderState, connection: string): Shipment[] =>
  sortedFacts(state.shipments).flatMap(([, shipment]) =>
    shipment.ref.connection === connection ? [shipment] : [],
  );

type LineInputs = {
  readonly structure: LineStructure;
  readonly placed: PlacedShipments;
  readonly fulfillmentOrders: readonly FulfillmentOrder[];
  readonly holds: readonly string[];
  readonly cancelled: boolean;
};

function quantitiesOf(
  state: OrderState,
  { lines, refunds }: Order,
  inputs: LineInputs,
): ReadonlyMap<string, LineQuantities> {
  const moved = movedQuantities(inputs.placed);
  const shortBySku = new Map<string, Decimal>();
  for (const { sku, quantity } of state.short)
    shortBySku.set(sku, plus(shortBySku.get(sku) ?? zero, decimal(quantity)));

  const result = new Map<string, LineQuantities>();
  for (const line of lines) {
    if (inputs.structure.childrenOf.has(line.id)) continue;
    const ships = line.requiresShipping;
    const short = ships && line.sku !== null ? (shortBySku.get(line.sku) ?? zero) : zero;
    const quantities = lineQuantities(line, {
      ...refundedQuantities(refunds, line.id),
      moved: moved.get(line.id) ?? new Map(),
      cancelled: inputs.cancelled,
      held: heldOf(line, inputs),
      preOrdered: ships ? scheduledQuantity(line.id, inputs.fulfillmentOrders) : zero,
      short,
      released: ships && isInErp(state) && !isCancelledInErp(state),
      reserved: ships && line.sku !== null && state.reserved.some(({ sku }) => sku === line.sku),
    });
    if (line.sku !== null && ships) shortBySku.set(line.sku, minus(short, quantities.quantities.backordered));
    result.set(line.id, quantities);
  }
  for (const line of lines) {
    if (!result.has(line.id))
      result.set(line.id, parentQuantities(line, componentsOf(line, inputs.structure, result)));
  }
  return result;
}

/** All lowest components, also those of a bundle inside a bundle. */
function componentsOf(
  line: OrderLine,
  structure: LineStructure,
  done: ReadonlyMap<string, LineQuantities>,
): readonly LineQuantities['quantities'][] {
  return (structure.childrenOf.get(line.id) ?? []).flatMap((child) =>
    structure.childrenOf.has(child.id)
      ? componentsOf(child, structure, done)
      : [done.get(child.id)?.quantities].filter((known) => known !== undefined),
  );
}

/** A hold on the order holds everything that has not moved; a fulfilment order on hold, what it still has to deliver. */
function heldOf(line: OrderLine, { fulfillmentOrders, holds, cancelled }: LineInputs): Decimal {
  if (cancelled || !line.requiresShipping) return zero;
  const onHold = fulfillmentOrders.filter(({ status }) => status === 'on-hold').flatMap(({ lines }) => lines);
  const held = onHold
    .filter(({ lineId }) => lineId === line.id)
    .reduce((sum, { remaining }) => plus(sum, remaining), zero);
  if (holds.length === 0 || isPositive(held)) return held;
  return onHold.length > 0 ? zero : line.ordered;
}
