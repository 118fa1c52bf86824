import type { Order } from '#canonical/order.ts';
import type { RenderContext } from '#connector-sdk/mapping.ts';
import { recordName } from './record-name.ts';
import type { RecordName } from './request.ts';

/**
 * Where each line leaves from, by line id, for an order that leaves from several locations: then it stands on the lines. A line that
 * is split over two of them keeps the head's, since it is one line in NetSuite. @throws UnmappableError for a row that names no record
 */
export function lineLocations(order: Order, context: RenderContext): ReadonlyMap<string, RecordName> {
  const open = order.fulfillmentOrders.filter(({ status }) => status !== 'closed' && status !== 'cancelled');
  const places = new Map<string, Set<string>>();
  for (const { location, lines } of open)
    for (const { lineId } of lines)
      if (location !== null) places.set(lineId, (places.get(lineId) ?? new Set()).add(location.id));
  if (new Set([...places.values()].flatMap((ids) => [...ids])).size < 2) return new Map();
  return new Map(
    [...places].flatMap(([lineId, [only, ...others]]): [string, RecordName][] => {
      const word =
        only === undefined || others.length > 0 ? null : context.crosswalkOptional('location', only);
      return word === null ? [] : [[lineId, recordName(word, 'order.fulfillmentOrders.location')]];
    }),
  );
}
