import type { Ids } from './order-input.ts';
import type { FulfillmentOrderRecord, LineRecord, OrderRecord } from './records.ts';

const actions = {
  OPEN: ['CREATE_FULFILLMENT', 'HOLD', 'MOVE'],
  ON_HOLD: ['RELEASE_HOLD'],
  CLOSED: [],
  CANCELLED: [],
} as const;

type Units = { readonly lineItem: LineRecord; readonly quantity: number };

/** All fulfilment orders of the shop, with the order each belongs to. */
export class FulfillmentOrderBook {
  readonly #byId = new Map<
    string,
    { readonly order: OrderRecord; readonly record: FulfillmentOrderRecord }
  >();
  readonly #ids: Ids;
  readonly #locationId: string;

  constructor(ids: Ids, locationId: string) {
    this.#ids = ids;
    this.#locationId = locationId;
  }

  get(id: string) {
    return this.#byId.get(id);
  }

  /** Opens one for the lines that are shipped; null when there are none. */
  route(
    order: OrderRecord,
    lines: readonly LineRecord[],
    visibleFromMs: number,
  ): FulfillmentOrderRecord | null {
    const physical = lines.filter(({ requiresShipping }) => requiresShipping);
    if (physical.length === 0) return null;
    const units = physical.map((lineItem) => ({ lineItem, quantity: lineItem.quantity }));
    return this.open(order, units, visibleFromMs);
  }

  open(order: OrderRecord, units: readonly Units[], visibleFromMs: number): FulfillmentOrderRecord {
    const record: FulfillmentOrderRecord = {
      __typename: 'FulfillmentOrder',
      id: this.#ids.gid('FulfillmentOrder'),
      status: 'OPEN',
      fulfillAt: order.createdAt,
      fulfillBy: null,
      assignedLocation: { location: { id: this.#locationId } },
      deliveryMethod: { methodType: 'SHIPPING' },
      fulfillmentHolds: [],
      supportedActions: [],
      lineItems: units.map(({ lineItem, quantity }) => ({
        id: this.#ids.gid('FulfillmentOrderLineItem'),
        totalQuantity: quantity,
        remainingQuantity: quantity,
        lineItem,
      })),
      visibleFromMs,
    };
    this.setStatus(record, 'OPEN');
    order.fulfillmentOrders.push(record);
    this.#byId.set(record.id, { order, record });
    return record;
  }

  setStatus(record: FulfillmentOrderRecord, status: FulfillmentOrderRecord['status']): void {
    Object.assign(record, { status, supportedActions: actions[status].map((action) => ({ action })) });
  }

  /** Closes it as used; what remains moves to a new one, as Shopify does on a partial fulfilment. */
  use(order: OrderRecord, record: FulfillmentOrderRecord, nowMs: number): void {
    const rest = record.lineItems.filter(({ remainingQuantity }) => remainingQuantity > 0);
    const units = rest.map(({ remainingQuantity, lineItem }) => ({ lineItem, quantity: remainingQuantity }));
    for (const item of rest) item.remainingQuantity = 0;
    this.setStatus(record, 'CLOSED');
    if (units.length > 0) this.open(order, units, nowMs);
  }

  /** Takes unfulfilled units of a line off the order. @throws RangeError when there are not as many */
  takeOff(order: OrderRecord, line: LineRecord, quantity: number): void {
    if (line.unfulfilledQuantity < quantity) {
      throw new RangeError(`only ${line.unfulfilledQuantity} of ${line.sku} are unfulfilled`);
    }
    Object.assign(line, {
      currentQuantity: line.currentQuantity - quantity,
      unfulfilledQuantity: line.unfulfilledQuantity - quantity,
    });
    let left = quantity;
    const items = order.fulfillmentOrders.flatMap(({ lineItems }) => lineItems);
    for (const item of items.filter(({ lineItem }) => lineItem === line)) {
      const taken = Math.min(item.remainingQuantity, left);
      item.remainingQuantity -= taken;
      left -= taken;
    }
  }

  /** Nothing of it will be fulfilled any more. */
  cancel(order: OrderRecord): void {
    for (const record of order.fulfillmentOrders.filter(
      ({ status }) => status === 'OPEN' || status === 'ON_HOLD',
    )) {
      this.setStatus(record, 'CANCELLED');
      for (const item of record.lineItems) item.remainingQuantity = 0;
    }
  }
}
