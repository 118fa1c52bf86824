import type { FulfillmentOrderBook } from './fulfillment-order-book.ts';
import type { Ids } from './order-input.ts';
import type { FulfillmentOrderRecord, FulfillmentRecord, LineRecord, OrderRecord } from './records.ts';
import { shopTime } from './shop-time.ts';

/** The input of fulfillmentCreate. */
export type FulfillmentAsked = {
  readonly lineItemsByFulfillmentOrder: readonly {
    readonly fulfillmentOrderId: string;
    readonly fulfillmentOrderLineItems?: readonly { readonly id: string; readonly quantity: number }[] | null;
  }[];
  readonly trackingInfo?: {
    readonly company?: string;
    readonly number?: string;
    readonly numbers?: readonly string[];
    readonly url?: string;
    readonly urls?: readonly string[];
  } | null;
};

export type Refused = { readonly refused: string; readonly field: readonly string[] };
type Chosen = {
  readonly order: OrderRecord;
  readonly record: FulfillmentOrderRecord;
  readonly lines: readonly {
    readonly item: FulfillmentOrderRecord['lineItems'][number];
    readonly quantity: number;
  }[];
};
const refuse = (refused: string, ...field: string[]): Refused => ({
  refused,
  field: ['fulfillment', ...field],
});

/** What the input chooses, checked as Shopify checks it. */
export function chosenLines(
  asked: FulfillmentAsked,
  book: FulfillmentOrderBook,
  nowMs: number,
): readonly [Chosen, ...Chosen[]] | Refused {
  const chosen: Chosen[] = [];
  for (const { fulfillmentOrderId, fulfillmentOrderLineItems: items } of asked.lineItemsByFulfillmentOrder) {
    const found = book.get(fulfillmentOrderId);
    if (!found || found.record.visibleFromMs > nowMs) return refuse('Fulfillment order does not exist.');
    const { record } = found;
    if (record.status !== 'OPEN') {
      return refuse(`Fulfillment order has an unfulfillable status= ${record.status.toLowerCase()}.`);
    }
    const all = record.lineItems.map(({ id, remainingQuantity: quantity }) => ({ id, quantity }));
    const lines = (items ?? all).map(({ id, quantity }) => ({
      quantity,
      item: record.lineItems.find((known) => known.id === id),
    }));
    const legal = lines.flatMap(({ item, quantity }) =>
      item && quantity >= 1 && quantity <= item.remainingQuantity ? [{ item, quantity }] : [],
    );
    if (legal.length < lines.length) {
      return refuse('Invalid fulfillment order line item quantity requested.', 'lineItemsByFulfillmentOrder');
    }
    chosen.push({ ...found, lines: legal });
  }
  const [first, ...others] = chosen;
  if (!first) return refuse('Must fulfill at least one line item.', 'lineItemsByFulfillmentOrder');
  const place = ({ record }: Chosen) => record.assignedLocation.location?.id;
  if (others.some((other) => other.order !== first.order || place(other) !== place(first))) {
    return refuse(
      'All fulfillment orders must belong to the same order and location.',
      'lineItemsByFulfillmentOrder',
    );
  }
  return [first, ...others];
}

/** Makes the fulfilment: uses up the lines, closes the fulfilment orders and opens new ones for the rest. */
export function makeFulfillment(
  chosen: readonly [Chosen, ...Chosen[]],
  tracking: FulfillmentAsked['trackingInfo'],
  book: FulfillmentOrderBook,
  ids: Ids,
  nowMs: number,
): FulfillmentRecord {
  const [{ order, record: firstRecord }] = chosen;
  const numbers = tracking?.numbers ?? (tracking?.number === undefined ? [] : [tracking.number]);
  const urls = tracking?.urls ?? (tracking?.url === undefined ? [] : [tracking.url]);
  const used: { quantity: number; lineItem: LineRecord }[] = [];
  for (const { record, lines } of chosen) {
    for (const { item, quantity } of lines) {
      item.remainingQuantity -= quantity;
      item.lineItem.unfulfilledQuantity -= quantity;
      used.push({ quantity, lineItem: item.lineItem });
    }
    book.use(order, record, nowMs);
  }
  const at = shopTime(nowMs);
  const fulfillment: FulfillmentRecord = {
    __typename: 'Fulfillment',
    id: ids.gid('Fulfillment'),
    name: `${order.name}-F${order.fulfillments.length + 1}`,
    status: 'SUCCESS',
    displayStatus: 'FULFILLED',
    createdAt: at,
    updatedAt: at,
    deliveredAt: null,
    requiresShipping: used.some(({ lineItem }) => lineItem.requiresShipping),
    location: firstRecord.assignedLocation.location,
    trackingInfo: numbers.map((number, index) => ({
      company: tracking?.company ?? null,
      number,
      url: urls[index] ?? null,
    })),
    fulfillmentLineItems: used,
  };
  order.fulfillments.push(fulfillment);
  return fulfillment;
}

/** Shows a fulfilment as its carrier says. */
export function showAs(record: FulfillmentRecord, displayStatus: string, at: string): void {
  record.displayStatus = displayStatus;
  record.updatedAt = at;
  if (displayStatus === 'DELIVERED') record.deliveredAt = at;
}
