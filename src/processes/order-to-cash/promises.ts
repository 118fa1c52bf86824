import type { Decimal } from '#canonical/decimal.ts';
import type { ErpOrder } from '#canonical/event.ts';
import type { FulfillmentOrder } from '#canonical/fulfillment.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import { plus, zero } from './quantity.ts';

/** What of a line waits for its day: goods of fulfilment orders that are scheduled, such as pre-orders. */
export function scheduledQuantity(lineId: string, fulfillmentOrders: readonly FulfillmentOrder[]): Decimal {
  return fulfillmentOrders
    .filter(({ status }) => status === 'scheduled')
    .flatMap(({ lines }) => lines)
    .filter((line) => line.lineId === lineId)
    .reduce((sum, { remaining }) => plus(sum, remaining), zero);
}

/**
 * When the rest of a line will leave: what the ERP says, since it has the goods; else what the source promised; else the day that its
 * fulfilment order waits for. Null: nobody promised anything.
 */
export function promisedAt(
  line: OrderLine,
  fulfillmentOrders: readonly FulfillmentOrder[],
  erpOrder: ErpOrder | null,
): string | null {
  const scheduled = fulfillmentOrders
    .filter(({ status, lines }) => status === 'scheduled' && lines.some(({ lineId }) => lineId === line.id))
    .flatMap(({ fulfillAt, fulfillBy }) => fulfillBy ?? fulfillAt ?? []);
  return erpPromise(line, erpOrder) ?? line.promisedAt ?? latest(scheduled);
}

function erpPromise(line: OrderLine, erpOrder: ErpOrder | null): string | null {
  const promises = erpOrder?.promises ?? [];
  const own = promises.filter(({ lineId }) => lineId === line.id);
  const bySku = promises.filter(({ lineId, sku }) => lineId === null && sku !== null && sku === line.sku);
  return latest((own.length > 0 ? own : bySku).map(({ at }) => at));
}

/** Several parts of a line may come on several days: the promise is kept with the last. */
const latest = (instants: readonly string[]): string | null => instants.toSorted().at(-1) ?? null;

/** Lines for which the ERP promises a later day than the source promised the buyer. */
export function brokenPromises(snapshot: Order, erpOrder: ErpOrder | null): readonly string[] {
  return snapshot.lines.flatMap((line) => {
    const now = erpPromise(line, erpOrder);
    if (now === null || line.promisedAt === null || Date.parse(now) <= Date.parse(line.promisedAt)) return [];
    return [`line ${line.id}${line.sku === null ? '' : ` (${line.sku})`}: ${line.promisedAt} -> ${now}`];
  });
}
